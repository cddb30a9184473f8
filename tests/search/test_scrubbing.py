"""Which terms may be counted: names of models and figures stay, whatever looks like a person or a number goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.scrubbing import LONGEST_TERM, countable_term

OF_THE_TRADE = [
    "s19 pro 110t", "蚂蚁s19", "antminer s19 pro 110t", "m63s++ 464t", "ks5 pro 21t", "l9 17g", "a15xp 206t", "4000w",
    "110t 以上", "<30 j/t", "3000-4000元", "100000元以下", "10万以下", "13,999元", "s19j pro+ 122th/s", "s19jpro104t",
    "antminers19jpro104t", "whatsminer m63s hydro 366t", "s21 xp hyd 473t", "z15 pro 840k", "e9 pro 3680m",
    "apw12 1215", "apw12-1215 电源", "bm1397", "2024年", "100 台", "神马m50s", "四川 现货", "深圳", "阿瓦隆 1566",
    "avalonminer 1246 90th", "s19 110", "s19 110t 3250w", "s21 200t 17.5j/t 3500w", "比特大陆", "客服电话",
    "控制板 c41", "hash board s19 126 chips", "60db 以下", "静音 50分贝", "goldshell mini-doge iii",
    "elphapex dg1+ 14g", "220v 电源", "antminer-s21-pro-234t", "jasminer x16-q 1950m", "s19k pro 120t 现货 二手",
    "金贝", "老矿机", "金属外壳 工业级", "市场价", "高速路由器", "广东 仓库",
]  # fmt: skip

NUMBERS = [
    "13800138000", "１３８００１３８０００", "138 0013 8000", "138-0013-8000", "138_0013_8000", "+86 138 0013 8000",
    "手机13800138000", "s19 13800138000", "tel13800138000t", "13800138000元", "¥138-0013-8000", "1381-2138000元",
    "138001380元", "010-62345678", "(021) 6234-5678", "0755 8888 6666", "62345678", "一三八零零一三八零零零",
    "幺三八零零", "٠١٣٨٠٠١٣٨٠٠٠ a",
    "a 1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e3",
    "电话 138\u200b0013\u200b8000", "482109375562", "订单 4821 0937 5562", "48210-93755-62123 汇款", "sf1234567890123",
    "123456", "110", "------", "",
]  # fmt: skip

IDS = [
    "110101199003074518", "11010119900307451x", "e12345678", "91330106ma27xyz12k", "京a12345", "粤b·8d123",
    "ynahdaubcjjab01234", "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh", "1a1zp1ep5qgefi2dmptftl5slmv7divfna",
    "0x742d35cc6634c0532925a3b844bc454e4438f44e", "550e8400-e29b-41d4-a716-446655440000", "192.168.1.1 矿机",
    "00:1a:2b:3c:4d:5e", "身份证", "wxid_abcd1234", "微信 zhangsan88", "qq:88776655", "qq 12345",
]  # fmt: skip

PEOPLE = [
    "张先生", "李女士 s19", "王小姐", "刘经理 报价", "王总", "张三总", "李工", "小王", "老李", "收件人 张伟",
    "mr smith", "Mr. Zhang", "Mrs Li", "ms. li", "dr wang", "zhangsan@example.com", "zhang san @ work", "www.zhang.cn",
    "https://example.org/a", "浙江省杭州市西湖区", "东胜区文三路 90 号", "文三路90号", "3号楼 201", "8栋1单元1001室",
    "12 nanjing road", "221b baker street", "room 1203", "p.o. box 12",
]  # fmt: skip


@pytest.mark.clause("1.1.2d")
@pytest.mark.parametrize("term", OF_THE_TRADE)
def test_a_term_of_the_trade_is_counted_as_it_stands(term: str):
    assert countable_term(term) == term


@pytest.mark.clause("1.1.2d")
@pytest.mark.parametrize("typed", [*NUMBERS, *IDS, *PEOPLE])
def test_what_looks_like_a_number_an_id_or_a_person_is_not_counted(typed: str):
    assert countable_term(typed) is None


@pytest.mark.parametrize("typed", ["  Ｓ19　 PRO ", "S19 Pro", "s19\tpro", "s19\x00pro"])
def test_the_same_words_are_one_term_however_they_are_typed(typed: str):
    assert countable_term(typed) == "s19 pro"


def test_a_long_text_is_no_term():
    assert countable_term("矿" * LONGEST_TERM) and countable_term("矿" * (LONGEST_TERM + 1)) is None


@pytest.mark.clause("1.1.2d")
@given(st.text(max_size=20), st.integers(10**10, 10**11 - 1), st.sampled_from(["", " ", "-", ".", "_", " - "]))
def test_no_mobile_number_gets_through_whatever_stands_around_it(around: str, number: int, between: str):
    digits = str(number)
    assert countable_term(around + between.join((digits[:3], digits[3:7], digits[7:]))) is None


@given(st.text(max_size=60))
def test_any_text_is_either_a_short_plain_term_or_none(typed: str):
    term = countable_term(typed)
    assert term is None or (0 < len(term) <= LONGEST_TERM and term.isprintable() and "@" not in term)

"""Messages that offer another account, or payment past the shop, are known as such. Clause 2.4.

The lists are labelled by hand and hold the disguises that such messages come in: full-width and circled characters,
digits set apart or written as words, look-alike characters, words split by marks, traditional characters.
"""

from time import process_time

import pytest

from app.payments.elsewhere import ACCOUNT, ADDRESS, PAYMENT, offers_elsewhere

CARD, WALLET = "6222021234567890128", "TJRyWwFs9wTFGZg3JbrVriFbNfCrzXtJ8k"

OFFERS = {
    f"请把货款打到 {CARD}，户名张三": {ACCOUNT, PAYMENT},
    "卡号 6222 0212 3456 7890 128": {ACCOUNT},
    "6222-0212-3456-7890-128": {ACCOUNT},
    "６２２２０２１２３４５６７８９０１２８": {ACCOUNT},
    "⑥②②②⓪②①②③④⑤⑥⑦⑧⑨⓪①②⑧": {ACCOUNT},
    "六二二二零二一二三四五六七八九〇一二八": {ACCOUNT},
    "6222.0212.3456.7890.128": {ACCOUNT},
    "62220212\u200b34567890\u200b128": {ACCOUNT},
    "622202l234S67890l28 建行": {ACCOUNT},
    "Visa 4111 1111 1111 1111": {ACCOUNT},
    "收款账号：31050161393600000123，开户行建行": {ACCOUNT},
    "開戶行：工商銀行，賬號 1001 2345 0920 0123": {ACCOUNT},
    "IBAN GB82 WEST 1234 5698 7654 32": {ACCOUNT},
    f"USDT-TRC20: {WALLET}": {ACCOUNT, PAYMENT},
    "0x52908400098527886E0F7030069857D2E4169EE7": {ACCOUNT},
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq": {ACCOUNT},
    "加我微信 miner8899 详谈": {ADDRESS},
    "加V：kuangji_168": {ADDRESS},
    "+V kuangji168": {ADDRESS},
    "➕薇 kuangji168": {ADDRESS},
    "微 信 号 kj-8899": {ADDRESS},
    "威信：kj8899": {ADDRESS},
    "薇❤信 kj8899": {ADDRESS},
    "ｖ信 １３８００１３８０００": {ADDRESS},
    "VX13800138000": {ADDRESS},
    "扣扣 123456789": {ADDRESS},
    "Q Q：1 2 3 4 5 6 7 8 9": {ADDRESS},
    "加個微信聊": {ADDRESS},
    "扫码加好友，微信聊": {ADDRESS},
    "w e c h a t: miner_88": {ADDRESS},
    "Add me on WeChat, cheaper there": {ADDRESS},
    "my telegram is @minerking": {ADDRESS},
    "纸飞机 @kj888": {ADDRESS},
    "WhatsApp +86 138 0013 8000": {ADDRESS},
    "支付宝 13800138000 转我就行": {ADDRESS, PAYMENT},
    "zfb转账便宜三百": {PAYMENT},
    "支.付.宝直接转": {PAYMENT},
    "微信转账给我吧": {PAYMENT},
    "直接转账到我个人卡": {PAYMENT},
    "转到这个账户": {PAYMENT},
    "轉帳到以下賬戶": {PAYMENT},
    "转 账 到 老板 私 户": {PAYMENT},
    "款打给会计个人账户就行": {PAYMENT},
    "我们私下交易，给你便宜五百": {PAYMENT},
    "私底下付款可以少两个点": {PAYMENT},
    "咱们线下交易": {PAYMENT},
    "不走平台，直接给你发货": {PAYMENT},
    "绕开网站付款更便宜": {PAYMENT},
    "不要在网站上付款": {PAYMENT},
    "我司收款账户已变更，请汇至新账户": {PAYMENT},
    "对公账户被冻结，换个账号收款": {PAYMENT},
    "现金支付打九折": {PAYMENT},
    "先付定金到我这里": {PAYMENT},
    "zhuanzhang dao wo de ka": {PAYMENT},
    "扫这个二维码付款": {PAYMENT},
    "Please wire the money to our new account": {PAYMENT},
    "Pay me directly and save the fee": {PAYMENT},
    "we can deal outside the platform": {PAYMENT},
    "Let's settle this off-site": {PAYMENT},
    "Our bank details have changed": {PAYMENT},
    "send USDT and I ship today": {PAYMENT},
    "p a y m e d i r e c t l y": {PAYMENT},
    "Transfer it to my personal account, please": {PAYMENT},
    "You can use Western Union": {PAYMENT},
}

ORDINARY = (
    "矿机什么时候发货？",
    "订单 4820 9375 5621 的发票什么时候开？",
    "汇款识别码 48209 37555 62110 已写在附言里",
    "我昨天已经汇款，金额 128,000.00 元，请查收",
    "可以用支付宝付款吗？",
    "支持微信支付吗？",
    "请问对公转账多久到账？",
    "我的手机号是 13800138000，请回电",
    "请联系 13900139000，下午方便",
    "S19 Pro 110T 功耗 3250W，效率 29.5 J/TH 对吗？",
    "序列号 SMTTD1234567890123 的机器不开机",
    "运单 SF1234567890123 三天没动",
    "统一社会信用代码 91310115MA1K3XYZ12 开专票",
    "税号 91310000775785552L，抬头是我们公司",
    "能否线下看货？",
    "仓库在内蒙古，电价 0.38 元，运费多少？",
    "2026-11-23 14:05 下的单，怎么还没确认",
    "批量采购 500 台，单价 12500 元可以吗",
    "退款退到哪里？多久到账？",
    "我想修改收货地址",
    "怎么注销我的账号？",
    "账号被冻结了，怎么解冻",
    "换货流程是怎样的？需要加钱吗",
    "矿池地址怎么设置？",
    "机器加微码升级包了吗",
    "增加微型风扇可以吗",
    "我的账号换了手机号，怎么改",
    "机器一直 offline，online 之后 12345 报错",
    "My machine was online, please help",
    "Payment by Alipay failed twice",
    "My Alipay is broken",
    "Please use my new postal address",
    "Can I pay by bank transfer?",
    "Do you accept WeChat Pay?",
    "When will my order 482093755621 ship?",
    "The payment page shows an error",
    "Is delivery to Inner Mongolia included?",
    "My account is locked, please help",
    "Which account do I transfer to?",
    "Hashrate 110 TH/s, power 3250 W, price 12,500 yuan",
    "I transferred 128,000.00 yesterday with code 48209 37555 62110",
    "Please call me on +86 138 0013 8000",
    "110101199003077758",
    "",
)


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("text", OFFERS)
def test_an_offer_is_known_whatever_its_disguise(text: str) -> None:
    found = offers_elsewhere(text)
    assert found >= OFFERS[text], (text, found)


@pytest.mark.parametrize("text", ORDINARY)
def test_what_buyers_ask_every_day_is_no_offer(text: str) -> None:
    assert offers_elsewhere(text) == frozenset(), text


@pytest.mark.clause("2.4")
def test_an_offer_is_found_within_a_long_message() -> None:
    around = "。".join(text for text in ORDINARY if text)
    assert offers_elsewhere(around) == frozenset()
    missed = [text for text in OFFERS if not offers_elsewhere(f"{around}。{text}。{around}")]
    assert missed == []


def test_the_longest_message_is_read_in_a_blink() -> None:
    """At most a second of the processor for each, where a careless pattern would take minutes."""
    for text in ("6" * 4000, "加 " * 2000, "转账" * 2000, "1 " * 2000, "微信" * 2000, "pay " * 1000, "t" * 4000):
        before = process_time()
        offers_elsewhere(text)
        assert process_time() - before < 1, text[:10]

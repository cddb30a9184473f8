"""Messages that offer another account, or payment past the shop: fraud begins with them. Pure. Clause 2.4.

A mark warns whoever reads the message; nothing is held back and nobody is judged by it. So it would rather mark a
message too many. Disguises are undone first: full-width and circled characters, invisible and combining marks,
traditional and look-alike characters, words split by marks, digits set apart or written as words.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from stdnum import iban, luhn
from stdnum.cn import ric

ACCOUNT, ADDRESS, PAYMENT = "account", "address", "payment"
OFFERED: Mapping[str, LazyString] = {
    ACCOUNT: _l("It holds what looks like the number of a bank account, card or wallet."),
    ADDRESS: _l("It leads to another messenger."),
    PAYMENT: _l("It speaks of paying past this shop, or to another account."),
}
"""What a message may offer, in the words of the mark, in the order in which they are said."""

_TRADITIONAL = str.maketrans(
    "轉帳賬匯寶號銀開戶錢給聯繫個這裡後別換優惠裝賣買掃碼對現業務貨體條線網臺與為會計師於發",
    "转账账汇宝号银开户钱给联系个这里后别换优惠装卖买扫码对现业务货体条线网台与为会计师于发",
)
_NUMERALS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789")
_LOOK_ALIKE_DIGITS = str.maketrans("olisbz", "011582")

_MESSENGER = (
    r"(?:[微威薇徽葳嶶溦巍][信芯心欣]|v信|wei?xin|wechat|wxid|wx|vx|vchat|支付宝|支付保|zfb|zhifubao|alipay"
    r"|qq|扣扣|企鹅号|telegram|纸飞机|飞机号|whatsapp|瓦次)"
)
_NAME_WITH_FIGURES = r"(?=[a-z_-]{0,14}\d)[a-z0-9_-]{5,}"
_PAID_BY = r"(?:[微威薇徽][信芯]|v信|weixin|wechat|支付宝|zfb|zhifubao|alipay)"
_PAY = r"(?:转账|转款|转钱|打款|打钱|汇款|付款|付钱|支付|收款|充值|交钱|付定金|付订金|zhuanzhang|fukuan|dakuan)"
_GIVE = r"(?:转|打|汇|付|存|交)(?:账|款|钱|到账)?(?:到|给|至|入|进|往)"
_SEND = "(?:pay|send|wire|transfer|remit|deposit)"
_OTHERS = (
    r"(?:我|他|她|咱|私|个人|本人|老板|经理|业务员|会计|财务|法人|朋友|别的|另|其他|其它|新|以下|下面|下列|下方"
    r"|这个|这张|此账|该账|指定|卡|银行卡|账户|账号|户头)"
)

_SQUEEZED: Mapping[str, str] = {
    ADDRESS: "|".join(
        (
            rf"{_MESSENGER}(?:号|号码|账号|账户|id|名|是|为|我的?|群|is|me|on|at|to)*{_NAME_WITH_FIGURES}",
            rf"(?<!增)(?:加|联系|联络|扫|私聊|私信|找|滴)(?:我|个|下|一下|你|咱|客服|老板|好友|的)*{_MESSENGER}",
            rf"{_MESSENGER}(?:上|里|详|私|细)?(?:聊|谈|说|沟通|联系|联络|加我)",
            r"(?<!增)加(?:我|个|下|一下)*(?:v(?!at|pn|ip)|薇|微(?![码软型波型机弱小电])|卫星|绿泡泡|q(?![a-z]))",
            rf"(?:(?:add|contact|message|text|find|reach|write(?:to)?)me|chat|talk)(?:on|in|via|at|by)*{_MESSENGER}",
            r"(?:my|our)(?:wechat|weixin|telegram|whatsapp|vx|qq)(?!pay)",
        )
    ),
    PAYMENT: "|".join(
        (
            rf"{_GIVE}.{{0,4}}(?:{_OTHERS}|\d{{8}})",
            rf"{_PAY}(?:到|给|至|入|进).{{0,4}}{_OTHERS}",
            rf"{_PAID_BY}(?:上|里|直接|给)*(?:转|打钱|打款|收款|扫)",
            rf"(?:支付宝|zfb|zhifubao).{{0,6}}(?:转|便宜|优惠)|{_PAID_BY}.{{0,15}}转我",
            r"(?:私下|私底下|线下|桌底下|场外|站外|平台外|平台之外|网站外)(?:里|再|直接|把|来|做)*"
            r"(?:交易|付|转|成交|结算|买|卖|打款|汇款|给钱|支付|谈价)",
            r"(?:不走|不经过?|不通过|绕过|绕开|避开|跳过|脱离|别走|别在|不要在|不用在|无需在)(?:你们|这个|这|本)?"
            r"(?:平台|网站|商城|网上|官网|系统|店铺)",
            r"(?:账户|账号|卡号|收款卡)(?:信息)?(?:已经?|有|被|刚)?(?:变更|更改|更换|改了|换了|换成|改为|变了)"
            r"(?!.{0,3}(?:手机|密码|邮箱|绑定|设备|名|地址))",
            r"(?:换|更换|改用|变更)(?:了|个|一个|新的?|收款)*(?:账户|账号|卡)(?:收|付|打|汇|转)",
            r"(?:汇|打|转|付|存)(?:款|账|钱)*(?:至|到|入|进)?(?:新|另一?个?|别的|其他)(?:的)?(?:账户|账号|卡)",
            r"(?:现金|私人|私账|走私户|不开票|泰达币?|u币)(?:直接)?(?:支付|付款|付|结算|交易|转)?"
            r"(?:可|就|能)?(?:打|便宜|优惠|少|折)",
            r"(?:定金|订金|押金|货款|钱|尾款)(?:先)?(?:付|转|打|汇|交|给)?(?:到|给)(?:我|老板|他|她|业务)",
            r"扫(?:描)?(?:这个|下面的?|我的?|此|上面的?|一下)*(?:二维码|码)(?:付|转|支付|打)",
            r"收款码|私户|私账|对私(?:转|付|打|账)",
            r"usdt|trc20|erc20|泰达币|付u|打u|转u",
            r"zhuanzhang(?:dao|gei)|sixiajiaoyi|sixiafu",
            rf"{_SEND}(?:it|me|us|the|money|payment|funds|amount)*"
            r"(?:directly|privately|outside|offsite|offplatform|viawechat|viaalipay|incrypto|incash|bypaypal|viapaypal)",
            rf"{_SEND}[a-z]{{0,20}}(?:to|into|at)(?:the|a|our|his|her)*"
            r"(?:new|different|other|another|personal|private|following|my|this|below|friends)[a-z]{0,8}"
            r"(?:account|card|wallet|bank|address)",
            r"(?:outside|off|bypass|without|around|avoid)(?:of)?(?:the|this|your)?"
            r"(?:site|platform|website|webshop|marketplace)",
            r"(?:bank|account|payment|payee)(?:details|information|account|data|number)*"
            r"(?:have|has|were|was|is)?(?:just|been|recently)*changed",
            r"(?:changed|new|updated)(?:our|the)?(?:bank|payee)(?:account|details)",
            r"westernunion|moneygram|cashapp|zelle|paypalme|friendsandfamily",
        )
    ),
}
_FOUND = {code: re.compile(pattern) for code, pattern in _SQUEEZED.items()}
_PLUS, _SENTENCE_ENDS, _MARKS_WITHIN = (
    re.compile(pattern) for pattern in (r"[+➕]\s*(?=[v薇微威q])", r"[。?!;\n]+", r"[^\w\n]+|_+")
)
_NAMED = re.compile(
    rf"(?<![a-z])(?:{_MESSENGER}|tg|skype|signal|line)(?![a-z])\W{{0,6}}(?:is\W{{0,3}})?"
    rf"(?:(?:(?:号|id)\W{{0,6}}|:\s*)[a-z0-9_-]{{5,}}|{_NAME_WITH_FIGURES}|@\w{{4,}})"
)

_DIGITS = re.compile(r"\d(?:[\W_]{0,3}\d){11,}")
_LONGEST_CARD = 19
_CARD = re.compile(r"(?:62|60|9[58]|4\d|5[1-5]|3[57])\d{11,17}")
_NAMED_ACCOUNT = re.compile(
    r"(?:账号|卡号|账户|开户行|户名|银行卡|account(?:no|number)|acct)(?:[^\d]{0,12})(\d{12,24})"
)
_WALLET = re.compile(
    r"(?<![0-9A-Za-z])(?:T[1-9A-HJ-NP-Za-km-z]{33}|0x[0-9A-Fa-f]{40}|bc1[02-9ac-hj-np-z]{11,71}"
    r"|[13][1-9A-HJ-NP-Za-km-z]{25,34})"
    r"(?![0-9A-Za-z])"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}")


def offers_elsewhere(text: str) -> frozenset[str]:
    """What of `OFFERED` the text of a message seems to offer; empty for almost all messages."""
    plain = _plain(text)
    lower = plain.lower().translate(_TRADITIONAL)
    squeezed = _MARKS_WITHIN.sub("", _SENTENCE_ENDS.sub("\n", _PLUS.sub("加", lower)))
    found = {code for code, pattern in _FOUND.items() if pattern.search(squeezed)}
    if _NAMED.search(lower):
        found.add(ADDRESS)
    if _holds_an_account(plain, lower, squeezed):
        found.add(ACCOUNT)
    return frozenset(found)


def words_of_offers(text: str) -> list[LazyString]:
    """What the mark on a message says; nothing for a message without an offer."""
    found = offers_elsewhere(text)
    return [words for code, words in OFFERED.items() if code in found]


def _plain(text: str) -> str:
    """Compatible characters in their common form, without invisible and combining ones."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(
        mark for mark in normal if unicodedata.category(mark) not in ("Cf", "Mn", "Me", "Cc") or mark == "\n"
    )


def _holds_an_account(plain: str, lower: str, squeezed: str) -> bool:
    if _WALLET.search(plain) or _NAMED_ACCOUNT.search(squeezed.translate(_NUMERALS)):
        return True
    if any(iban.is_valid(found[0][:end]) for found in _IBAN.finditer(plain) for end in range(18, len(found[0]) + 1)):
        return True
    as_digits = re.sub(r"(?<=\d)[olisbz](?=\d)", lambda found: found[0].translate(_LOOK_ALIKE_DIGITS), lower)
    return any(_is_a_card(number) for number in _numbers_in(as_digits.translate(_NUMERALS)))


def _numbers_in(text: str) -> Iterator[str]:
    """Every number of a card's length at most that neighbouring groups of digits make up."""
    for run in _DIGITS.finditer(text):
        groups = re.findall(r"\d+", run[0])
        for first in range(len(groups)):
            number = ""
            for group in groups[first : first + _LONGEST_CARD]:
                number += group
                yield number


def _is_a_card(number: str) -> bool:
    """A number of a card by its beginning, length and check digit; the number of an identity card is none."""
    return bool(_CARD.fullmatch(number)) and luhn.is_valid(number) and not ric.is_valid(number)

"""Which search terms may be counted at all: nothing that looks like a person, a number or an id. Pure. Clause 1.1.2d.

People type anything into a search field: their order number, a telephone number, a colleague's name. Such a term is
dropped before it is counted. What is dropped in doubt costs one line of a list of searches; figures with their unit and
the names of models are what such a list is for, and stay.
"""

import re

from app.search.cutting import HAN, plain
from app.search.understanding import FIGURE

LONGEST_TERM = 40
"""In characters; longer text is a message, not a term."""

MOST_FIGURE_DIGITS = 7
MOST_RANGE_DIGITS = 10
"""Of a figure with its unit, and of a range of figures: one fewer than a mobile number has."""

MOST_DIGITS_IN_A_ROW = 4
MOST_DIGITS_OF_A_NUMBER = 6
"""Of a number in groups, as telephone numbers are typed."""

MOST_DIGITS_OF_A_WORD = 9
LONGEST_WORD_WITH_DIGITS = 24
"""Addresses of wallets and other machine-made codes are longer."""

_UNITS = ("unit_price", "efficiency", "hashrate", "power", "noise", "per", "price", "low_many", "yuan")
_LOOSE_NUMBER = re.compile(rf"(?<![^\W{HAN}])\d(?:[\W_]*\d)*")
_ENDS_IN_A_DIGIT = re.compile(r"\d[\W_]*$")
_BEGINS_WITH_A_DIGIT = re.compile(r"[\W_]*\d")
_NUMERALS = "零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLES = (
    "先生|女士|小姐|太太|夫人|老师|师傅|经理|老板|总监|主任|医生|律师|博士|教授|同学|阿姨|叔叔|大哥|大姐"
    "|收件人|收货人|联系人|姓名|身份证|护照号|手机号|订单号"
)
_STREETS = "street|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|square"

_PERSONAL = re.compile(
    "|".join(
        (
            r"@|://|\bwww\.|\.(?:com|cn|net|org|io|co|me|info|xyz)\b",
            r"\d{1,3}(?:\.\d{1,3}){3}",
            r"\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b",
            r"(?:微信|wechat|wxid|vx|qq|telegram|whatsapp)\s*(?:号|id)?\s*[:_=]?\s*[a-z0-9_-]{5,}",
            rf"[{_NUMERALS}]{{5,}}",
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z]\W?(?=[a-z0-9]*\d)[a-z0-9]{4,6}",
            _TITLES,
            rf"^[{_SURNAMES}][{HAN}]{{0,2}}(?:总|董|工|哥|姐)$|^[小老阿][{_SURNAMES}]$",
            r"\b(?:mr|mrs|ms|miss|mister|madam|dr|prof)\b\.?\s*[a-z]{2,}",
            r"(?:路|街|大道|巷|弄|胡同|镇|村|园区|小区|大厦|广场)\s*\d+|\d+\s*(?:号楼|号院|单元|栋|幢|室|弄)",
            rf"[{HAN}](?:省|自治区|市|州|县)[{HAN}]+(?:市|区|县|旗|镇|乡|街道|路|街|大道)",
            rf"\d+[a-z]?\s+(?:[a-z]+\s+){{1,4}}(?:{_STREETS})\b|\b(?:{_STREETS})\.?\s*(?:no\.?\s*)?\d+",
            r"\b(?:room|rm|apt|apartment|suite|p\.?\s?o\.?\s?box)\.?\s*\d+",
        )
    )
)


def countable_term(typed: str) -> str | None:
    """The term as it is counted (lower case, plain forms, single spaces), or None where it is not to be counted."""
    term = " ".join(plain(typed).split())
    if len(term) > LONGEST_TERM or not any(mark.isalpha() for mark in term):
        return None
    return None if _PERSONAL.search(term) or _has_a_number(FIGURE.sub(_without_figure, term)) else term


def _without_figure(found: re.Match[str]) -> str:
    """Nothing in the place of a believable figure with its unit; anything else stays."""
    has_unit = any(found[name] for name in _UNITS)
    return " \x00 " if has_unit and _is_believable(found) else found[0]


def _is_believable(found: re.Match[str]) -> bool:
    """A figure of few digits that stands alone: it is no piece of a longer number."""
    digits = [_digits(found[side] or "") for side in ("low", "high")]
    touched = _ENDS_IN_A_DIGIT.search(found.string[: found.start()]) or _BEGINS_WITH_A_DIGIT.match(
        found.string, found.end()
    )
    return max(digits) <= MOST_FIGURE_DIGITS and sum(digits) <= MOST_RANGE_DIGITS and not touched


def _has_a_number(rest: str) -> bool:
    """True for digits that are more than the name of a model needs."""
    in_groups = (_digits(found[0]) for found in _LOOSE_NUMBER.finditer(rest))
    in_words = (_digits(word) for word in rest.split())
    return (
        re.search(rf"\d{{{MOST_DIGITS_IN_A_ROW + 1},}}", rest) is not None
        or any(digits > MOST_DIGITS_OF_A_NUMBER for digits in in_groups)
        or any(digits > MOST_DIGITS_OF_A_WORD for digits in in_words)
        or any(len(word) >= LONGEST_WORD_WITH_DIGITS and _digits(word) for word in rest.split())
    )


def _digits(text: str) -> int:
    return sum(mark.isdecimal() for mark in text)

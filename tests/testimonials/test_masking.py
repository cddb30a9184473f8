"""Contacts in published words, in every way in which people write them, are masked; figures of the trade stay. 1.3."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.testimonials.masking import MASK, masked_contacts

pytestmark = pytest.mark.clause("1.3")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
CALLED = str.maketrans("0123456789", "〇幺二三四五六七八九")
WIDE = str.maketrans("0123456789+-() @.", "０１２３４５６７８９＋－（）　＠．")
GAPS = st.sampled_from(["", "", "", "", " ", "-", "–", ".", "·", " - ", "/", "_", "\n", "\u200b", "\u00ad"])
BEFORE = st.sampled_from(["", "请打 ", "电话：", "call me: ", "（", "微信同号", "tel"])
AFTER = st.sampled_from(["", " 找我", "。", "，谢谢", " any time", "）"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Mobile numbers, landlines, hotlines and foreign ones, with anything between their digits."""
    kind = draw(st.sampled_from(["mobile", "landline", "hotline", "local", "foreign"]))
    digits = {
        "mobile": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
        "landline": st.from_regex(r"0[0-9]{2,3}[2-9][0-9]{6,7}", fullmatch=True),
        "hotline": st.from_regex(r"[48]00[0-9]{7}", fullmatch=True),
        "local": st.from_regex(r"[2-9][0-9]{6,7}", fullmatch=True),
        "foreign": st.from_regex(r"\+[1-9][0-9]{8,13}", fullmatch=True),
    }[kind]
    country = draw(st.sampled_from(["", "+86 ", "+86", "0086-", "(+86)", "86 "])) if kind == "mobile" else ""
    spaced = "".join(each + draw(GAPS) for each in draw(digits))
    written = country + spaced
    return draw(
        st.sampled_from([written, written.translate(WIDE), spaced.translate(CHINESE), spaced.translate(CALLED)])
    )


@st.composite
def mails(draw: st.DrawFn) -> tuple[str, str, str]:
    """(as it is written, the part before the sign, the first label behind it)."""
    local = draw(st.from_regex(r"[a-z]{3,8}[._+-]?[a-z0-9]{2,6}", fullmatch=True))
    label = draw(st.from_regex(r"[b-z]{4,9}", fullmatch=True))
    at = draw(st.sampled_from(["@", "＠", " @ ", " at ", "(at)", " [at] ", " (AT) "]))
    dot = draw(st.sampled_from([".", ".", "．", " . ", "(dot)", " dot ", "点", "。"]))
    written = f"{local}{at}{label}{dot}{draw(st.sampled_from(['com', 'com.cn', 'io']))}"
    return (written.translate(WIDE) if draw(st.booleans()) else written), local, label


def digits_in_a_row(text: str) -> int:
    """The longest run of digits, however they are written and parted; a mask parts them."""
    plain = unicodedata.normalize("NFKC", "".join(c for c in text if unicodedata.category(c) != "Cf"))
    runs = re.findall(r"(?:[\d〇零一二三四五六七八九幺][\s().·_/\\~‐-―-]{0,3})+", plain)
    return max((len(re.findall(r"[\d〇零一二三四五六七八九幺]", run)) for run in runs), default=0)


@given(numbers(), BEFORE, AFTER)
def test_no_number_is_left_however_it_is_written(number: str, before: str, after: str):
    shown = masked_contacts(before + number + after)
    assert digits_in_a_row(shown) < 7 and MASK in shown
    assert shown.startswith(before.rstrip("（")) and shown.endswith(after.lstrip("）"))


@given(mails(), BEFORE.filter(lambda text: not text or not text[-1].isalnum()), AFTER)
def test_no_mail_address_is_left_however_it_is_written(mail: tuple[str, str, str], before: str, after: str):
    written, local, label = mail
    shown = unicodedata.normalize("NFKC", masked_contacts(before + written + after))
    assert local not in shown and label not in shown and MASK in shown


@given(st.text(max_size=200) | numbers() | mails().map(lambda mail: mail[0]))
def test_masking_twice_is_masking_once_and_never_lengthens_what_is_no_contact(text: str):
    once = masked_contacts(text)
    assert masked_contacts(once) == once


@given(st.lists(numbers() | mails().map(lambda mail: mail[0]) | st.text(max_size=30), max_size=6))
def test_many_contacts_side_by_side_are_all_masked(parts: list[str]):
    shown = masked_contacts("，".join(parts))
    assert digits_in_a_row(shown) < 7 and masked_contacts(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "S21 Pro，234 TH/s，3510 W，15 J/T，2026-11-30 到货。",
        "¥13,999.00 一台，买了 120 台，三个月没有停过。",
        "Bought on 2026/11/30, 98.6 % uptime, 75 dB.",
        "2026-01-02 到 2026-03-04 一直在跑",
        "第七机房第三排",
    ],
)
def test_figures_of_the_trade_and_days_stay_as_they_are(text: str):
    assert masked_contacts(text) == text

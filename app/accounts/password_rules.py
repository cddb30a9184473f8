"""Which passwords are refused, and how strong one looks. Clause 5.1.4. Pure.

`data/common_passwords.txt` holds some thousands of ten characters or more: the words, names, keyboard walks and digit
rows that lists of leaked passwords begin with, in China and abroad, with their usual endings, and the trade's words.
"""

import re
from enum import IntEnum
from functools import cache
from pathlib import Path

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LIST = Path(__file__).resolve().parent / "data" / "common_passwords.txt"
SHORTEST = 10
FEWEST_DIFFERENT = 5
LEAST_OF_ITS_OWN = 4
"""Letters or digits that must be left without trade words, the account name, the number and rows of keys."""
SHOP_WORDS = (
    "yunshang", "antminer", "whatsminer", "bitmain", "microbt", "avalon", "bitcoin", "hashrate", "mining", "miner",
    "kuangji", "password", "passwort", "mima", "admin", "矿机", "云商", "蚂蚁", "神马", "密码",
)  # fmt: skip
KEY_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
_LEET = str.maketrans("@4301!$57", "aaeolisst")


class Strength(IntEnum):
    """How long and how mixed; the page's script ranks the same way."""

    TOO_SHORT = 0
    WEAK = 1
    FAIR = 2
    STRONG = 3


STRENGTH_WORDS: dict[Strength, LazyString] = {
    Strength.TOO_SHORT: _l("too short"),
    Strength.WEAK: _l("weak"),
    Strength.FAIR: _l("fair"),
    Strength.STRONG: _l("strong"),
}


def weakness_of(password: str, *, name: str = "", number: str = "", shortest: int = SHORTEST) -> LazyString | None:
    """Why a password is refused, in words that say what to do; None where it will do. `number` is E.164."""
    if len(password) < shortest:
        return _l("Please use at least %(n)s characters.", n=shortest)
    plain = password.casefold()
    if plain in common_passwords() or plain.translate(_LEET) in common_passwords():
        return _l("This password is on the list of common ones. Please choose another.")
    if len(set(plain)) < FEWEST_DIFFERENT:
        return _l("Please use more different characters.")
    known = [word.casefold() for word in (name, number.removeprefix("+86"), number[-8:]) if len(word) >= 2]
    if len(_own_part(plain, known)) < LEAST_OF_ITS_OWN:
        return _l(
            "This password is easily guessed from your name, your number, rows of keys or our trade. Please add more."
        )
    return None


def strength_of(password: str) -> Strength:
    """The rank shown beside the field."""
    if len(password) < SHORTEST:
        return Strength.TOO_SHORT
    if len(set(password)) < 6 or password.isdigit():
        return Strength.WEAK
    kinds = sum(
        bool(re.search(pattern, password)) for pattern in ("[a-z]", "[A-Z]", r"\d", r"[^\w]", "[\u3400-\u9fff]")
    )
    return Strength.STRONG if len(password) >= 16 or (len(password) >= 12 and kinds >= 3) else Strength.FAIR


@cache
def common_passwords() -> frozenset[str]:
    """The list, in lower case; every entry has at least SHORTEST characters."""
    return frozenset(LIST.read_text(encoding="utf-8").split())


def _own_part(plain: str, known: list[str]) -> str:
    """What is left without known words, rows of keys, repeats and punctuation."""
    rest = plain
    for word in sorted([*known, *SHOP_WORDS], key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = re.sub(r"(.)\1{2,}", " ", rest)
    for row in KEY_ROWS:
        for direction in (row, row[::-1]):
            rest = _without_runs(rest, direction)
    return re.sub(r"[\W_]+|(19|20)\d\d", "", rest)


def _without_runs(text: str, row: str) -> str:
    """The text without pieces of four or more keys in a row."""
    for length in range(len(row), 3, -1):
        for start in range(len(row) - length + 1):
            text = text.replace(row[start : start + length], " ")
    return text

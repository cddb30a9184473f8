"""Telephone numbers and mail addresses in what people write are not shown: neither theirs nor anybody's. Clause 1.3.

Pure. Seven digits or more with nothing between them but what people put between digits are a number, whether written
in figures of any width or in Chinese; a day such as 2026-11-30 and amounts with their commas are none. In doubt it is
masked: a figure of a machine that is lost costs less than a number that is found.
"""

import re
import unicodedata
from collections.abc import Iterator

MASK = "****"
"""Longer than what may stand between two digits: what is masked joins nothing beside it."""
FEWEST_DIGITS = 7
_DIGIT = r"[\d〇零一二三四五六七八九幺]"
_BETWEEN = r"[\s().·•*_/\\~‐-―−-]{0,3}"
_DAY = r"(?<!\d)(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)"
_NUMBER = re.compile(rf"{_DAY}|(?P<contact>\+?{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{FEWEST_DIGITS - 1},}})")
_AT = r"(?:\s*@\s*|\s*[(\[{]\s*(?:at|@)\s*[)\]}]\s*|\s+at\s+)"
_DOT = r"(?:\s*[.。]\s*|\s*[(\[{]\s*(?:dot|点|\.)\s*[)\]}]\s*|\s+dot\s+|\s*点\s*)"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_MAIL = re.compile(rf"(?P<contact>[\w.+%-]+{_AT}{_LABEL}(?:{_DOT}{_LABEL})*)", re.IGNORECASE)


def masked_contacts(text: str) -> str:
    """The text as everybody may read it; what is no contact stays as it is. Safe to repeat."""
    for pattern in (_MAIL, _NUMBER):
        text = "".join(_pieces(text, pattern))
    return text


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """The text with each contact masked; looked for in plain letters and digits, without what nobody sees."""
    plain, places = "", list[int]()
    for place, character in enumerate(text):
        if unicodedata.category(character) != "Cf":
            folded = unicodedata.normalize("NFKC", character)
            plain, places = plain + folded, places + [place] * len(folded)
    begins = 0
    for found in pattern.finditer(plain):
        if found["contact"]:
            first, last = places[found.start()], places[found.end() - 1]
            yield text[begins:first]
            if first >= begins:
                yield MASK
            begins = last + 1
    yield text[begins:]

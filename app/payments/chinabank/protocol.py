"""The wire protocol of 网银在线, PC gateway with MD5 (merchant paper v4.1). Pure: no Flask, no store, no clock.

The signatures join fields without separators, so "1" + "00" signs like "10" + "0". Therefore order number and amount
have one form each, whoever reads a message compares every field with a record of ours, and bank texts (GBK or UTF-8,
unsigned) are never read at all.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from urllib.parse import parse_qsl

from app.foundation.money import Money

CNY = "CNY"
PAID, FAILED = "20", "30"
UNKNOWN_ORDER, NOT_PAID = "0", "10"
"""Answered to a query alone."""

MOST_ATTEMPTS = 99
LONGEST_FIELD = 64
MOST_FIELDS = 64

_ORDER = re.compile(r"[0-9]{8}-([0-9]{4,12})-[0-9]{12}-[0-9]{2}")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,11})\.[0-9]{2}")
_UNPRINTABLE = re.compile(r"[^ -~]")


@dataclass(frozen=True, slots=True)
class Word:
    """What the institution said: the signed fields and their signature, as they came. Nothing else is taken (1.1.4b).

    A field that came twice is joined by a bar, and a character outside printable ASCII becomes a question mark: neither
    is in any good form, so such a message can be kept and can never be believed.
    """

    v_oid: str = ""
    v_pstatus: str = ""
    v_amount: str = ""
    v_moneytype: str = ""
    v_md5str: str = ""

    @property
    def merchant(self) -> str | None:
        """The merchant number in the order number; None where that has not our form."""
        found = _ORDER.fullmatch(self.v_oid)
        return found[1] if found else None

    @property
    def amount(self) -> Money | None:
        """None where it is not written with exactly two places and without anything that could be left out."""
        return Money(int(self.v_amount.replace(".", ""))) if _AMOUNT.fullmatch(self.v_amount) else None


SIGNED_FIELDS = tuple(Word.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who we are at the institution, and the key that only the two of us know."""

    number: str
    key: str

    def order_number(self, day: date, order: str, attempt: int) -> str:
        """The institution's number of an attempt to pay our order: 20261123-1001-482109375562-01."""
        return f"{day:%Y%m%d}-{self.number}-{order}-{attempt:02d}"

    def payment(self, oid: str, amount: Money, return_url: str, notice_url: str) -> dict[str, str]:
        """The whole form that the buyer's browser posts. Clause 1.1.4c: none of the fields about people is in it."""
        signature = _md5(str(amount), CNY, oid, self.number, return_url, self.key)
        return {
            "v_mid": self.number,
            "v_oid": oid,
            "v_amount": str(amount),
            "v_moneytype": CNY,
            "v_url": return_url,
            "v_md5info": signature,
            "remark2": f"[url:={notice_url}]",
        }

    def query(self, oid: str, return_url: str) -> dict[str, str]:
        """The question what became of an attempt."""
        return {"v_mid": self.number, "v_oid": oid, "v_url": return_url, "billNo_md5": _md5(oid, self.key)}

    def signed(self, oid: str, status: str, amount: str, currency: str = CNY) -> str:
        """The signature of a return, a notice or an answer."""
        return _md5(oid, status, amount, currency, self.key)

    def has_signed(self, word: Word) -> bool:
        """Whether these very fields carry the signature, upper-case as the paper wants it; in constant time."""
        expected = self.signed(word.v_oid, word.v_pstatus, word.v_amount, word.v_moneytype)
        return hmac.compare_digest(expected.encode(), word.v_md5str.encode())


def word_in(body: bytes) -> Word:
    """The word in a posted body. Read byte by byte: bank texts in whatever encoding cannot break what stands beside."""
    try:
        pairs = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return Word()
    return _word(pairs)


def word_in_page(page: bytes) -> Word | None:
    """The word in the hidden inputs of an answered query; None for a page without any, such as an error page."""
    reader = _HiddenInputs()
    reader.feed(page.decode("latin-1"))
    return _word(reader.pairs) if any(name == "v_oid" for name, _ in reader.pairs) else None


def _word(pairs: list[tuple[str, str]]) -> Word:
    values: Mapping[str, list[str]] = {name: [v for n, v in pairs if n == name] for name in SIGNED_FIELDS}
    return Word(**{name: _UNPRINTABLE.sub("?", "|".join(given))[:LONGEST_FIELD] for name, given in values.items()})


class _HiddenInputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type", "").lower() == "hidden" and len(self.pairs) < MOST_FIELDS:
            self.pairs.append((given.get("name", ""), given.get("value", "")))


def _md5(*parts: str) -> str:
    """What the paper asks for, however weak."""
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()

"""A statement file becomes lines: pure, and nothing is lost; what is no line is told by its number and reason.

Banks write CSV in UTF-8 or GBK, with lines about the account above the headings and sums below, thousands with commas,
full-width digits, and numbers dressed as formulas (="0012") so that spreadsheets keep their zeros. A formula is never
worked out.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError
from app.foundation.money import ZERO, Money

LARGEST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
MOST_COLUMNS = 80
HEADING_WITHIN = 30
LONGEST_NAME, LONGEST_REMARK = 200, 500
LARGEST_AMOUNT = Money(10**15)
EARLIEST = date(2000, 1, 1)

ROLES: dict[str, LazyString] = {
    "day": _l("Day of receipt"),
    "credit": _l("Amount received"),
    "debit": _l("Amount paid out"),
    "direction": _l("Received or paid out"),
    "reference": _l("The bank's number of the transfer"),
    "payer": _l("Payer's name"),
    "remark": _l("Remark"),
}
"""What a column can hold for us. The payer's account number is not among them and is never kept (1.1.4b)."""
NEEDED = ("day", "credit", "payer", "remark")
MANY = ("remark",)
"""Roles that several columns may share: their texts are joined."""

FAULTS: dict[str, LazyString] = {
    "short": _l("Fewer cells than headings"),
    "day": _l("No day that exists"),
    "ahead": _l("A day that is still to come"),
    "amount": _l("No amount that can be read"),
    "known": _l("Imported before"),
}
INCOMING, OUTGOING = (
    frozenset({"贷", "收", "收入", "转入", "入账", "C", "CR", "CREDIT", "IN"}),
    frozenset({"借", "付", "支", "支出", "转出", "出账", "D", "DR", "DEBIT", "OUT"}),
)

Columns = Mapping[str, Sequence[int]]
"""By role the places of its columns, counted from 0."""


class NotAStatement(BusinessError):
    """The file is no CSV text that we could read."""

    message = _l("This is no CSV file. Please save the statement as CSV at the bank or in the spreadsheet.")
    status = 422


class StatementTooLarge(NotAStatement):
    """More than is read at once."""

    message = _l("The file is too large: at most 5 MB and 20,000 lines. Please import the statement in parts.")


class NoHeadings(NotAStatement):
    """No line looks like headings."""

    message = _l("The file has no line of headings. Please export the statement with its headings.")


@dataclass(frozen=True)
class Table:
    """The headings of a file and all lines below them, each with its number in the file, counted from 1."""

    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def signature(self) -> str:
        """The same for every file with these headings: by it the meaning of columns is remembered."""
        return hashlib.sha256("\0".join(self.headings).encode()).hexdigest()


@dataclass(frozen=True)
class Line:
    """Money that came in, as the statement says it. `reference` is None where the bank gives no number of its own."""

    number: int
    day: date
    amount: Money
    reference: str | None
    payer: str
    remark: str
    repeat: int = 0
    """How many lines above it in the file say exactly the same; only where there is no number of the bank's."""

    def packed(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "day": self.day.isoformat(), "amount": self.amount.fen}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Line":
        return cls(**{**packed, "day": date.fromisoformat(packed["day"]), "amount": Money(packed["amount"])})


@dataclass(frozen=True)
class Reading:
    """What a file came to: lines of money in, how many were money out, and faults as (line number, code)."""

    lines: tuple[Line, ...]
    outgoing: int
    faults: tuple[tuple[int, str], ...]


def table_in(content: bytes) -> Table:
    """Raises NotAStatement, StatementTooLarge, NoHeadings."""
    if len(content) > LARGEST_BYTES:
        raise StatementTooLarge
    lines = [(number, cells) for number, cells in _cells(_text(content)) if any(cells)]
    for place, (_, cells) in enumerate(lines[:HEADING_WITHIN]):
        if _are_headings(cells):
            return Table(cells, tuple(lines[place + 1 :]))
    raise NoHeadings


def read_lines(table: Table, columns: Columns, today: date) -> Reading:
    """Every line of the table, told apart. Raises nothing: what cannot be read is a fault."""
    lines: list[Line] = []
    faults: list[tuple[int, str]] = []
    seen: dict[Line, int] = {}
    outgoing = 0
    for number, cells in table.lines:
        found = _line(number, cells, columns, today)
        if found is None:
            outgoing += 1
        elif isinstance(found, str):
            faults.append((number, found))
        else:
            lines.append(_told_apart(found, seen))
    return Reading(tuple(lines), outgoing, tuple(faults))


def plain(cell: str) -> str:
    """A cell without width, outer space and the dress of a formula."""
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'\t").strip()
    dressed = re.fullmatch(r'="([^"]*)"', text)
    text = dressed[1].strip() if dressed else text
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))


def day_in(text: str) -> date | None:
    """The day at the beginning of a cell: 2026-11-23, 2026/11/23, 20261123, 2026年11月23日, with or without a time."""
    found = re.match(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?!\d)", text)
    if not found:
        found = re.match(r"(\d{4})()()(\d{2})(\d{2})\d{6}(?!\d)", text)
    if not found:
        return None
    year, month, day = found[1], found[2] or found[4], found[3] or found[5]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def amount_in(text: str) -> Money | None:
    """An amount in yuan, negative with a minus or in brackets; None for anything else, a formula too. "" is zero."""
    bare = re.sub(r"^(?:CNY|RMB|人民币|[¥￥])\s*|\s*元$", "", text, flags=re.IGNORECASE)
    if bare in ("", "-", "--"):
        return ZERO
    bracketed = re.fullmatch(r"\((.*)\)", bare)
    bare = f"-{bracketed[1]}" if bracketed else bare
    if not re.fullmatch(r"[+-]?(?:\d{1,13}|\d{1,3}(?:[, ]\d{3}){1,4})(?:\.\d{1,2})?", bare, flags=re.ASCII):
        return None
    return Money.yuan(Decimal(re.sub("[, ]", "", bare)))


def _text(content: bytes) -> str:
    if b"\0" in content or not content.strip():
        raise NotAStatement
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAStatement


def _cells(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    sample = text[:20_000]
    separator = max(",\t;|", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, 1):
            if number > MOST_LINES + HEADING_WITHIN or len(cells) > MOST_COLUMNS:
                raise StatementTooLarge
            yield number, tuple(plain(cell) for cell in cells)
    except csv.Error:  # a cell of more than 128 KB, or a line break where none can be
        raise NotAStatement from None


def _are_headings(cells: Sequence[str]) -> bool:
    """At least four cells with words and no figures in them; the lines about the account have fewer or have figures."""
    words = [cell for cell in cells if cell]
    return len(words) >= 4 and all(len(cell) <= 40 and not re.search(r"\d{3}", cell) for cell in words)


def _line(number: int, cells: Sequence[str], columns: Columns, today: date) -> Line | str | None:
    """A line of money in; None for money out; the code of a fault."""
    if max(place for places in columns.values() for place in places) >= len(cells):
        return "short"
    found = {role: " ".join(filter(None, (cells[place] for place in places))) for role, places in columns.items()}
    day = day_in(found["day"])
    if day is None or day < EARLIEST:
        return "day"
    if day > today:
        return "ahead"
    amount = _amount(found)
    if not amount or not -LARGEST_AMOUNT <= amount <= LARGEST_AMOUNT:
        return "amount"
    if amount < ZERO:
        return None
    payer, remark = found["payer"][:LONGEST_NAME], found["remark"][:LONGEST_REMARK]
    return Line(number, day, amount, found.get("reference") or None, payer, remark)


def _amount(found: Mapping[str, str]) -> Money | None:
    """What came in, negative for what went out; None where figures or their direction cannot be read."""
    credit, debit = amount_in(found["credit"]), amount_in(found.get("debit", ""))
    if credit is None or debit is None or (credit and debit):
        return None
    if "direction" not in found or not credit:
        return credit - debit
    direction = found["direction"].upper()
    if direction in OUTGOING:
        return credit if credit < ZERO else -credit
    return credit if direction in INCOMING else None


def _told_apart(line: Line, seen: dict[Line, int]) -> Line:
    """Two equal lines without a number are two transfers: the second is the first repeat."""
    if line.reference:
        return line
    same = Line(0, line.day, line.amount, None, line.payer, line.remark)
    repeat = seen[same] = seen.get(same, -1) + 1
    return Line(line.number, line.day, line.amount, None, line.payer, line.remark, repeat)


def headings_like(table: Table, names: Iterable[str]) -> list[int]:
    """The places of headings with one of these names; brackets behind a name, as (元), do not matter."""
    wanted = {name.casefold() for name in names}
    bare = [re.sub(r"[\s(\[].*$", "", heading).casefold() for heading in table.headings]
    return [place for place, name in enumerate(bare) if name in wanted]

"""The table behind a panel: columns with a kind, rows of numbers, and how each number is written for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analytics.dashboard.floor import FEW, INSIDE_FLOOR, Few, at_least, is_few
from analytics.texts import Texts, duration

Kind = Literal["count", "rate", "one_decimal", "seconds", "money", "words"]
Number = int | float | str | Few | None


@dataclass(frozen=True)
class Column:
    """`name` is its name in JSON and that of its text; `label` stands in the place of the text where it is given.

    `is_shaded` colours the cells of a rate by their size.
    """

    name: str
    kind: Kind = "count"
    label: str = ""
    is_shaded: bool = False


@dataclass(frozen=True)
class Row:
    """`numbers` has one for each column: None where there is none to tell, FEW below the floor.

    `share` is that of the largest possible, 0 to 1; `value` is what a filter of this row has in the address.
    """

    name: str
    numbers: tuple[Number, ...]
    share: float | None = None
    value: str = ""

    def shade(self, place: int) -> int:
        """0 to 5, by the size of a rate."""
        number = self.numbers[place]
        return min(5, int(number * 6)) if isinstance(number, int | float) else 0


@dataclass(frozen=True)
class Table:
    """All rows of a panel. `parameter` is that of the filter which a click on a row sets, "" for none.

    `brief` is how many columns are shown where there is little room.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    parameter: str = ""
    brief: int = 1
    with_shares: bool = True

    def searched(self, words: str) -> "Table":
        """Only the rows whose name holds these words, in upper or lower case."""
        wanted = words.casefold()
        return replace(self, rows=[row for row in self.rows if wanted in row.name.casefold()]) if words else self

    def sliced(self, first: int, number: int) -> "Table":
        return replace(self, rows=self.rows[first : first + number])

    def briefly(self, number: int) -> "Table":
        """The first rows, with the first columns."""
        rows = [replace(row, numbers=row.numbers[: self.brief]) for row in self.rows[:number]]
        return replace(self, rows=rows, columns=self.columns[: self.brief])


def with_shares(rows: Sequence[Row], whole: int | None = None) -> list[Row]:
    """The share of each row's first number in their sum, or in `whole`."""
    total = whole or _first(rows) or 1
    return [replace(row, share=None if row.numbers[0] is FEW else _first([row]) / total) for row in rows]


def with_floor(rows: Sequence[Row], few: Sequence[bool], text: Texts) -> list[Row]:
    """Rows, largest first, of which those marked stand together in one at the end: their sum, and how many they are.

    A single row would be told by the others and the total, as would a sum below the floor: the smallest of the others
    then joins it.
    """
    shown = [row for row, is_small in zip(rows, few, strict=True) if not is_small]
    small = [row for row, is_small in zip(rows, few, strict=True) if is_small]
    if not small:
        return shown
    if shown and (len(small) == 1 or is_few(_first(small))):
        small.append(shown.pop())
    together = at_least(_first(small)) if len(small) > 1 else FEW
    numbers = (together, *[None] * (len(small[0].numbers) - 1))
    return [*shown, Row(text("few_each", number=len(small)), numbers)]


def _first(rows: Sequence[Row]) -> int:
    """The sum of the first numbers."""
    return sum(row.numbers[0] for row in rows if isinstance(row.numbers[0], int))


def written(number: Number, kind: Kind, text: Texts, money: Callable[[int], str]) -> str:
    """A number as people read it."""
    if number is None:
        return "-"
    if isinstance(number, Few):
        return text("fewer_than", floor=INSIDE_FLOOR)
    if isinstance(number, str):
        return number
    if kind == "rate":
        return rate(number)
    if kind == "one_decimal":
        return f"{number:,.1f}"
    if kind == "seconds":
        return duration(text, round(number))
    return money(int(number)) if kind == "money" else f"{number:,}"


def rate(share: float) -> str:
    """12 %, and 0.4 % below one."""
    return f"{share * 100:.1f} %" if 0 < share < 0.00995 else f"{share * 100:.0f} %"


def ratio(a: int, b: int) -> float | None:
    """None where there is nothing to divide by."""
    return a / b if b else None

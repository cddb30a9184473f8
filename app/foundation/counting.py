"""Counting that costs the same however much there is: beyond so many, "1,000+" is all that anybody needs to read."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

MOST = 1_000


class AtLeast(int):
    """A count that stopped there. Sums in which it takes part are such too; the filter `number` writes "1,000+"."""

    def __add__(self, other: int) -> "AtLeast":
        return AtLeast(int(self) + other)

    __radd__ = __add__


def counted(found: int, most: int = MOST) -> int:
    """What a query of `up_to` with this `most` found."""
    return AtLeast(most) if found > most else found


def up_to(rows: Select[Any], most: int = MOST) -> Any:
    """How many rows there are, as a scalar of the query: exact up to `most`, and one more for any other number."""
    return select(func.count()).select_from(keys_of(rows).limit(most + 1).subquery()).scalar_subquery()


def count_by(session: Session, column: InstrumentedAttribute[str], values: Iterable[str]) -> dict[str, int]:
    """How many rows have each value, in one query. An index that begins with the column answers it."""
    wanted = list(values)
    found = session.execute(select(*(up_to(select(column.class_).where(column == value)) for value in wanted))).one()
    return {value: counted(count) for value, count in zip(wanted, found, strict=True)}


def keys_of(rows: Select[Any]) -> Select[Any]:
    """The same rows as their keys alone, in any order."""
    return rows.order_by(None).with_only_columns(*_primary_key(rows), maintain_column_froms=True)


def _primary_key(rows: Select[Any]) -> Sequence[Any]:
    return list(rows.column_descriptions[0]["entity"].__table__.primary_key.columns)

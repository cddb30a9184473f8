"""New rows written at once, a statement for each table, past SQLAlchemy's unit of work.

For acts that write many rows while others wait for the lock: working out what depends on what costs the unit of work
three times as much as the writing. The caller knows the order and names it.
"""

from functools import cache
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Insert, Table, insert, inspect
from sqlalchemy.orm import Mapper, Session, make_transient_to_detached

from app.foundation.database import Base
from app.foundation.personal_data import PersonalData, seal_fields


def append(session: Session, *rows: Base) -> None:
    """Insert new rows in the order given; afterwards they are as if loaded. In the caller's transaction.

    Rows of one kind that stand side by side go in one statement. A key that refers to another new row must be set
    already: relationships are only carried along.
    """
    for model, some in groupby(rows, type):
        session.execute(_insert(model), [_values(session, row) for row in some])
    for row in rows:
        make_transient_to_detached(row)
    session.add_all(rows)


def _values(session: Session, row: Base) -> dict[str, Any]:
    """What goes into each column; defaults are settled in the row too."""
    if isinstance(row, PersonalData):
        seal_fields(session, row)
    known = inspect(row).dict
    for attribute, (_, default) in _columns(type(row)).items():
        known.setdefault(attribute, default(None) if callable(default) else default)
    return {column: known[attribute] for attribute, (column, _) in _columns(type(row)).items()}


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(cast("Table", inspect(model).local_table))


@cache
def _columns(model: type[Base]) -> dict[str, tuple[str, Any]]:
    """By attribute: the column's name and its default."""
    mapper: Mapper[Any] = inspect(model)
    columns = {name: attribute.columns[0] for name, attribute in mapper.column_attrs.items()}
    return {name: (column.name, column.default.arg if column.default else None) for name, column in columns.items()}

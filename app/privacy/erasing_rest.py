"""What is left of people once no account is: guests' questions, codes, registrations that nobody finished. 5.2.3.

What accounting law asks for (lines of the bank's statements, accounts that surplus money went back to) stays under its
key until its own time, and so do the papers of authorities. Every other key goes.
"""

from collections import Counter
from typing import Any

from sqlalchemy import select

from app.foundation.data_keys import data_keys
from app.foundation.database import Base, db, transaction
from app.foundation.personal_data import Keep
from app.foundation.uploads import remove_private
from app.privacy.erasing_rows import NOBODY, erase_sealed, models_of_people, table_of
from app.privacy.files import file_names

AT_ONCE = 500
NAME_KEYS = ("subject_id", "key_id")
"""Columns that name a data key."""


def erase_outsiders() -> int:
    """Erase everybody who never had an account, but for the rows of accounting; how many. Safe to repeat."""
    gone = 0
    for model in models_of_people():
        fields = getattr(model, "_personal", ())
        if not fields or any(field.keep is Keep.ACCOUNTING for field in fields):
            continue
        column = table_of(model).c.subject_id
        while subjects := db.session.scalars(select(column).where(column != NOBODY).distinct().limit(AT_ONCE)).all():
            for subject_id in subjects:
                _erase(subject_id)
            gone += len(subjects)
    return gone


def destroy_idle_keys() -> int:
    """Destroy every key that no row names; how many. Safe to repeat."""
    gone, last = 0, 0
    while keys := data_keys().after(last, AT_ONCE):
        last, idle = keys[-1], set(keys) - _named(keys)
        for subject_id in idle:
            data_keys().destroy(subject_id)
        gone += len(idle)
    return gone


def _erase(subject_id: int) -> None:
    for name in file_names(db.session(), subject_id):
        remove_private(name)
    with transaction() as session:
        erase_sealed(session, subject_id)
    data_keys().destroy(subject_id)


def keys_left() -> dict[str, int]:
    """Keys that are there, by the table that names them; one that names itself nowhere is of "nothing"."""
    found: Counter[str] = Counter()
    last = 0
    while keys := data_keys().after(last, AT_ONCE):
        last, named = keys[-1], set[int]()
        for table, column in _names():
            mine = set(db.session.scalars(select(column).where(column.in_(keys))))
            found[table] += len(mine - named)
            named |= mine
        found["nothing"] += len(set(keys) - named)
    return {table: count for table, count in found.items() if count}


def _named(keys: list[int]) -> set[int]:
    return {key for _, column in _names() for key in db.session.scalars(select(column).where(column.in_(keys)))}


def _names() -> list[tuple[str, Any]]:
    tables = Base.metadata.sorted_tables
    return [(table.name, table.c[name]) for table in tables for name in NAME_KEYS if name in table.c]

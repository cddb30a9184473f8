"""What a case may name, and what of it there is about one person: exactly that, read past the purpose gate.

A scope names fields and days. `table.field` is a sealed field, a table's bare name what its rows hold beside sealed
fields: numbers, amounts, moments. Facts that stand until an account is closed (a name, an address) belong to no day.
A scope without days takes in everything there is. Clauses 4.1.1(2), 4.2, 4.3.2b.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Select, select
from sqlalchemy.orm import Session

from app.foundation.clock import starts_at
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind
from app.foundation.uploads import is_file_name
from app.privacy.erasing_rows import table_of
from app.privacy.export import csv_lines, files_of, json_bytes, plain_facts
from app.privacy.my_data import models_with_fields

NEVER = frozenset({"second_factors", "pending_registrations", "bank_rows"})
"""What opens an account, what belongs to no account yet, and what is sealed under a statement's own key."""
BEGINS = ("at", "placed_at", "opened_at", "applied_at", "created_at", "uploaded_at", "given_at", "issued_on")
"""Columns that say of a row when it came to be, in the order in which they are looked for."""
RECORD = N_("the row itself: its number, state, amounts and moments, without the sealed fields")


def choices() -> dict[str, str]:
    """Everything that a scope can name, with the text (to translate) that says what it is."""
    found: dict[str, str] = {}
    for model in _models():
        found[model.__tablename__] = RECORD
        found |= {f"{model.__tablename__}.{field.name}": field.why for field in model._personal}
    return found


def content_about(
    session: Session, subject_id: int, fields: Collection[str], days: tuple[date, date] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Files about one person: of each table JSON and CSV, and sealed files opened. Raises KeyDestroyed."""
    for model in _models():
        name, record = model.__tablename__, model.__tablename__ in fields
        wanted = [field for field in model._personal if f"{name}.{field.name}" in fields]
        if not record and not wanted:
            continue
        found = session.scalars(_rows(model, subject_id, days)).all()
        if not found:
            continue
        rows = [_facts(row, wanted, record=record) for row in found]
        yield f"{name}.json", json_bytes(rows)
        yield f"{name}.csv", b"".join(csv_lines(rows))
        for field in wanted:
            if field.kind is Kind.SECRET:
                for row in found:
                    yield from ((f"files/{file}", content) for file, content in files_of(field, row))


def _models() -> Iterator[Any]:
    """Tables that can be asked for: those of a person whose rows stand until closing, or have a time of their own."""
    for model in sorted(models_with_fields(), key=lambda model: str(model.__tablename__)):
        if model.__tablename__ not in NEVER and (_stands(model) or _began(model) is not None):
            yield model


def _stands(model: Any) -> bool:
    return any(field.keep is Keep.UNTIL_CLOSED for field in model._personal)


def _began(model: Any) -> Any:
    columns = table_of(model).c
    return next((columns[name] for name in BEGINS if name in columns), None)


def _rows(model: Any, subject_id: int, days: tuple[date, date] | None) -> Select[Any]:
    mine = select(model).where(model.subject_id == subject_id).order_by(model.id)
    if days is None or _stands(model):
        return mine
    from_day, to_day = days
    began = _began(model)
    if isinstance(began.type, Date):
        return mine.where(began.between(from_day, to_day))
    return mine.where(began >= starts_at(from_day), began < starts_at(to_day + timedelta(days=1)))


def _facts(row: Any, wanted: list[Any], *, record: bool) -> dict[str, Any]:
    facts = plain_facts(row) if record else {}
    for field in wanted:
        value = field.read(row)
        if not (field.kind is Kind.SECRET and _names_files(value)):
            facts[field.name] = value
    return facts


def _names_files(value: Any) -> bool:
    return any(isinstance(each, str) and is_file_name(each) for each in (value if isinstance(value, list) else [value]))

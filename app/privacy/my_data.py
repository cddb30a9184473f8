"""What the shop holds about one person, walked from the declarations of the fields. Clauses P.5, 1.1.2e.

Nobody keeps a list of tables here: every model with personal fields names the subject whose key seals it, so a new
field appears on the page and in the copy by being declared. Secrets (an authenticator's seed, the name of a sealed
file) are named and never shown. A page opens the last of many values only; the copy (`export`) holds all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.database import Base
from app.foundation.personal_data import Kind, PersonalData, personal

SHOWN = 20
_CHANGED_AT: dict[str, str] = {}
_READS_AS: dict[str, Callable[[Any], list[str]]] = {}


@dataclass(frozen=True)
class HeldField:
    """One field of the register, of how many rows, and some of their values; `values` is empty for a secret."""

    field: personal
    count: int
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        return f"{self.field.table}.{self.field.name}"

    @property
    def is_secret(self) -> bool:
        return self.field.kind is Kind.SECRET

    @property
    def texts(self) -> list[str]:
        """The values as the page shows them."""
        return [", ".join(self._words(value)) for value in self.values]

    def _words(self, value: Any) -> list[str]:
        if read := _READS_AS.get(self.name):
            return read(value)
        return [str(part) for part in value.values()] if isinstance(value, Mapping) else [str(value)]

    @property
    def changed_at(self) -> str | None:
        """Endpoint of the page where the person corrects or deletes it."""
        return _CHANGED_AT.get(self.field.table)


def is_changed_at(table: str, endpoint: str) -> None:
    """Say on which page people correct or delete what a table holds about them."""
    _CHANGED_AT[table] = endpoint


def reads_as(field: str, read: Callable[[Any], list[str]]) -> None:
    """Say how a value that holds codes reads in words; `field` is `table.name`."""
    _READS_AS[field] = read


def held_about(session: Session, subject_id: int) -> list[HeldField]:
    """Every field that holds something about the person, in the order of the register's names."""
    held = [found for model in models_with_fields() for found in _held_in(session, model, subject_id)]
    return sorted(held, key=lambda found: found.name)


def by_keeping(held: list[HeldField]) -> list[tuple[str, list[HeldField]]]:
    """The fields by the row of Annex 1 under which they are kept, in the order in which the policy's kinds begin."""
    groups: dict[str, list[HeldField]] = {}
    for found in held:
        groups.setdefault(found.field.keep.value, []).append(found)
    return list(groups.items())


def models_with_fields() -> Iterator[Any]:
    """Every model of the shop's store that declares personal fields."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, PersonalData) and mapper.class_._personal:
            yield mapper.class_


def _held_in(session: Session, model: Any, subject_id: int) -> Iterator[HeldField]:
    mine = model.subject_id == subject_id
    columns = [getattr(model, field.sealed_name) for field in model._personal]
    counts = session.execute(select(*(func.count(column) for column in columns)).where(mine)).one()
    if not any(counts):
        return
    rows = session.scalars(select(model).where(mine).order_by(model.id).limit(SHOWN)).all()
    for field, count in zip(model._personal, counts, strict=True):
        if count:
            present = [row for row in rows if getattr(row, field.sealed_name) is not None]
            secret = field.kind is Kind.SECRET
            yield HeldField(field, count, () if secret else tuple(field.read(row) for row in present))

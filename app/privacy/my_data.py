"""What the shop holds about one person, walked from the declarations of the fields. Clauses P.5, 1.1.2e.

Nobody keeps a list of tables here: every model with personal fields names the subject whose key seals it, so a new
field appears on the page and in the copy by being declared. Secrets (a password's hash, an authenticator's seed, the
name of a sealed file) are named and never shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.database import Base
from app.foundation.personal_data import Kind, PersonalData, personal


@dataclass(frozen=True)
class HeldField:
    """One field of the register and what it holds about this person; `values` is empty for a secret."""

    field: personal
    count: int
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        return f"{self.field.table}.{self.field.name}"

    @property
    def is_secret(self) -> bool:
        return self.field.kind is Kind.SECRET


def held_about(session: Session, subject_id: int) -> list[HeldField]:
    """Every field that holds something about the person, in the order of the register's names."""
    held = [found for model in _models() for found in _held_in(session, model, subject_id)]
    return sorted(held, key=lambda found: found.name)


def copy_of(held: list[HeldField]) -> dict[str, Any]:
    """The same as data for a machine: by field its reason, clause, purposes and values."""
    return {
        found.name: {
            "why": found.field.why,
            "clause": found.field.clause,
            "purposes": sorted(purpose.value for purpose in found.field.purposes),
            "kept": found.field.keep.value,
            "count": found.count,
            "values": list(found.values),
        }
        for found in held
    }


def _models() -> Iterator[Any]:
    """Every model of the shop's store that declares personal fields."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, PersonalData) and mapper.class_._personal:
            yield mapper.class_


def _held_in(session: Session, model: Any, subject_id: int) -> Iterator[HeldField]:
    rows = session.scalars(select(model).where(model.subject_id == subject_id).order_by(model.id)).all()
    for field in model._personal:
        present = [row for row in rows if getattr(row, field.sealed_name) is not None]
        if present:
            secret = field.kind is Kind.SECRET
            yield HeldField(field, len(present), () if secret else tuple(field.read(row) for row in present))

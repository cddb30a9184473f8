"""A breach, and who was affected by it: people stand as audit references."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db


class Breach(IdMixin, db.Model):
    """What failed, from when to when. Its texts say cause, harm and measures in both languages and name nobody."""

    __tablename__ = "breaches"
    __personal__ = False

    number: Mapped[str] = mapped_column(String(24), unique=True, index=True)
    reader: Mapped[int | None] = mapped_column(Id)
    """Audit reference of the member of the staff whose readings leaked; None where tables did."""
    tables: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    """What leaked: fields of the register, or names of readings."""
    texts: Mapped[dict[str, Mapping[str, str]]] = mapped_column(JSON)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    persons: Mapped[int] = mapped_column()
    """How many are affected."""
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """Since when the people are told and everybody can read the notice."""


class BreachPerson(IdMixin, db.Model):
    """Somebody affected, and when they were told; never, where nobody can be reached any more."""

    __tablename__ = "breach_persons"
    __personal__ = False
    __table_args__ = (UniqueConstraint("breach_id", "audit_ref"),)

    breach_id: Mapped[int] = mapped_column(Id, ForeignKey("breaches.id"), index=True)
    audit_ref: Mapped[int] = mapped_column(Id, index=True)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

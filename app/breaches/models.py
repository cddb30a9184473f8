"""A breach, and who was affected by it: people stand as audit references."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db


class Breach(IdMixin, db.Model):
    """What failed, from when to when, and what was done. Its texts name nobody; those who act are audit references.

    A drill is worked through like any other and touches nobody: nothing is shut, told or made public.
    """

    __tablename__ = "breaches"
    __personal__ = False
    __table_args__ = (Index(None, "state", "found_at"), Index(None, "found_at"))

    number: Mapped[str] = mapped_column(String(24), unique=True, index=True)
    state: Mapped[str] = mapped_column(String(9))
    is_drill: Mapped[bool] = mapped_column(default=False)
    readers: Mapped[list[int]] = mapped_column(JSON)
    """Audit references of the staff whose readings leaked; empty where tables did."""
    tables: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    """What leaked: fields of the register, or names of readings."""
    texts: Mapped[dict[str, Mapping[str, str]]] = mapped_column(JSON)
    """By language: cause, harm and measures, as people and authorities read them."""
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was detected: the inner time runs from here."""
    opened_by: Mapped[int | None] = mapped_column(Id)
    """None: opened on the server's command line, like all below."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    persons: Mapped[int] = mapped_column()
    """How many are affected."""
    containment: Mapped[str] = mapped_column(Text, default="")
    """What was done to stop it, for those who work on it."""
    contained_by: Mapped[int | None] = mapped_column(Id)
    contained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = mapped_column(Id)
    """Who asked for the notices to go; another person lets them."""
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by: Mapped[int | None] = mapped_column(Id)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """Since when the people are told and everybody can read the notice."""
    reported_to: Mapped[str] = mapped_column(String(200), default="")
    reported_by: Mapped[int | None] = mapped_column(Id)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(Id)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BreachPerson(IdMixin, db.Model):
    """Somebody affected, and when they were told; never, where nobody can be reached any more."""

    __tablename__ = "breach_persons"
    __personal__ = False
    __table_args__ = (UniqueConstraint("breach_id", "audit_ref"),)

    breach_id: Mapped[int] = mapped_column(Id, ForeignKey("breaches.id"), index=True)
    audit_ref: Mapped[int] = mapped_column(Id, index=True)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

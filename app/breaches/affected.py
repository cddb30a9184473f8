"""Who is affected by a leak: those whose data a reader saw, by the ledger; those whose rows a leaked table held."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.errors import BusinessError
from app.foundation.permissions import STAFF_ROLES
from app.orders.models import Order
from app.privacy.erasing_rows import table_of
from app.privacy.my_data import models_with_fields
from app.privacy.who_saw import sorts_of_readings

INVOICE = "invoice.read"
"""A reading that names its order in place of the person."""
BEGINS = ("at", "placed_at", "opened_at", "applied_at", "created_at", "uploaded_at", "given_at", "recorded_at")
AT_ONCE = 500


@dataclass(frozen=True)
class Leak:
    """What leaked, from when to when: what `readers`, audit references, saw, or else whole tables."""

    from_at: datetime
    to_at: datetime
    readers: tuple[int, ...] = ()
    tables: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] | None = None
    found_at: datetime | None = None
    """When it was detected; None: now."""


class NoLeak(BusinessError):
    """Neither readers nor tables with fields about people, or an end before the beginning."""

    message = "a leak names readers or tables with fields about people, and ends after it begins"
    status = 422


def tables_of_people() -> tuple[str, ...]:
    """Every table with sealed fields about people, by name: what leaks with the keys."""
    return tuple(sorted(model.__tablename__ for model in models_with_fields()))


def readers_in_role(session: Session, role: str) -> list[int]:
    """Audit references of the staff who have a role."""
    theirs = select(Account.audit_ref).where(Account.role == role, Account.role.in_(STAFF_ROLES))
    return list(session.scalars(theirs.order_by(Account.id)))


def affected_by(session: Session, leak: Leak) -> list[int]:
    """Audit references of everybody affected, erased people too where only the ledger knows them. Raises NoLeak."""
    models = {model.__tablename__: model for model in models_with_fields()}
    if leak.from_at > leak.to_at or bool(leak.readers) == bool(leak.tables) or not set(leak.tables) <= set(models):
        raise NoLeak
    found = set(_seen(session, leak)) if leak.readers else set[int]()
    for name in leak.tables:
        found.update(_owners(session, models[name], leak.to_at))
    return sorted(found)


def kinds_in(session: Session, leak: Leak) -> list[str]:
    """What leaked: fields of the tables, or names of the readings that there were."""
    if leak.readers:
        return sorted(set(session.scalars(_readings(leak).with_only_columns(LedgerEntry.event).distinct())))
    return sorted(
        f"{model.__tablename__}.{field.name}"
        for model in models_with_fields() if model.__tablename__ in leak.tables for field in model._personal
    )  # fmt: skip


def _readings(leak: Leak) -> Any:
    events = [*sorts_of_readings(), INVOICE]
    return select(LedgerEntry).where(
        LedgerEntry.actor.in_(leak.readers),
        LedgerEntry.event.in_(events),
        LedgerEntry.at.between(leak.from_at, leak.to_at),
    )


def _seen(session: Session, leak: Leak) -> Iterator[int]:
    orders = set[str]()
    for entry in session.scalars(_readings(leak)):
        if entry.subject is not None:
            yield entry.subject
        elif "order" in entry.facts:
            orders.add(str(entry.facts["order"]))
    numbers = sorted(orders)
    for start in range(0, len(numbers), AT_ONCE):
        some = Order.number.in_(numbers[start : start + AT_ONCE])
        yield from session.scalars(select(Account.audit_ref).join(Order, Order.account_id == Account.id).where(some))


def _owners(session: Session, model: Any, until: datetime) -> Iterator[int]:
    """Owners of the rows that were there by the end of the leak; rows without a time of their own always were."""
    columns = table_of(model).c
    began = next((columns[name] for name in BEGINS if name in columns), None)
    mine = select(Account.audit_ref).distinct()
    if model is not Account:
        mine = mine.join(model, model.subject_id == Account.subject_id)
    yield from session.scalars(mine if began is None else mine.where(began <= until))

"""Erasing everybody once the service has ended, by the same engine as a closure, the keys last. Clause 5.2.3.

Buyers go first, each as soon as nothing is open between them and the shop: goods that were paid for still reach them.
The staff follow when no buyer is left, then whoever never had an account, then every key that opens nothing. Each
round finds what is left, so it can be killed anywhere. What the law has us hold stays for its own time.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from app.accounts.models import CLOSED, Account
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every, one_by_one
from app.foundation.permissions import STAFF_ROLES
from app.privacy.closure_checks import obstacles
from app.privacy.closures import closures_under_way
from app.privacy.erasing import approve_unasked, carry_on
from app.privacy.erasing_rest import destroy_idle_keys, erase_outsiders
from app.privacy.people import Person, people
from app.privacy.service_end import ServiceEnd, announced_end, known_end

AT_ONCE = 100
WORKS_HERE = "staff"
"""The one obstacle that ends with the service."""


@every(seconds=60, name="accounts.after_the_end", apart=True)
def erase_everybody() -> int:
    """Erase whoever can be erased now; returns how many accounts came to their end. Safe to repeat."""
    end, at = announced_end(), now()
    if end is None or end.ended_at or not end.is_over(at):
        return 0
    staff = Account.role.in_(STAFF_ROLES)
    erased = _erase(~staff, at)
    if not _are_left(~staff):
        erased += _erase(staff, at)
    if not _are_left(staff | ~staff) and db.session.scalars(closures_under_way().limit(1)).first() is None:
        outsiders, keys = erase_outsiders(), destroy_idle_keys()
        _note_ended(end.id, at, outsiders=outsiders, keys=keys)
    return erased


def accounts_left() -> int:
    """How many accounts are still to be erased."""
    return db.session.scalar(select(func.count()).select_from(Account)) or 0


def _are_left(which: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Account.id).where(which).limit(1)) is not None


def _erase(which: ColumnElement[bool], at: datetime) -> int:
    """Those whose erasure is under way already are carried on by its own duty."""
    erased, last = 0, 0
    wanted = select(Account.id, Account.audit_ref).where(which, Account.state != CLOSED).order_by(Account.id)
    while rows := db.session.execute(wanted.where(Account.id > last).limit(AT_ONCE)).all():
        last = rows[-1].id
        erased += one_by_one(people().with_refs(db.session(), [row.audit_ref for row in rows]), lambda p: _end(p, at))
    return erased


def _end(person: Person, at: datetime) -> int:
    if any(code != WORKS_HERE for code, _ in obstacles(db.session(), person, at)):
        return 0
    return carry_on(approve_unasked(person, at, "service_end.closing"), at)


def _note_ended(end_id: int, at: datetime, **counts: int) -> None:
    with transaction() as session:
        row = session.get_one(ServiceEnd, end_id, populate_existing=True)
        row.ended_at = at
        record("service_end.erased", last_day=row.last_day.isoformat(), **counts)
    known_end().forget()

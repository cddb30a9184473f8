"""Applying to close an account, withdrawing, and deciding: by a reviewer, or by the clock at the end. Clause 5.2.2a.

The decision is due within the time of the terms that the person agreed to. If nobody decided until then, an application
without obstacles counts as approved, and one with obstacles is answered with them; so none stays without an answer,
whoever was away. Approving shuts the account in the same transaction; `erasing` does the rest.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.alarms import Alarm, clear, sound
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now
from app.foundation.data_keys import create_subject
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.jobs import every
from app.foundation.languages import format_moment
from app.notifications.notifying import Addressee, notify
from app.privacy.agreed_terms import manifest_for
from app.privacy.closure_checks import Obstacle, in_words, obstacles
from app.privacy.closures import APPROVED, REFUSED, WAITING, WITHDRAWN, Closure, closure_of, closures_waiting
from app.privacy.erasure_receipt import receipt_token
from app.privacy.manifest import Manifest
from app.privacy.people import Person, people
from app.privacy.policy import current_policy
from app.settings import current_settings

ALARM = "closures"
JUST_BEFORE = timedelta(seconds=5)
"""So long before the time is over the clock decides: a duty that runs each second is then never late."""


class AppliedAlready(BusinessError):
    """An application of this account is waiting."""

    message = _l("You have applied already. The application is being reviewed.")


class DecidedAlready(BusinessError):
    """Somebody else, the clock or the person was quicker."""

    message = _l("This application is no longer waiting.")


class StillOpen(BusinessError):
    """Something stands in the way of closing."""

    message = _l("Something is still open, so the account cannot be closed yet. Here is what it is.")


class NothingOpen(BusinessError):
    """Nothing stands in the way: there is no reason to refuse."""

    message = _l("Nothing is open, so there is no reason to refuse. The application can only be approved.")


def terms_of(session: Session, audit_ref: int, at: datetime) -> Manifest:
    """The figures that bind us towards a person: of the version that they run under (6.1a)."""
    return manifest_for(session, audit_ref, at.astimezone(SHANGHAI).date())


def apply_to_close(person: Person, at: datetime) -> Closure:
    """Take an application; it is told when it will be decided. Raises AppliedAlready."""
    with transaction() as session:
        before = session.scalars(closure_of(person.account_id)).first()
        if before is not None and before.state in (WAITING, APPROVED):
            raise AppliedAlready
        due = at + terms_of(session, person.audit_ref, at).deadline("closure.decision")
        closure = Closure(
            account_id=person.account_id, subject_id=person.subject_id, audit_ref=person.audit_ref,
            language=person.language, applied_at=at, due_at=due, obstacles=obstacles(session, person, at),
        )  # fmt: skip
        session.add(closure)
        record("closure.applied", actor=person.audit_ref, subject=person.audit_ref)
        notify(session, person.addressee, "closure.applied", about="closure", time=format_moment(due))
    return closure


def withdraw(person: Person, at: datetime) -> None:
    """The person stays. Raises DecidedAlready, NotFound."""
    with transaction() as session:
        newest = session.scalars(closure_of(person.account_id)).first()
        if newest is None:
            raise NotFound
        closure = _lock_waiting(session, newest.id)
        _decide(closure, WITHDRAWN, person.audit_ref, at)
        record("closure.withdrawn", actor=person.audit_ref, subject=person.audit_ref)
        notify(session, person.addressee, "closure.withdrawn", about="closure")


def approve(closure_id: int, by: int | None, at: datetime) -> None:
    """Approve an application without obstacles and shut the account. `by` is an audit reference, None for the clock.

    Raises StillOpen, DecidedAlready, NotFound.
    """
    farewell = create_subject()
    with transaction() as session:
        closure = _lock_waiting(session, closure_id)
        person = _person_of(session, closure)
        closure.obstacles = obstacles(session, person, at)
        if closure.obstacles:
            raise StillOpen
        _decide(closure, APPROVED, by, at)
        closure.farewell_subject = farewell
        people().shut(session, person.account_id)
        record("closure.approved", actor=by, subject=closure.audit_ref)
        to = Addressee(farewell, closure.language, person.number, audit_ref=closure.audit_ref)
        notify(session, to, "closure.erased", about="closure", link=receipt_address(closure))


def refuse(closure_id: int, by: int | None, at: datetime) -> None:
    """Answer an application with what stands in its way. Raises NothingOpen, DecidedAlready, NotFound."""
    with transaction() as session:
        closure = _lock_waiting(session, closure_id)
        person = _person_of(session, closure)
        closure.obstacles = obstacles(session, person, at)
        if not closure.obstacles:
            raise NothingOpen
        _decide(closure, REFUSED, by, at)
        record(
            "closure.refused", actor=by, subject=closure.audit_ref, obstacles=[code for code, _ in closure.obstacles]
        )
        notify(session, person.addressee, "closure.refused", about="closure")


@every(seconds=1, name="closures.decide")
def decide_due() -> int:
    """Decide what nobody decided in time; returns how many."""
    at = now()
    due = closures_waiting().where(Closure.due_at <= at + JUST_BEFORE)
    return sum(_decide_by_clock(closure_id, at) for closure_id in [closure.id for closure in db.session.scalars(due)])


@every(seconds=60, name="closures.warn")
def warn() -> None:
    """An alarm stands while an application has waited for longer than the inner time."""
    at = now()
    late = closures_waiting().where(Closure.applied_at <= at - _in_force(at).deadline("closure.alarm"))
    waiting = db.session.scalar(select(func.count()).select_from(late.order_by(None).subquery())) or 0
    if not waiting and db.session.get(Alarm, ALARM) is None:
        return
    with transaction() as session:
        if waiting:
            sound(session, ALARM, at, waiting=waiting)
        else:
            clear(session, ALARM)


def obstacles_now(session: Session, closures: Sequence[Closure], at: datetime) -> dict[int, list[Obstacle]]:
    """By application what stands in its way at this moment, in words, for a reviewer."""
    return {closure.id: in_words(obstacles(session, _person_of(session, closure), at)) for closure in closures}


def receipt_address(closure: Closure) -> str:
    """Where the person reads what became of it, without an account."""
    with_site = current_settings().site_url
    return f"{with_site}/{closure.language}/privacy/closure/{receipt_token(closure)}"


def _decide_by_clock(closure_id: int, at: datetime) -> bool:
    try:
        approve(closure_id, None, at)
    except StillOpen:
        refuse(closure_id, None, at)
    except DecidedAlready:
        return False
    return True


def _decide(closure: Closure, state: str, by: int | None, at: datetime) -> None:
    closure.state, closure.decided_at, closure.decided_by = state, at, by


def _lock_waiting(session: Session, closure_id: int) -> Closure:
    mine = select(Closure).where(Closure.id == closure_id).with_for_update()
    closure = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if closure is None:
        raise NotFound
    if closure.state != WAITING:
        raise DecidedAlready
    return closure


def _person_of(session: Session, closure: Closure) -> Person:
    person = people().of_account(session, closure.account_id or 0)
    if person is None:
        raise NotFound
    return person


def _in_force(at: datetime) -> Manifest:
    return current_policy(at.astimezone(SHANGHAI).date()).manifest

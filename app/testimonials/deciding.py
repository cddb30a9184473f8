"""Checking word for word by two people, and deciding what was reported. Clauses 1.3, 4.3.

Nobody decides on their own words. Who checks does not approve; who approved does not put back what somebody says shows
them. Refusing and taking away need one person: nothing becomes public by them.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.telling import tell
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.two_people import NotWaiting, Person, SamePerson, who_may
from app.testimonials.composing import copy_of
from app.testimonials.models import Testimonial
from app.testimonials.states import APPROVE, CHECK, HIDDEN, HIDE, MOVES, PUT_BACK, REFUSE, TAKE_AWAY

DECIDE = "testimonials.decide"


class NotAsSent(BusinessError):
    """The row does not hold what the member sent: damage, or somebody's hand."""

    message = _l("This is not what the member sent. It cannot be published; please report it.")


def check(key: str, by: Person, at: datetime) -> Testimonial:
    """The first of two people has read it. Raises SamePerson, NotWaiting, NotAsSent, NotAllowed, NotFound."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        row = _moved(session, key, CHECK, person)
        _must_be_as_sent(row)
        row.checked_by, row.checked_at = person, at
        record("testimonial.checked", actor=person, subject=row.audit_ref, testimonial=key, digest=row.digest)
    return row


def approve(key: str, by: Person, at: datetime) -> Testimonial:
    """The second person: from now on everybody reads it. Raises as `check`."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        row = _moved(session, key, APPROVE, person)
        if person == row.checked_by:
            raise SamePerson
        _must_be_as_sent(row)
        row.decided_by, row.decided_at, row.published_at = person, at, at
        record("testimonial.published", actor=person, subject=row.audit_ref, testimonial=key, digest=row.digest)
        _tell(session, row, "testimonial.published")
    return row


def refuse(key: str, why: str, by: Person, at: datetime) -> Testimonial:
    """It is not published, and the member reads why. Raises SamePerson, NotWaiting, NotAllowed, NotFound."""
    return _decided(key, REFUSE, why, by, at)


def take_away(key: str, why: str, by: Person, at: datetime) -> Testimonial:
    """It is public no more, and the member reads why. Raises as `refuse`."""
    return _decided(key, TAKE_AWAY, why, by, at)


def put_back(key: str, why: str, by: Person, at: datetime) -> Testimonial:
    """What was reported shows nobody else: public again. Not by who approved it. Raises as `refuse`."""
    return _decided(key, PUT_BACK, why, by, at)


def hide_reported(key: str, at: datetime) -> None:
    """Somebody says that it shows them: nobody else reads it from now on, until a person has decided. Clause 1.3.

    Nothing is asked of who says so and nothing kept of them. Each report hides, also of what was put back before: an
    absent praise harms nobody. Safe to repeat. Raises NotFound for what is not public.
    """
    with transaction() as session:
        row = locked(session, key)
        if row.state != HIDDEN and not row.may(HIDE):
            raise NotFound
        is_news = row.state != HIDDEN
        row.reported_at, row.reports, row.state = at, row.reports + 1, HIDDEN
        record("testimonial.reported", subject=row.audit_ref, testimonial=key, digest=row.digest)
        if is_news:
            _tell(session, row, "testimonial.hidden")


def locked(session: Session, key: str) -> Testimonial:
    """The testimonial as it is now, nobody else changing it. Raises NotFound."""
    wanted = select(Testimonial).where(Testimonial.key == key).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row


_EVENTS = {REFUSE: "testimonial.refused", TAKE_AWAY: "testimonial.taken_away", PUT_BACK: "testimonial.put_back"}


def _decided(key: str, move: str, why: str, by: Person, at: datetime) -> Testimonial:
    person = who_may(by, DECIDE)
    with transaction() as session:
        row = _moved(session, key, move, person)
        if move == PUT_BACK and person == row.decided_by:
            raise SamePerson
        row.decided_by, row.decided_at, row.reason = person, at, why
        record(_EVENTS[move], actor=person, subject=row.audit_ref, testimonial=key, digest=row.digest)
        _tell(session, row, _EVENTS[move])
    return row


def _moved(session: Session, key: str, move: str, person: int) -> Testimonial:
    row = locked(session, key)
    if person == row.audit_ref:
        raise SamePerson
    if not row.may(move):
        raise NotWaiting
    row.state = MOVES[move][row.state]
    return row


def _must_be_as_sent(row: Testimonial) -> None:
    if copy_of(row).digest != row.digest:
        raise NotAsSent


def _tell(session: Session, row: Testimonial, code: str) -> None:
    tell(session, session.get_one(Account, row.account_id), code)

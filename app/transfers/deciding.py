"""Examining, approving, refusing and stopping a transfer, and having its package put together. Clauses 4.2 to 4.2.4.

Two people approve, neither of whom recorded it. The package is put together when a decider says so: once, and in a
merger not before everybody was told and had the notice of the policy.
"""

from datetime import datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.two_people import Person, who_may
from app.privacy.cases import locked
from app.privacy.policy import deadline
from app.transfers.kinds import MAKE, REFUSE, STOP
from app.transfers.models import TransferCase
from app.transfers.opening import DECIDE
from app.transfers.switch import must_be_on


class NoticeNotOver(BusinessError):
    """People have been told too lately, or not all of them yet."""

    @property
    def text(self) -> LazyString:
        return _l(
            "Everybody is told first, and has %(days)s days from then. Until that is over nothing is put together.",
            days=deadline("transfer.notice").days,
        )


def examine(number: str, checked: str, opinion: str, by: Person, at: datetime) -> TransferCase:
    """The first approval: how the paper was checked, and why it is lawful.

    Raises TransfersAreOff, SamePerson, NotWaiting, IsOver, NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    must_be_on(at)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        case.checked = checked
        case.examined(opinion, person, at)
        record("transfer.examined", actor=person, case=number)
    return case


def approve(number: str, by: Person, at: datetime) -> TransferCase:
    """The second approval: from now on people are told or asked, where the kind wants it. Raises as `examine`."""
    person = who_may(by, DECIDE)
    must_be_on(at)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        case.approved(person, at)
        record("transfer.approved", actor=person, case=number, kind=case.kind, fields=case.fields)
    return case


def refuse(number: str, why: str, by: Person, at: datetime) -> TransferCase:
    """Nothing is given, and why is written down. Raises NotWaiting, NotAllowed, NotFound."""
    return _end(number, REFUSE, why, by, at)


def stop(number: str, why: str, by: Person, at: datetime) -> TransferCase:
    """Take an approval back before anything was put together. Raises NotWaiting, NotAllowed, NotFound."""
    return _end(number, STOP, why, by, at)


def make(number: str, by: Person, at: datetime) -> TransferCase:
    """Have the package put together; nobody can agree any more, and whoever closes the account is not in it.

    Raises TransfersAreOff, NoticeNotOver, NotWaiting, IsOver, NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    must_be_on(at)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        case.take(MAKE)
        case.must_stand(at)
        if (free_from := may_be_made_from(case)) is None or at < free_from:
            raise NoticeNotOver
        case.made_by, case.made_at, case.is_package_kept = person, at, True
        record("transfer.making", actor=person, case=number)
    return case


def may_be_made_from(case: TransferCase) -> datetime | None:
    """The moment from which the package may be put together; None while somebody has still to be told."""
    if not case.tells_all:
        return case.second_at
    return case.all_told_at + notice() if case.all_told_at else None


def notice() -> timedelta:
    """How long before a handover everybody is told of a new holder. Clause 4.2.4."""
    return deadline("transfer.notice")


def _end(number: str, move: str, why: str, by: Person, at: datetime) -> TransferCase:
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, TransferCase, number)
        case.ended(move, why, person, at)
        record(f"transfer.{case.state}", actor=person, case=number)
    return case

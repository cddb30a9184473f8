"""Examining, narrowing, approving, refusing and stopping a case, and looking at it again. Clauses 4.1.1(2), 4.3.2a.

Two people approve, neither of whom recorded it; the first writes down how the sender was checked and why it is lawful.
Whoever narrows a case leaves it to others again. Refusing and stopping need one person: nothing leaves by them.
"""

from collections.abc import Collection
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from app.disclosures.kinds import NARROW, REFUSE, STOP
from app.disclosures.models import DisclosureCase
from app.disclosures.opening import DECIDE
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.two_people import NotWaiting, Person, SamePerson, who_may
from app.privacy.cases import locked
from app.privacy.policy import deadline


class NotNarrower(BusinessError):
    """A narrowed scope is part of what was asked for, and not empty."""

    message = _l("The narrowed scope must be part of what was asked for, and leave somebody, something and some days.")
    status = 422


def examine(number: str, checked: str, opinion: str, by: Person, at: datetime) -> DisclosureCase:
    """The first approval: how the sender was checked, and why it is lawful and no more than needed.

    Raises SamePerson, NotWaiting, IsOver, NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        case.checked = checked
        case.examined(opinion, person, at)
        record("disclosure.examined", actor=person, case=number)
    return case


def approve(number: str, by: Person, at: datetime) -> DisclosureCase:
    """The second approval; from now on the package may be made. Raises as `examine`."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        case.approved(person, at)
        case.review_due_at = at + deadline("protection.review") if case.about.is_reviewed else None
        record("disclosure.approved", actor=person, case=number, persons=len(case.persons), fields=case.fields)
    return case


def narrow(
    number: str, positions: Collection[int], fields: Collection[str], days: tuple[date, date], by: Person, at: datetime
) -> DisclosureCase:
    """Less of what was asked for: people by their position, fields, first and last day. An approval is void by it.

    Raises NotNarrower, NotWaiting, NotAllowed, NotFound.
    """
    person, (first, last) = who_may(by, DECIDE), days
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        case.take(NARROW)
        left = [each for each in case.persons if each.position in positions]
        inside = case.from_day <= first <= last <= case.to_day
        if not (left and fields and set(fields) <= set(case.fields) and inside):
            raise NotNarrower
        before = {"persons": len(case.persons), "fields": case.fields}
        if (len(left), set(fields), first, last) == (
            len(case.persons), set(case.fields), case.from_day, case.to_day,
        ):  # fmt: skip
            raise NotNarrower
        case.persons = left
        case.fields, case.from_day, case.to_day, case.narrowed_at = sorted(fields), first, last, at
        case.first_by = case.first_at = None
        record("disclosure.narrowed", actor=person, case=number, before=before, persons=len(left), fields=case.fields)
    return case


def refuse(number: str, why: str, by: Person, at: datetime) -> DisclosureCase:
    """Nothing is given, and why is written down. Raises NotWaiting, NotAllowed, NotFound."""
    return _end(number, REFUSE, why, by, at)


def stop(number: str, why: str, by: Person, at: datetime) -> DisclosureCase:
    """Take an approval back before the package is made. Raises NotWaiting, NotAllowed, NotFound."""
    return _end(number, STOP, why, by, at)


def look_again(number: str, finding: str, by: Person, at: datetime) -> DisclosureCase:
    """The review within the policy's days, by somebody who did not record it. Clauses 4.1.1(3), (8).

    Raises SamePerson, NotWaiting, NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        if case.review_due_at is None:
            raise NotWaiting
        if case.asked_by == person:
            raise SamePerson
        case.review, case.reviewed_by, case.reviewed_at, case.review_due_at = finding, person, at, None
        record("disclosure.reviewed", actor=person, case=number)
    return case


def set_bar(number: str, until: date | None, basis: str, by: Person, at: datetime) -> DisclosureCase:
    """Until when the law forbids to tell the people, by which rule; None once nothing forbids it. 4.3.2a.

    Raises NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        case.barred_until, case.bar_basis = until, basis if until else ""
        record("disclosure.bar_set", actor=person, case=number, until=until.isoformat() if until else None)
    return case


def _end(number: str, move: str, why: str, by: Person, at: datetime) -> DisclosureCase:
    person = who_may(by, DECIDE)
    with transaction() as session:
        case = locked(session, DisclosureCase, number)
        case.ended(move, why, person, at)
        record(f"disclosure.{case.state}", actor=person, case=number)
    return case

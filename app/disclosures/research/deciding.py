"""Recording a request, approving it by two people who did not, refusing and stopping it. Clauses 4.1.1(7), 4.1.4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.disclosures.kinds import ASKED, EXAMINED, REFUSE, STOP
from app.disclosures.opening import DECIDE, RECORD
from app.disclosures.research.models import ResearchRequest
from app.disclosures.research.tables import TABLES
from app.foundation.audit import record
from app.foundation.clock import starts_at
from app.foundation.data_keys import create_subject
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.two_people import Person, who_may
from app.foundation.uploads import remove_private, store_private
from app.orders.numbers import new_order_number
from app.privacy.cases import locked


class NoTables(BusinessError):
    """A request without tables or days, or whose use outlasts the agreement."""

    message = _l("A request needs at least one table, days in their order, and an agreement that covers all its use.")
    status = 422


@dataclass(frozen=True)
class Asked:
    """What an institution asks for, with the digest and content of its paper and of the signed agreement."""

    institution: str
    topic: str
    purpose: str
    document: str
    document_content: bytes
    agreement: str
    agreement_content: bytes
    agreement_ends_on: date
    tables: Sequence[str]
    from_day: date
    to_day: date
    received_on: date
    expires_on: date


def record_request(asked: Asked, by: Person, at: datetime) -> ResearchRequest:
    """Record what came in; nothing leaves by it. Papers are sealed before the row names them.

    Raises NotAllowed, NoTables.
    """
    person = who_may(by, RECORD)
    wanted = sorted(set(asked.tables))
    is_covered = asked.expires_on <= asked.agreement_ends_on
    if not wanted or not set(wanted) <= set(TABLES) or asked.from_day > asked.to_day or not is_covered:
        raise NoTables
    key_id = create_subject()
    files = [store_private(key_id, content) for content in (asked.document_content, asked.agreement_content)]
    try:
        with transaction() as session:
            request = ResearchRequest(
                number=f"R{new_order_number()}", key_id=key_id, document_file=files[0], agreement_file=files[1],
                tables=wanted, asked_by=person, asked_at=at, expires_at=starts_at(asked.expires_on + timedelta(days=1)),
                **{name: getattr(asked, name) for name in _COPIED},
            )  # fmt: skip
            session.add(request)
            record(
                "research.asked", actor=person, request=request.number, document=request.document,
                agreement=request.agreement, tables=wanted,
            )  # fmt: skip
            session.flush()
    except BaseException:
        for file in files:
            remove_private(file)
        raise
    return request


_COPIED = (
    "institution", "topic", "purpose", "document", "agreement", "agreement_ends_on", "from_day", "to_day",
    "received_on",
)  # fmt: skip


def examine_request(number: str, opinion: str, by: Person, at: datetime) -> ResearchRequest:
    """The first approval, with its reasons. Raises SamePerson, NotWaiting, IsOver, NotAllowed, NotFound."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        request.examined(opinion, person, at)
        record("research.examined", actor=person, request=number)
    return request


def approve_request(number: str, by: Person, at: datetime) -> ResearchRequest:
    """The second approval; from now on the result may be made. Raises as `examine_request`."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        request.approved(person, at)
        record("research.approved", actor=person, request=number, tables=request.tables)
    return request


def end_request(number: str, why: str, by: Person, at: datetime) -> ResearchRequest:
    """Refuse what is undecided, stop what is approved and not given yet. Raises NotWaiting, NotAllowed, NotFound."""
    person = who_may(by, DECIDE)
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        request.ended(REFUSE if request.may(REFUSE) else STOP, why, person, at)
        record(f"research.{request.state}", actor=person, request=number)
    return request


def requests_in(state: str | None) -> Select[ResearchRequest]:
    """Requests in a state, or all, the newest first."""
    rows = select(ResearchRequest).order_by(ResearchRequest.asked_at.desc(), ResearchRequest.id)
    return rows.where(ResearchRequest.state == state) if state else rows


def requests_waiting() -> Select[ResearchRequest]:
    """What two people have still to decide."""
    return select(ResearchRequest).where(ResearchRequest.state.in_((ASKED, EXAMINED)))

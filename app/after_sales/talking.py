"""What buyer and staff write to each other in a case, and photographs as evidence. Clauses 1.1.6, 1.2.2(2), 5.1.1c.

Texts are sealed under the buyer's key; staff stand beside theirs by their side alone. The ledger keeps what a message
of staff seems to offer past the shop (2.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.after_sales.lifecycle import AWAITING_BUYER, HANDLE, CaseMoved
from app.after_sales.messages import tell_buyer
from app.after_sales.models import BY_BUYER, BY_STAFF, Case, CaseMessage, CasePhotograph
from app.after_sales.moving import check_move, lock_case, move_case
from app.after_sales.trade_rules import MOST_PHOTOGRAPHS
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.idempotency import Sending, once
from app.foundation.permissions import ROLES
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import read_private, uploading
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.payments.elsewhere import offers_elsewhere


class TooManyPhotographs(BusinessError):
    """A case holds six at most."""

    message = _l("At most six photographs for each case, please.")
    status = 422


@dataclass(frozen=True)
class Saying:
    """A message with its pictures."""

    text: str
    pictures: Sequence[bytes] = ()


def say(
    case_id: int, subject_id: int, saying: Saying, by: Actor, at: datetime, sending: Sending | None, answer: str
) -> None:
    """Write into a case; `answer` is the address that answers this sending of the form.

    What the buyer was asked for counts as given with it. Raises BadPicture, TooManyPhotographs, CaseMoved once the case
    is closed, MoveNotAllowed, FormSentBefore.
    """
    with uploading(subject_id, saying.pictures) as uploads:

        def acting() -> str:
            _say(case_id, saying.text, uploads.names, by, at)
            uploads.keep()
            return answer

        once(sending, acting, at)


def _say(case_id: int, text: str, names: Sequence[str], by: Actor, at: datetime) -> None:
    with transaction() as session:
        case = lock_case(session, case_id)
        if case.is_closed:
            raise CaseMoved
        if by.role != "buyer" and HANDLE not in ROLES.get(by.role, frozenset()):
            raise MoveNotAllowed
        write_message(session, case, text, by, at)
        attach(session, case, names, by, at)
        if by.role != "buyer":
            tell_buyer(session, case, "case.message")
        elif case.state == AWAITING_BUYER:
            check_move(case, "supply", by)
            move_case(session, case, "supply", by, at)


def write_message(session: Session, case: Case, text: str, by: Actor, at: datetime) -> None:
    """A message in a locked case; none where there is nothing to say."""
    if not text.strip():
        return
    side = BY_BUYER if by.role == "buyer" else BY_STAFF
    message = CaseMessage(
        case_id=case.id, subject_id=case.order.subject_id, side=side, at=at, by=by.audit_ref, text=text
    )
    append(session, message)
    offers = sorted(offers_elsewhere(text))
    record("after_sales.said", actor=by.audit_ref, case=case.number, side=side, offers=offers)


def attach(session: Session, case: Case, names: Sequence[str], by: Actor, at: datetime) -> None:
    """Sealed pictures, by the names they are stored under. Raises TooManyPhotographs."""
    there = session.scalar(select(func.max(CasePhotograph.position)).where(CasePhotograph.case_id == case.id)) or 0
    if there + len(names) > MOST_PHOTOGRAPHS:
        raise TooManyPhotographs
    for position, name in enumerate(names, there + 1):
        photograph = CasePhotograph(
            case_id=case.id, subject_id=case.order.subject_id, position=position, uploaded_at=at, file=name
        )
        append(session, photograph)
    if names:
        record("after_sales.photographs_added", actor=by.audit_ref, case=case.number, count=len(names))


def photograph_of(session: Session, case: Case, position: int) -> bytes:
    """A picture, for whoever may see the case. Raises NotFound, also once the person was erased."""
    wanted = (CasePhotograph.case_id == case.id, CasePhotograph.position == position)
    found = session.scalars(select(CasePhotograph).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    with purpose(Purpose.SERVICE):
        name = found.file
    try:
        return read_private(found.subject_id, name)
    except FileNotFoundError:
        raise NotFound from None

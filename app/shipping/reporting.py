"""What is reported of a parcel is written down once, decides where it stands, and is told to the buyer.

Carriers report late, twice and in any order; a clerk reports for heavy freight that no service follows. Nothing of it
moves order, stock or money: a carrier that errs or lies costs a wrong line on a page. Clause 1.1.5a.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.encryption import blind_index
from app.foundation.errors import BusinessError, NotFound
from app.foundation.languages import LANGUAGES
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_part
from app.shipping.carriers import CARRIERS
from app.shipping.models import Parcel, TrackingEvent
from app.shipping.tracking import ENDS, MESSAGES, SIGNED, STATES, Happening, latest

BEFORE_SHIPPING = timedelta(days=7)
"""Reports older than this before the parcel was entered belong to an earlier parcel: carriers use numbers again."""
CLOCKS_MAY_DIFFER = timedelta(minutes=2)


class ImpossibleMoment(BusinessError):
    """What is reported cannot have happened before the parcel left, nor be still to come."""

    message = _l("Please give a moment between the shipping of the parcel and now.")
    status = 422


def lock_parcel(session: Session, parcel_id: int) -> tuple[Parcel, Order]:
    """A parcel and its order, which nobody else can move until the transaction ends. Raises NotFound."""
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        raise NotFound
    part = lock_part(session, parcel.part_id)
    return session.get_one(Parcel, parcel_id, populate_existing=True), part.order


def report(
    session: Session,
    parcel: Parcel,
    order: Order,
    happenings: Iterable[Happening],
    at: datetime,
    by: int | None = None,
) -> int:
    """Write what is new of a locked parcel; says how much was. Moments still to come count as now."""
    seen = select(TrackingEvent.digest, TrackingEvent.state).where(TrackingEvent.parcel_id == parcel.id)
    known = {digest: state for digest, state in session.execute(seen)}
    fitting = [
        replace(each, at=min(each.at, at)) for each in happenings if each.at > parcel.shipped_at - BEFORE_SHIPPING
    ]
    fresh = {digest_of(parcel, each): each for each in fitting}
    rows = [
        TrackingEvent(
            parcel_id=parcel.id, subject_id=order.subject_id, at=each.at, state=each.state, text=each.text,
            digest=digest, by=by,
        )
        for digest, each in fresh.items()
        if digest not in known
    ]  # fmt: skip
    append(session, *rows)
    _stand(session, parcel, order, latest(fitting), set(known.values()))
    return len(rows)


def report_by_hand(parcel_id: int, happening: Happening, by: Actor, at: datetime) -> None:
    """A clerk writes what a carrier said by phone or on paper. Raises ImpossibleMoment, MoveNotAllowed, NotFound."""
    if not by.may("ship"):
        raise MoveNotAllowed
    with transaction() as session:
        parcel, order = lock_parcel(session, parcel_id)
        if not parcel.shipped_at - CLOCKS_MAY_DIFFER <= happening.at <= at + CLOCKS_MAY_DIFFER:
            raise ImpossibleMoment
        report(session, parcel, order, [happening], at, by.audit_ref)
        record("parcel.reported", actor=by.audit_ref, order=order.number, parcel=parcel.position, state=happening.state)


def digest_of(parcel: Parcel, happening: Happening) -> bytes:
    """By which a repeated report is known again: moment and text, whatever state it is said to be now."""
    return blind_index("tracking_events.digest", f"{parcel.id}/{happening.at.isoformat()}/{happening.text}")


def _stand(session: Session, parcel: Parcel, order: Order, newest: Happening | None, known: set[str]) -> None:
    """The parcel stands where its newest report says; the buyer hears of each turn once."""
    if newest is None or newest.state not in STATES or (parcel.state_at and newest.at < parcel.state_at):
        return
    turned = newest.state != parcel.state and newest.state not in known
    parcel.state, parcel.state_at = newest.state, newest.at
    parcel.signed_at = newest.at if newest.state == SIGNED else None
    if newest.state in ENDS:
        parcel.look_at = None
    if turned and newest.state in MESSAGES:
        language = session.get_one(Account, order.account_id).language
        name = CARRIERS[parcel.carrier].name(LANGUAGES[language])
        tell_buyer(session, order, MESSAGES[newest.state], carrier=name, tracking=parcel.tracking_number)

"""Following parcels: each is subscribed at the tracking service, and asked about where no message comes.

A parcel is claimed by moving its next look ahead, so several workers may look at once and a dead one costs a pause. A
slow service holds up no other duty, and no page ever waits for it.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.outbound import Answer, Ground, NoAnswer, NotJson, Share, ShareRefused, send
from app.foundation.personal_data import Purpose, purpose
from app.orders.models import Order, OrderPart
from app.settings import current_settings
from app.shipping.kuaidi100.calling import RECIPIENT, TrackingService
from app.shipping.kuaidi100.protocol import (
    ASKS_FOR_PHONE,
    CARRIERS,
    PHONE_NEEDED,
    Malformed,
    Refused,
    Track,
    check_subscribed,
    read_query,
)
from app.shipping.models import Parcel
from app.shipping.reporting import lock_parcel, report

log = logging.getLogger(__name__)
AT_ONCE = 20
CLAIM = timedelta(minutes=5)
QUIET = timedelta(hours=6)
"""So long we wait for a message before we ask."""
LONGEST_PAUSE = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=60)


def due_parcels(session: Session, at: datetime) -> list[int]:
    """Keys of the parcels to look after now, the longest due first."""
    return list(session.scalars(select(Parcel.id).where(Parcel.look_at <= at).order_by(Parcel.look_at).limit(AT_ONCE)))


@every(seconds=5, name="shipping.follow", apart=True)
def follow(service: TrackingService | None = None) -> int:
    """Look after every parcel that is due; says how many answers came. Ends when the service is away."""
    service = service or TrackingService.of(current_settings())
    answered = 0
    for parcel_id in due_parcels(db.session(), now()):
        parcel = _claim(parcel_id, now())
        if parcel is None:
            continue
        if service is None or _is_over(parcel):
            _settle(parcel_id, look_at=None)
            continue
        try:
            _look_after(parcel, service)
            answered += 1
        except NoAnswer as away:
            _postpone(parcel, type(away).__name__)
            break
        except (Refused, Malformed, KeyDestroyed, ShareRefused, ValueError) as problem:
            _postpone(parcel, f"{type(problem).__name__} {getattr(problem, 'code', '')}".strip())
    return answered


def _claim(parcel_id: int, at: datetime) -> Parcel | None:
    """The parcel, if it is still due and no other worker took it."""
    with transaction() as session:
        claim = update(Parcel).where(Parcel.id == parcel_id, Parcel.look_at <= at).values(look_at=at + CLAIM)
        taken = session.execute(claim).rowcount  # type: ignore[attr-defined]
        return session.get(Parcel, parcel_id, populate_existing=True) if taken else None


def _is_over(parcel: Parcel) -> bool:
    """Received by the buyer's word or by the clock, or under way for so long that nothing more is to be heard.

    The goods of an after-sales case come when the part was received long ago.
    """
    received = db.session.scalar(select(OrderPart.completed_at).where(OrderPart.id == parcel.part_id))
    return (received is not None and parcel.case_id is None) or now() - parcel.shipped_at > GIVE_UP_AFTER


def _look_after(parcel: Parcel, service: TrackingService) -> None:
    """Subscribe a new one, ask about a silent one. Raises what the service or `requests` raises."""
    at = now()
    if parcel.heard_at and at - parcel.heard_at < QUIET:
        _settle(parcel.id, look_at=parcel.heard_at + QUIET)
    elif parcel.subscribed_at is None:
        check_subscribed(_answer(parcel, lambda http, fields: service.subscribe(http, fields, parcel.id)))
        _settle(parcel.id, subscribed_at=at, look_at=at + QUIET, looks=0, problem=None)
    else:
        _take(parcel.id, read_query(_asked(parcel, service)), at)


def _asked(parcel: Parcel, service: TrackingService) -> Any:
    """The answer to our question; asked once more with the four digits where the carrier wants them."""
    answer = _answer(parcel, service.ask)
    if isinstance(answer, dict) and str(answer.get("returnCode")) == PHONE_NEEDED:
        return _answer(parcel, service.ask, with_phone=True)
    return answer


def _answer(parcel: Parcel, deliver: Callable[..., Answer], *, with_phone: bool = False) -> Any:
    """Through the share gate. Raises Malformed where the answer is not JSON."""
    order = db.session.scalars(select(Order).join(OrderPart).where(OrderPart.id == parcel.part_id)).one()
    subject = db.session.scalar(select(Account.audit_ref).where(Account.id == order.account_id))
    fields = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    if with_phone or CARRIERS[parcel.carrier] in ASKS_FOR_PHONE:
        with purpose(Purpose.SERVICE):
            fields["mobile_last_four"] = str(order.consignee["mobile"])[-4:]
    share = Share(RECIPIENT.code, Ground.CORE, Purpose.SERVICE, fields, subject=subject, about=order.number)
    try:
        return send(share, deliver).json()
    except NotJson:
        raise Malformed("json") from None


def _take(parcel_id: int, track: Track, at: datetime) -> None:
    with transaction() as session:
        parcel, order = lock_parcel(session, parcel_id)
        if track.number.upper() != parcel.tracking_number:
            raise Malformed("another parcel")
        parcel.heard_at, parcel.look_at, parcel.looks, parcel.problem = at, at + QUIET, 0, None
        report(session, parcel, order, track.happenings, at)


def _postpone(parcel: Parcel, problem: str) -> None:
    """Growing pauses: two minutes, four, eight, up to half a day."""
    pause = min(timedelta(minutes=2 ** min(parcel.looks + 1, 10)), LONGEST_PAUSE)
    _settle(parcel.id, look_at=now() + pause, looks=parcel.looks + 1, problem=problem[:40])
    log.warning("tracking postponed: %s", problem)


def _settle(parcel_id: int, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(Parcel).where(Parcel.id == parcel_id).values(**values))

"""A message of the tracking service about one parcel: checked, written down once, and kept as a digest alone.

Anybody can send to the address, so only what is signed with the parcel's own salt and speaks of its number counts.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.orders.models import Order
from app.shipping.following import QUIET
from app.shipping.kuaidi100.calling import salts_of
from app.shipping.kuaidi100.protocol import Malformed, Push, is_signed, read_push
from app.shipping.models import CarrierMessage, Parcel
from app.shipping.reporting import lock_parcel, report
from app.shipping.tracking import ENDS

APPLIED, REPEATED, WRONG_SIGNATURE, OTHER_PARCEL, MALFORMED, UNKNOWN = (
    "applied", "repeated", "wrong_signature", "other_parcel", "malformed", "unknown",
)  # fmt: skip
TAKEN = frozenset({APPLIED, REPEATED})
"""After these the service need not send it again."""
MOST_REFUSALS = 50
"""So many refused messages of a parcel are written down; who sends more writes nothing into our store."""
AFTER_ABORT = timedelta(days=1)


def take_push(parcel_id: int, param: str, sign: str, at: datetime) -> str:
    """Apply a message once; says what became of it. Never raises for what a stranger may send."""
    digest = hashlib.sha256(f"{sign}\n{param}".encode("utf-8", "replace")).digest()
    signed = is_signed(param, salts_of(parcel_id), sign)
    with transaction() as session:
        try:
            parcel, order = lock_parcel(session, parcel_id)
        except NotFound:
            return UNKNOWN
        if order.is_anonymous:
            return UNKNOWN
        known = select(CarrierMessage.verdict).where(
            CarrierMessage.parcel_id == parcel_id, CarrierMessage.digest == digest
        )
        if verdict := session.scalar(known):
            return REPEATED if verdict == APPLIED else verdict
        verdict = _verdict(session, parcel, order, param, at) if signed else WRONG_SIGNATURE
        if verdict == APPLIED or _refusals(session, parcel_id) < MOST_REFUSALS:
            append(session, CarrierMessage(parcel_id=parcel_id, digest=digest, verdict=verdict, received_at=at))
        return verdict


def _verdict(session: Session, parcel: Parcel, order: Order, param: str, at: datetime) -> str:
    try:
        push = read_push(param)
    except Malformed:
        return MALFORMED
    if push.track and push.track.number.upper() != parcel.tracking_number:
        return OTHER_PARCEL
    _apply(session, parcel, order, push, at)
    return APPLIED


def _apply(session: Session, parcel: Parcel, order: Order, push: Push, at: datetime) -> None:
    """After "abort" (three days without news, sixty without change) the subscription is over: we ask anew a day on."""
    parcel.heard_at, parcel.looks, parcel.problem = at, 0, None
    parcel.look_at = None if push.status == "shutdown" or parcel.state in ENDS else at + QUIET
    if push.status == "abort":
        parcel.heard_at, parcel.subscribed_at, parcel.problem, parcel.look_at = None, None, "abort", at + AFTER_ABORT
    if push.track:
        report(session, parcel, order, push.track.happenings, at)


def _refusals(session: Session, parcel_id: int) -> int:
    refused = (CarrierMessage.parcel_id == parcel_id, CarrierMessage.verdict != APPLIED)
    return session.scalar(select(func.count()).select_from(CarrierMessage).where(*refused)) or 0

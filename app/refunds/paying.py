"""Finance sends approved money back and writes down under which number. PROTOCOLS.md 1; FLOWS.md 4.

Money of a transfer goes by transfer, to the account that was given. Money that came through the institution goes back
there: the interface that it offers us takes payments only, so a clerk gives the refund at its back office. An adapter
that does so by itself would call `paid_out` with the number that it is answered.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.orders.lifecycle import Actor
from app.payments.models import BY_REMITTANCE, Payout
from app.payments.paying_back import NumberReused, by_transfer_instead, send
from app.refunds.errors import ImpossiblePayoutDay, PaidOtherwise, PayeeMissing, PayoutNumberReused
from app.refunds.locking import lock_refund
from app.refunds.models import Refund
from app.refunds.people import check_pays
from app.refunds.telling import tell
from app.refunds.vocabulary import PAID


def paid_out(payout_id: int, reference: str, on: date, by: Actor, at: datetime) -> Refund:
    """The money has gone under this number; with the last of a refund's money the refund is settled. Safe to repeat.

    Raises PayeeMissing, PaidOtherwise, PayoutNumberReused, ImpossiblePayoutDay, SamePersonTwice, MoveNotAllowed,
    NotFound.
    """
    with transaction() as session:
        refund, payout = _promised(session, payout_id, by)
        if payout.is_paid:
            if (payout.reference, payout.paid_on) != (reference, on):
                raise PaidOtherwise
            return refund
        if payout.way == BY_REMITTANCE and refund.payee is None:
            raise PayeeMissing
        if refund.decided_at is None or not _day(refund.decided_at) <= on <= _day(at):
            raise ImpossiblePayoutDay
        try:
            send(session, payout, reference, on, by, at)
        except NumberReused:
            raise PayoutNumberReused from None
        if all(each.is_paid for each in refund.payouts):
            refund.state, refund.paid_at = PAID, at
            tell(session, refund, "paid", by, at)
    return refund


def pay_by_transfer(payout_id: int, by: Actor, at: datetime) -> None:
    """The institution refuses, for instance because the payment is too old: this money goes by transfer.

    Raises PaidOtherwise, SamePersonTwice, MoveNotAllowed, NotFound.
    """
    with transaction() as session:
        _, payout = _promised(session, payout_id, by)
        if payout.is_paid:
            raise PaidOtherwise
        by_transfer_instead(payout, by)


def _promised(session: Session, payout_id: int, by: Actor) -> tuple[Refund, Payout]:
    known = session.get(Payout, payout_id)
    if known is None:
        raise NotFound
    refund = lock_refund(session, known.refund_id)
    check_pays(refund, by)
    return refund, next(each for each in refund.payouts if each.id == payout_id)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()

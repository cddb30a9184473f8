"""Vouchers: taking, showing, replacing and deleting the picture of a bank slip. Clauses 1.1.4b, 5.1.1c."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.foundation.idempotency import Sending, once
from app.foundation.personal_data import Keep, Purpose, purpose
from app.foundation.uploads import read_private, remove_private, uploading
from app.orders.lifecycle import REMITTANCE, Actor, MoveRefused
from app.orders.models import Order
from app.orders.moving import lock_order
from app.payments.models import Voucher
from app.privacy.keeping import began_before, keeps


def add_voucher(order: Order, content: bytes, by: Actor, at: datetime, sending: Sending | None = None) -> None:
    """Keep the picture for an unpaid order, in place of the one before; once for each sending of a form.

    Raises BadPicture, MoveRefused, FormSentBefore.
    """
    before: str | None = None
    with uploading(order.subject_id, [content]) as uploads:
        [name] = uploads.names

        def exchanging() -> str:
            nonlocal before
            before = _exchange(order, name, by, at)
            uploads.keep()
            return name

        once(sending, exchanging, at)
    if before:
        remove_private(before)


def remove_voucher(order: Order, by: Actor, at: datetime) -> None:
    """Delete the picture of an unpaid order; no error where there is none. Raises MoveRefused."""
    if before := _exchange(order, None, by, at):
        remove_private(before)


def voucher_of(session: Session, order_id: int) -> Voucher | None:
    return session.scalars(select(Voucher).where(Voucher.order_id == order_id)).one_or_none()


def picture_for_owner(session: Session, order: Order) -> bytes:
    """The picture, for the buyer who sent it. Raises NotFound."""
    return _picture(session, order)


def picture_for_staff(session: Session, order: Order, by: Actor) -> bytes:
    """The picture, for a clerk who matches remittances; the look is written into the ledger. Raises NotFound."""
    picture = _picture(session, order)
    with transaction():
        subject = session.scalar(select(Account.audit_ref).where(Account.id == order.account_id))
        record("voucher.read", actor=by.audit_ref, subject=subject, order=order.number)
    return picture


def _claim_over(at: datetime) -> Select[Any]:
    """Vouchers of orders that have ended: there is no remittance left to match."""
    end = began_before(Keep.VOUCHERS, at)
    ended = or_(Order.completed_at < end, Order.cancelled_at < end)
    return select(Voucher.id).join(Order, Order.id == Voucher.order_id).where(ended)


@keeps("vouchers", Keep.VOUCHERS, Voucher, overdue=_claim_over)
def forget_vouchers(session: Session, ids: list[int], at: datetime) -> None:
    """The file goes first: a name whose file is gone does no harm, a file without a name could never be found."""
    for voucher in session.scalars(select(Voucher).where(Voucher.id.in_(ids))).all():
        remove_private(Voucher.file.read(voucher))
    session.execute(delete(Voucher).where(Voucher.id.in_(ids)))


def _exchange(order: Order, name: str | None, by: Actor, at: datetime) -> str | None:
    """Put the file `name` (or none) in place of the present one; returns the one before."""
    with transaction() as session, purpose(Purpose.SERVICE):
        order = lock_order(session, order.id)
        if not order.is_unpaid or order.payment_method != REMITTANCE:
            raise MoveRefused
        present = voucher_of(session, order.id)
        before = present.file if present else None
        if present:
            session.delete(present)
            session.flush()
        if name:
            session.add(Voucher(order_id=order.id, subject_id=order.subject_id, file=name, uploaded_at=at))
        what = "voucher.added" if name else "voucher.removed"
        if name or before:
            record(what, actor=by.audit_ref, order=order.number)
    return before


def _picture(session: Session, order: Order) -> bytes:
    voucher = voucher_of(session, order.id)
    if voucher is None:
        raise NotFound
    with purpose(Purpose.SERVICE):
        name = voucher.file
    try:
        return read_private(order.subject_id, name)
    except FileNotFoundError:
        raise NotFound from None

"""What the buyer is told about an order, on the site and by SMS, in the transaction of the act that causes it."""

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.telling import reachable
from app.foundation.languages import format_day, format_moment, money
from app.notifications.notifying import Addressee, notify
from app.orders.models import Order

_FACTS = {
    "order.placed": ("amount", "day"),
    "order.placed_online": ("amount", "time"),
    "order.to_remit": ("amount", "day"),
    "order.to_pay_online": ("amount", "time"),
    "order.remittance_due": ("amount", "day"),
    "order.paid": (),
    "order.part_paid": ("due",),
    "order.balance_paid": (),
    "order.money_kept": (),
    "order.deposit_paid": ("due", "day"),
    "order.balance_due": ("amount", "day"),
    "order.later": (),
    "order.balance_later": ("amount", "day"),
    "order.payee_changed": (),
    "order.checking": (),
    "order.released": (),
    "order.refused": (),
    "order.refund_asked": (),
    "order.refund_approved": (),
    "order.refund_refused": (),
    "order.refund_paid": (),
    "order.shipped": (),
    "parcel.delivering": (),
    "parcel.signed": (),
    "parcel.problem": (),
    "order.expired": (),
    "order.cancelled": (),
    "order.completed": (),
    "invoice.applied": (),
    "invoice.issued": (),
    "invoice.refused": (),
    "invoice.lapsed": (),
    "invoice.red": (),
}


def tell_buyer(session: Session, order: Order, code: str, *, to: Addressee | None = None, **more: str) -> None:
    """Write the message `code` of the closed table to the order's buyer; `more` is what the order itself cannot say.

    An act that others wait for gives `to`, the buyer as read before. An anonymous order, or one of
    somebody erased that a backup brought back, has nobody to be told.
    """
    if order.is_anonymous:
        return
    to = to or reachable(session.get_one(Account, order.account_id))
    if to is None:
        return
    known = {
        "amount": money(order.due_now),
        "day": format_day(order.hold_until if order.is_unpaid else order.balance_due_on),
        "time": format_moment(order.hold_until),
        "due": money(order.due_now),
    }
    facts = {name: known[name] for name in _FACTS[code]}
    notify(session, to, code, order=order.number, **facts, **more)

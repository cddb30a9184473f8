"""The buyer sets out for the institution's page: an attempt with a number of its own, disclosed before it leaves."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.outbound import ShareRefused
from app.orders.lifecycle import ONLINE, MoveRefused
from app.orders.models import Order
from app.orders.moving import lock_order
from app.orders.queries import buyer_of
from app.payments.chinabank.gateway import Gateway, hand_to_browser, share_with
from app.payments.chinabank.models import PaymentAttempt
from app.payments.chinabank.protocol import MOST_ATTEMPTS

FIRST_ASKED_AFTER = timedelta(minutes=2)


class TooManyAttempts(BusinessError):
    """The order has used up the numbers that the institution could tell apart."""

    message = _l("You have tried to pay this order very often. Please call us: we will help you to pay it.")


class InstitutionNotBound(BusinessError):
    """The institution has signed no confidentiality agreement that is in force (4.1.4)."""

    message = _l("Paying online is not possible at the moment. Please try again later, or call us.")


def can_be_paid_online(order: Order, at: datetime) -> bool:
    """Whether an attempt may begin: this way of payment, something due, and goods still held."""
    is_held = not order.is_unpaid or order.hold_until > at
    return order.payment_method == ONLINE and bool(order.due_now) and is_held


def begin_attempt(order_id: int, gateway: Gateway, lang: str, at: datetime) -> int:
    """A new attempt to pay what is due now; gives its number within the order. Raises MoveRefused, TooManyAttempts,
    InstitutionNotBound.

    The disclosure ledger is committed with it, before the form that the buyer's browser posts can be made (1.1.4c).
    """
    with transaction() as session:
        order = lock_order(session, order_id)
        if not can_be_paid_online(order, at):
            raise MoveRefused
        before = select(func.max(PaymentAttempt.number)).where(PaymentAttempt.order_id == order.id)
        number = (session.scalar(before) or 0) + 1
        if number > MOST_ATTEMPTS:
            raise TooManyAttempts
        oid = gateway.merchant.order_number(at.astimezone(SHANGHAI).date(), order.number, number)
        amount = order.due_now
        attempt = PaymentAttempt(order_id=order.id, number=number, oid=oid, amount=amount, begun_at=at)
        attempt.next_ask_at = at + FIRST_ASKED_AFTER
        session.add(attempt)
        fields = gateway.form(oid, amount, lang)
        try:
            hand_to_browser(share_with(fields, subject=buyer_of(session, order.number), order=order.number))
        except ShareRefused:
            raise InstitutionNotBound from None
    return number

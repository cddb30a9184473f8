"""Finance confirms a remittance: the exact amount, on a possible day, for an order that still waits. Clause 1.1.5a."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.foundation.clock import SHANGHAI
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.money import Money
from app.orders.lifecycle import CANCELLED, Actor
from app.orders.models import Order
from app.orders.moving import lock_order
from app.orders.paying import mark_paid
from app.payments.models import Remittance


class WrongAmount(BusinessError):
    """The amount is not the order's, to the fen."""

    message = _l("The amount received is not the amount of the order. Nothing was changed.")
    status = 422


class ImpossibleDay(BusinessError):
    """Money cannot have arrived before the order was placed, nor tomorrow."""

    message = _l("The day of receipt must lie between the day of the order and today.")
    status = 422


class LateMoney(BusinessError):
    """Money arrived for an order that was cancelled or ran out of time; its units may be sold."""

    message = _l("The order is cancelled, so the money cannot be matched with it. Please settle it with the buyer.")


def confirm_remittance(order_id: int, amount: Money, received_on: date, by: Actor, at: datetime) -> None:
    """Record the money and move the order to awaiting shipment. Safe against two clerks at once: one gets MoveRefused.

    Raises WrongAmount, ImpossibleDay, LateMoney, MoveRefused (paid already), MoveNotAllowed.
    """
    with transaction() as session:
        order = lock_order(session, order_id)
        if order.state == CANCELLED:
            raise LateMoney
        _check(order, amount, received_on, at)
        mark_paid(session, order, by, at)
        expected = session.scalars(select(Remittance).where(Remittance.order_id == order.id)).one()
        expected.received_on, expected.confirmed_at, expected.confirmed_by = received_on, at, by.audit_ref


def _check(order: Order, amount: Money, received_on: date, at: datetime) -> None:
    if not _day(order.placed_at) <= received_on <= _day(at):
        raise ImpossibleDay
    if amount != order.total:
        raise WrongAmount


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()

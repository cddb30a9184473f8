"""A person looks at an unusual order before anything of it leaves: asked for at placing, answered at a desk. 2.4.

What to look for says `unusual`; here it is written to the order, waited for, and decided. While an order waits the
guards keep its goods here. It can be paid meanwhile.
"""

import unicodedata
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.known_browsers import Browser, is_known_browser
from app.foundation.alarms import clear, sound
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.encryption import blind_index
from app.foundation.errors import BusinessError
from app.foundation.jobs import every
from app.foundation.money import Money
from app.foundation.permissions import ROLES
from app.notifications.notifying import Addressee
from app.orders.cancelling import cancel
from app.orders.lifecycle import CANCELLED, COMPLETED, Actor, MoveNotAllowed
from app.orders.messages import tell_buyer
from app.orders.models import Order
from app.orders.moving import lock_order, note
from app.orders.unusual import REFUSED, RELEASED, WAITING, Known, Limits, reasons_to_wait
from app.settings import current_settings

CHECK = "orders.check"
ALARM = "unusual"
ANSWERED_WITHIN = timedelta(hours=24)


class NothingToCheck(BusinessError):
    """The order does not wait for a person; perhaps a colleague decided just now, or it was cancelled."""

    message = _l("This order does not wait for a check. Perhaps a colleague decided just now.")


def address_key_of(address: str) -> bytes:
    """The same for every way to write an address: width, case, spaces and marks do not count."""
    plain = unicodedata.normalize("NFKC", address).casefold()
    return blind_index("orders.address", "".join(letter for letter in plain if letter.isalnum()))


def known_of(session: Session, account_id: int, address_key: bytes, browser: Browser | None, at: datetime) -> Known:
    """What the account's completed orders and security events say. Without a browser (a demonstration) none is new."""
    there = func.count().filter(Order.address_key == address_key)
    bought = select(func.count(), there).where(Order.account_id == account_id, Order.state == COMPLETED)
    orders, received_there = session.execute(bought).one()
    device = browser is None or is_known_browser(session, account_id, browser, at)
    return Known(has_bought=bool(orders), device=device, address=bool(received_there))


def mark(order: Order, known: Known) -> None:
    """Let an order that is not written yet wait for a person where it is unusual."""
    if reasons := reasons_to_wait(order.total, known, limits()):
        order.check_state, order.check_reasons = WAITING, " ".join(reasons)


def tell_of_check(session: Session, order: Order, to: Addressee) -> None:
    """Ledger and buyer learn that the order just placed waits, if it does; the buyer not why."""
    if order.is_being_checked:
        record("order.unusual", order=order.number, reasons=order.check_reasons)
        tell_buyer(session, order, "order.checking", to=to)


def limits() -> Limits:
    """The amounts of the settings."""
    settings = current_settings()
    return Limits(Money.yuan(settings.unusual_order_from), Money.yuan(settings.unusual_order_if_new_from))


def waiting_checks() -> Select[Order]:
    """Orders that wait for a person, longest first."""
    waiting = (Order.check_state == WAITING, Order.state != CANCELLED)
    return select(Order).where(*waiting).order_by(Order.placed_at, Order.id)


def refused_and_paid() -> Select[Order]:
    """Orders that a person refused and whose money has still to go back, the last refused first."""
    refused = (Order.check_state == REFUSED, Order.state != CANCELLED)
    return select(Order).where(*refused).order_by(Order.checked_at.desc(), Order.id)


def release(order_id: int, by: Actor, at: datetime) -> None:
    """The order is in order: it goes on, and its buyer is told. Raises NothingToCheck, MoveNotAllowed, NotFound."""
    with transaction() as session:
        order = _decided(session, order_id, RELEASED, by, at)
        note(session, order, "release", by, at)
        tell_buyer(session, order, "order.released")


def refuse(order_id: int, by: Actor, at: datetime) -> None:
    """Nothing of the order leaves any more. Unpaid it is cancelled; of a paid one the money goes back by the usual way.

    Raises NothingToCheck, MoveNotAllowed, NotFound.
    """
    with transaction() as session:
        order = _decided(session, order_id, REFUSED, by, at)
        note(session, order, "refuse", by, at)
        if order.is_unpaid:
            cancel(order.id, by, at)
        else:
            tell_buyer(session, order, "order.refused")


@every(seconds=300, name="orders.watch_checks")
def watch_checks() -> int:
    """Alarm while an order waits for longer than a buyer is told; returns how many do."""
    at = now()
    late = waiting_checks().where(Order.placed_at <= at - ANSWERED_WITHIN).order_by(None)
    found = db.session.scalar(select(func.count()).select_from(late.with_only_columns(Order.id).subquery())) or 0
    with transaction() as session:
        if found:
            sound(session, ALARM, at, orders=found)
        else:
            clear(session, ALARM)
    return found


def _decided(session: Session, order_id: int, how: str, by: Actor, at: datetime) -> Order:
    if by.audit_ref is None or CHECK not in ROLES.get(by.role, frozenset()):
        raise MoveNotAllowed
    order = lock_order(session, order_id)
    if not order.is_being_checked:
        raise NothingToCheck
    order.check_state, order.checked_at = how, at
    return order

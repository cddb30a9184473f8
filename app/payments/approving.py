"""Money above a limit moves onto orders by two people: the first asks, another one confirms. Clause 1.1.5a.

At or below the limit one person is enough, and the money moves at once. Until the second person confirms nothing has
moved, and the order can still expire: the desk shows what waits.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Boolean, Date, Index, Select, String, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record as record_evidence
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.money import Money, MoneyType
from app.foundation.two_people import NotWaiting, SamePerson
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.orders.models import Order
from app.orders.moving import lock_order
from app.payments.applying import Received, apply, receive, record
from app.payments.confirming import check_arrival, confirm_remittance
from app.payments.models import BY_REMITTANCE, Receipt
from app.settings import current_settings

_IS_OPEN = text("second_at IS NULL AND withdrawn_at IS NULL")
CarriedOut = Callable[[Session, Receipt, Actor, datetime], None]
_CARRIED_OUT: list[CarriedOut] = []
Spread = Mapping[int, Money]
"""By order id: how much money it gets."""


class AskedAlready(BusinessError):
    """Somebody asked for a second person for this very transfer."""

    message = _l("This money waits for a second person already.")


class _OnlyTried(Exception):
    """Ends a trial: what cannot be carried out is refused to the first person, not to the second."""


@dataclass(frozen=True)
class Arrival:
    """Money that arrived, by the facts that make one receipt of it however often they are told."""

    channel: str
    reference: str
    amount: Money
    received_on: date


class Approval(IdMixin, db.Model):
    """One person's wish to move money above the limit. `takes_all`: its one order takes what it needs of the whole."""

    __tablename__ = "approvals"
    __personal__ = False
    __table_args__ = (
        Index("open_approvals", "channel", "reference", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    channel: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(64))
    amount: Mapped[Money] = mapped_column(MoneyType)
    received_on: Mapped[date] = mapped_column(Date)
    spread: Mapped[list[list[int]]] = mapped_column(JSON)
    """As [order id, fen]."""
    takes_all: Mapped[bool] = mapped_column(Boolean)
    first_by: Mapped[int | None] = mapped_column(Id)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    second_by: Mapped[int | None] = mapped_column(Id)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def arrival(self) -> Arrival:
        return Arrival(self.channel, self.reference, self.amount, self.received_on)

    @property
    def amounts(self) -> dict[int, Money]:
        return {order_id: Money(fen) for order_id, fen in self.spread}

    @property
    def moved(self) -> Money:
        """How much money moves onto orders."""
        return Money.total(self.amounts.values())


def when_carried_out(act: CarriedOut) -> CarriedOut:
    """Declare what else is done when money was moved, in the same transaction."""
    _CARRIED_OUT.append(act)
    return act


def limit() -> Money:
    """What one person may move at once."""
    return Money.yuan(current_settings().remittance_two_people_above)


def settle(
    session: Session, arrival: Arrival, spread: Spread, by: Actor, at: datetime, *, takes_all: bool = False
) -> Receipt | Approval:
    """Record the money and apply it, or above the limit ask for a second person. In the caller's transaction.

    Raises AskedAlready, ReferenceReused, LateMoney, NotThatMuch, MoveNotAllowed, NotFound.
    """
    if not by.may("pay"):
        raise MoveNotAllowed
    if session.scalar(select(func.count()).where(Order.id.in_(spread))) != len(spread):
        raise NotFound
    if Money.total(spread.values()) > limit():
        return _ask(session, arrival, spread, by, at, takes_all)
    if approval_for(session, arrival):
        raise AskedAlready
    return _carry_out(session, arrival, spread, by, at, takes_all)


def confirm(
    order_id: int, reference: str, amount: Money, received_on: date, by: Actor, at: datetime
) -> Received | Approval:
    """A clerk says what arrived for an order, as `confirm_remittance`; above the limit another person confirms it."""
    if amount <= limit():
        return confirm_remittance(order_id, reference, amount, received_on, by, at)
    with transaction() as session:
        check_arrival(session, order_id, received_on, by, at)
        arrival = Arrival(BY_REMITTANCE, reference, amount, received_on)
        return _ask(session, arrival, {order_id: amount}, by, at, takes_all=True)


def use(receipt_id: int, order_id: int, amount: Money, by: Actor, at: datetime) -> Receipt | Approval:
    """Move so much of a receipt's rest onto an order, as `settle`. Raises NotFound too."""
    with transaction() as session:
        receipt = session.get(Receipt, receipt_id)
        if receipt is None:
            raise NotFound
        arrival = Arrival(receipt.channel, receipt.reference, receipt.amount, receipt.received_on)
        return settle(session, arrival, {order_id: amount}, by, at)


def approve(approval_id: int, by: Actor, at: datetime) -> Receipt:
    """The second person confirms: the money moves now. Raises SamePerson, NotWaiting, and as `settle`."""
    with transaction() as session:
        asked = _lock(session, approval_id)
        if not by.may("pay"):
            raise MoveNotAllowed
        if by.audit_ref is None or by.audit_ref == asked.first_by:
            raise SamePerson
        asked.second_by, asked.second_at = by.audit_ref, at
        receipt = _carry_out(session, asked.arrival, asked.amounts, by, at, asked.takes_all)
        record_evidence("approval.given", actor=by.audit_ref, reference=asked.reference, amount=str(asked.moved))
        return receipt


def withdraw(approval_id: int, by: Actor, at: datetime) -> None:
    """Either person takes it back: nothing moves. Raises NotWaiting, MoveNotAllowed, NotFound."""
    with transaction() as session:
        asked = _lock(session, approval_id)
        if not by.may("pay"):
            raise MoveNotAllowed
        asked.withdrawn_at = at
        record_evidence("approval.withdrawn", actor=by.audit_ref, reference=asked.reference)


def waiting_approvals() -> Select[Approval]:
    """What waits for a second person, longest first."""
    is_open = Approval.second_at.is_(None) & Approval.withdrawn_at.is_(None)
    return select(Approval).where(is_open).order_by(Approval.first_at, Approval.id)


def approval_for(session: Session, arrival: Arrival) -> Approval | None:
    """What waits for a second person about this money."""
    same = (Approval.channel == arrival.channel, Approval.reference == arrival.reference)
    return session.scalars(waiting_approvals().where(*same)).first()


def _lock(session: Session, approval_id: int) -> Approval:
    asked = session.scalars(select(Approval).where(Approval.id == approval_id).with_for_update()).one_or_none()
    if asked is None:
        raise NotFound
    if asked.second_at or asked.withdrawn_at:
        raise NotWaiting
    return asked


def _ask(session: Session, arrival: Arrival, spread: Spread, by: Actor, at: datetime, takes_all: bool) -> Approval:
    """Write down the wish, once it is tried that it can be carried out as things stand."""
    if approval_for(session, arrival):
        raise AskedAlready
    with suppress(_OnlyTried), session.begin_nested():
        _carry_out(session, arrival, spread, by, at, takes_all)
        raise _OnlyTried
    asked = Approval(
        channel=arrival.channel, reference=arrival.reference, amount=arrival.amount, received_on=arrival.received_on,
        spread=[[order_id, amount.fen] for order_id, amount in spread.items()], takes_all=takes_all,
        first_by=by.audit_ref, first_at=at,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(asked)
    except IntegrityError:  # somebody else asked at the same moment
        raise AskedAlready from None
    record_evidence("approval.asked", actor=by.audit_ref, reference=asked.reference, amount=str(asked.moved))
    return asked


def _carry_out(session: Session, arrival: Arrival, spread: Spread, by: Actor, at: datetime, takes_all: bool) -> Receipt:
    """Receipt first, then the orders by ascending id (see `applying`)."""
    facts = (arrival.channel, arrival.reference, arrival.amount, arrival.received_on)
    if takes_all:
        receipt = receive(session, *facts, next(iter(spread)), by, at).receipt
    else:
        receipt = _spread_out(session, arrival, spread, by, at)
    for act in _CARRIED_OUT:
        act(session, receipt, by, at)
    return receipt


def _spread_out(session: Session, arrival: Arrival, spread: Spread, by: Actor, at: datetime) -> Receipt:
    facts = (arrival.channel, arrival.reference, arrival.amount, arrival.received_on)
    receipt = record(session, *facts, by, at, meant_for=next(iter(spread)) if len(spread) == 1 else None)
    for order in [lock_order(session, order_id) for order_id in sorted(spread)]:
        apply(session, receipt, order, spread[order.id], by, at)
    return receipt

"""Somebody asks for a refund: what is asked for is set aside at once, so that nobody else can ask for it again.

The order is locked, so of many who ask for the same units or the same fen at once only what there is is given; the
checks of the tables say the same. Money is promised only when the refund is approved.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.orders.lifecycle import AWAITING_SHIPMENT, CLOCK, Actor, MoveNotAllowed
from app.orders.models import Order, OrderLine, OrderPart
from app.orders.moving import lock_order
from app.orders.numbers import new_order_number
from app.refunds.errors import NothingAsked, NotThatMuchPaid, TooManyUnits
from app.refunds.models import Refund, RefundFreight, RefundLine
from app.refunds.payees import Account, payee_for
from app.refunds.people import ASK, may
from app.refunds.telling import tell
from app.refunds.vocabulary import OF_UNITS_THAT_LEFT, REASONS, SURPLUS


@dataclass(frozen=True)
class Reduction:
    """What of a line is refunded: so many units, and their price unless `amount` says another sum.

    No units: money alone, and the buyer keeps the goods.
    """

    line_id: int
    quantity: int = 0
    amount: Money | None = None


def ask(
    session: Session,
    order_id: int,
    reductions: Sequence[Reduction],
    freight: Mapping[int, Money],
    reason: str,
    by: Actor,
    at: datetime,
    *,
    payee: Account | None = None,
) -> Refund:
    """Ask for a refund of lines and, by part id, of freight; in the caller's transaction. Not repeatable by itself.

    `payee` is the account that a transfer goes to, if it is known already. Raises NotThatMuchPaid, TooManyUnits,
    NothingAsked, MoveNotAllowed, NotFound; then roll back.
    """
    if not (by.role == "buyer" or by == CLOCK or may(by, ASK)):
        raise MoveNotAllowed
    if reason not in REASONS or reason == SURPLUS:
        raise ValueError(f"{reason} is no reason of an order's refund")
    order = lock_order(session, order_id)
    if order.paid_at is None:
        raise NotThatMuchPaid
    refund = Refund(
        number=new_order_number(), order_id=order.id, reason=reason, amount=ZERO, asked_at=at,
        asked_by=by.audit_ref, asked_as=by.role,
    )  # fmt: skip
    lines = _claim_lines(order, reductions, refund)
    freights = _claim_freight(order, freight, refund)
    refund.amount = Money.total(row.amount for row in lines) + Money.total(row.amount for row in freights)
    if not refund.amount and not any(row.quantity for row in lines):
        raise NothingAsked
    if payee:
        refund.payee_id = payee_for(session, refund, order, payee, by, at).id
    append(session, refund, *lines, *freights)
    tell(session, refund, "asked", by, at)
    return refund


def freight_of_all(parts: Collection[OrderPart], reductions: Sequence[Reduction]) -> dict[int, Money]:
    """By part id, the freight that goes with reductions which leave nothing of a part to send. Pure."""
    off = {each.line_id: each.quantity for each in reductions}
    return {
        part.id: part.freight_left
        for part in parts
        if part.freight_left
        and not any(line.shipped for line in part.lines)
        and all(line.called_off + line.halted + off.get(line.id, 0) == line.quantity for line in part.lines)
    }


def units_left(line: OrderLine, part: OrderPart, reason: str) -> int:
    """How many units of a line a refund of this reason can still be asked for."""
    if reason in OF_UNITS_THAT_LEFT:
        return line.shipped - line.returned
    return line.to_ship if part.state == AWAITING_SHIPMENT else 0


def _claim_lines(order: Order, reductions: Sequence[Reduction], refund: Refund) -> list[RefundLine]:
    places = {line.id: (line, part) for part in order.parts for line in part.lines}
    wanted = {each.line_id: each for each in reductions}
    if len(wanted) != len(reductions) or not wanted.keys() <= places.keys():
        raise NotFound
    return [_claim(*places[each.line_id], each, refund) for each in reductions]


def _claim(line: OrderLine, part: OrderPart, wanted: Reduction, refund: Refund) -> RefundLine:
    if not 0 <= wanted.quantity <= units_left(line, part, refund.reason):
        raise TooManyUnits(line.id)
    amount = line.worth(wanted.quantity) if wanted.amount is None else wanted.amount
    if not ZERO <= amount <= line.amount_left:
        raise NotThatMuchPaid(line.id)
    line.claimed += amount
    if refund.calls_off:
        line.halted += wanted.quantity
    else:
        line.returned += wanted.quantity
    return RefundLine(refund_id=refund.id, line_id=line.id, quantity=wanted.quantity, amount=amount)


def _claim_freight(order: Order, freight: Mapping[int, Money], refund: Refund) -> list[RefundFreight]:
    parts = {part.id: part for part in order.parts}
    if not freight.keys() <= parts.keys():
        raise NotFound
    rows = []
    for part_id, amount in freight.items():
        if not ZERO <= amount <= parts[part_id].freight_left:
            raise NotThatMuchPaid(part_id=part_id)
        if amount:
            parts[part_id].freight_claimed += amount
            rows.append(RefundFreight(refund_id=refund.id, part_id=part_id, amount=amount))
    return rows

"""What an order costs now, line by line with the tax in it: what its invoice says, or would say."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.money import ZERO, Money
from app.invoices.vat import taxes_in
from app.orders.models import Order, OrderLine, OrderPart
from app.refunds.models import Refund
from app.refunds.vocabulary import IN_FORCE

FREIGHT = "运费"


@dataclass(frozen=True)
class Position:
    """One line of an invoice: goods of an order's line, or the freight of a part. `amount` includes `tax`."""

    order_line_id: int | None
    part_id: int | None
    name: str
    quantity: int
    amount: Money
    vat_percent: int
    tax: Money

    @property
    def net(self) -> Money:
        return self.amount - self.tax


@dataclass(frozen=True)
class TakenOff:
    """So much of an order's line, or of a part's freight; no units where only the price came down."""

    order_line_id: int | None
    part_id: int | None
    quantity: int
    amount: Money


@dataclass(frozen=True)
class Bill:
    """All positions of an order and their sums."""

    positions: tuple[Position, ...]

    @property
    def amount(self) -> Money:
        return Money.total(each.amount for each in self.positions)

    @property
    def tax(self) -> Money:
        return Money.total(each.tax for each in self.positions)

    @property
    def net(self) -> Money:
        return self.amount - self.tax


def bill_of(session: Session, order: Order) -> Bill:
    """What the order costs with the refunds that were approved. What costs nothing is not on an invoice."""
    off = _taken_off(session, order.id)
    goods = [_goods(line, *off.get(line.id, _NOTHING)) for line in order.lines]
    freight = [_freight(part, *off.get(part.id, _NOTHING)) for part in order.parts]
    drafts = [draft for draft in (*goods, *freight) if draft.amount]
    taxes = taxes_in([(draft.amount, draft.vat_percent) for draft in drafts])
    return Bill(tuple(replace(draft, tax=tax) for draft, tax in zip(drafts, taxes, strict=True)))


def taken_off_by(refund: Refund) -> list[TakenOff]:
    """What a refund takes off lines and freight."""
    goods = [TakenOff(row.line_id, None, row.quantity, row.amount) for row in refund.lines]
    return goods + [TakenOff(None, row.part_id, 0, row.amount) for row in refund.freight_rows]


_NOTHING = (0, ZERO)


def _taken_off(session: Session, order_id: int) -> dict[int, tuple[int, Money]]:
    """Units and money by the id of a line, or of a part for its freight."""
    in_force = (Refund.order_id == order_id, Refund.state.in_(IN_FORCE))
    found: dict[int, tuple[int, Money]] = {}
    for refund in session.scalars(select(Refund).where(*in_force)):
        for each in taken_off_by(refund):
            key = each.order_line_id or each.part_id or 0
            units, amount = found.get(key, _NOTHING)
            found[key] = (units + each.quantity, amount + each.amount)
    return found


def _goods(line: OrderLine, units_off: int, off: Money) -> Position:
    left = line.quantity - units_off
    return Position(line.id, None, line.name_zh, left, line.amount - off, line.vat_percent, ZERO)


def _freight(part: OrderPart, _: int, off: Money) -> Position:
    """Freight that the seller charges with the goods bears the goods' rate; the highest where a part has several."""
    percent = max((line.vat_percent for line in part.lines), default=0)
    return Position(None, part.id, FREIGHT, 1, part.freight - off, percent, ZERO)

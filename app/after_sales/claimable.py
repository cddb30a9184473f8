"""What of an order can still become a case: units that left, are not back, and are in no other open case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.after_sales.lifecycle import CLOSED, REFUNDING
from app.after_sales.models import Case
from app.after_sales.trade_rules import KINDS, REFUND_ONLY, RETURN, Kind
from app.orders.lifecycle import AWAITING_RECEIPT, COMPLETED
from app.orders.models import Order, OrderLine, OrderPart
from app.shipping.models import ParcelUnit
from app.shipping.queries import machine_lines


@dataclass(frozen=True)
class Claimable:
    """An order line for the page on which a case begins. `machines` are the units that can be chosen by number."""

    part: OrderPart
    line: OrderLine
    is_machine: bool
    quantity: int
    machines: tuple[ParcelUnit, ...]

    @property
    def place(self) -> str:
        """The line in an address: position of its part and its own."""
        return f"{self.part.position}-{self.line.position}"

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds that such goods can have at all: a service is never sent back, only machines are repaired."""
        if self.part.is_service:
            return {REFUND_ONLY: KINDS[REFUND_ONLY]}
        return {code: kind for code, kind in KINDS.items() if self.is_machine or not kind.machines_only}

    def is_open_for(self, kind: str, at: datetime) -> bool:
        """Whether a case of this kind can be opened now."""
        rule = self.kinds.get(kind)
        return rule is not None and self.quantity > 0 and rule.is_open_at(self.part.completed_at, at)


def claimable_lines(session: Session, order: Order) -> list[Claimable]:
    """Every line of which something has left, whether or not anything can still be claimed; three queries for all."""
    machines = machine_lines(session, order)
    away = _machines_away(session, order)
    in_cases = _units_in_cases(session, order)
    found = []
    for part in order.parts:
        for line in part.lines:
            has_left = _units_that_left(part, line)
            if not has_left:
                continue
            numbers = tuple(away.get(line.id, ()))
            free = max(has_left - line.returned - in_cases.get(line.id, 0), 0)
            quantity = len(numbers) if line.id in machines else free
            found.append(Claimable(part, line, line.id in machines, quantity, numbers))
    return found


def _units_that_left(part: OrderPart, line: OrderLine) -> int:
    if part.is_service:
        return line.quantity - line.called_off if part.state in (AWAITING_RECEIPT, COMPLETED) else 0
    return line.shipped


def _machines_away(session: Session, order: Order) -> dict[int, list[ParcelUnit]]:
    """By order line: machines that the buyer has, in no open case."""
    lines = [line.id for line in order.lines]
    rows = select(ParcelUnit).where(
        ParcelUnit.line_id.in_(lines), ParcelUnit.returned_at.is_(None), ParcelUnit.open_case.is_(None)
    )
    found: dict[int, list[ParcelUnit]] = {}
    for unit in session.scalars(rows.order_by(ParcelUnit.parcel_id, ParcelUnit.position)):
        found.setdefault(unit.line_id, []).append(unit)
    return found


def _units_in_cases(session: Session, order: Order) -> dict[int, int]:
    """By order line: units in open cases. Those whose return a refund has counted already stand on the line."""
    counted = (Case.kind == RETURN) & (Case.state == REFUNDING)
    mine = (Case.order_id == order.id, Case.state != CLOSED, ~counted)
    rows = select(Case.line_id, func.sum(Case.quantity)).where(*mine).group_by(Case.line_id)
    return {line_id: int(units) for line_id, units in session.execute(rows)}

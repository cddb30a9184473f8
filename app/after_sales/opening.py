"""The buyer opens a case about units of one order line. Kinds and time limits are those of `trade_rules`.

Each machine is claimed by one conditional UPDATE, so of two cases opened at once about the same machine one is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.after_sales.claimable import Claimable, claimable_lines
from app.after_sales.hashrate import Shortfall
from app.after_sales.lifecycle import AWAITING_SELLER
from app.after_sales.messages import tell_of
from app.after_sales.models import Case, CaseUnit
from app.after_sales.moving import note, start_clock
from app.after_sales.talking import attach, write_message
from app.after_sales.trade_rules import REFUND_ONLY, RETURN, SHORT_HASHRATE, tolerance_of
from app.foundation.appending import append
from app.foundation.database import new_id, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.money import ZERO, Money
from app.orders.lifecycle import Actor
from app.orders.models import Order, OrderLine
from app.orders.moving import lock_order
from app.orders.numbers import new_order_number
from app.shipping.models import ParcelUnit


class TooLate(BusinessError):
    """The time limit of the kind is over, or the goods cannot have such a case."""

    message = _l("A case of this kind cannot be opened for these goods any more.")
    status = 422


class NotThatManyToClaim(BusinessError):
    """More units than left and are in no other case; or no unit at all."""

    message = _l("Please choose units that were shipped and are in no other open case.")
    status = 422


class WithinTolerance(BusinessError):
    """The machine works as it was agreed."""

    message = _l("What is missing lies within the tolerance: nothing is paid back for it.")
    status = 422


class MoreThanItCost(BusinessError):
    """More money than is left of what the units cost."""

    message = _l("That is more than what was paid for these units.")
    status = 422


@dataclass(frozen=True)
class Claim:
    """What the buyer says. `machines` are keys of units chosen by serial number; `measured` a hashrate in base units.

    `amount` is what a buyer who keeps the goods asks for; of short hashrate it is worked out here.
    """

    kind: str
    reason: str
    text: str
    quantity: int
    machines: tuple[int, ...] = ()
    measured: int | None = None
    amount: Money | None = None


def open_case(order_id: int, place: str, claim: Claim, names: Sequence[str], by: Actor, at: datetime) -> Case:
    """Open a case about the line at `place` ("1-2": part and line), with sealed pictures by their `names`.

    Not repeatable by itself. Raises TooLate, NotThatManyToClaim, WithinTolerance, MoreThanItCost, TooManyPhotographs,
    NotFound.
    """
    with transaction() as session:
        order = lock_order(session, order_id)
        line = line_at(session, order, place)
        check_claim(line, claim, at)
        case = _case(order, line, claim, at)
        start_clock(case, at)
        append(session, case)
        _claim_machines(session, case, line, claim, at)
        write_message(session, case, claim.text, by, at)
        attach(session, case, names, by, at)
        note(session, case, "open", by, at, case.asked_amount)
        tell_of(session, case, "open")
    return case


def line_at(session: Session, order: Order, place: str) -> Claimable:
    """The line of an order by its place. Raises NotFound, also where nothing of it has left."""
    for line in claimable_lines(session, order):
        if line.place == place:
            return line
    raise NotFound


def check_claim(line: Claimable, claim: Claim, at: datetime) -> None:
    """Raises TooLate, NotThatManyToClaim, MoreThanItCost."""
    if claim.kind not in line.kinds or not line.kinds[claim.kind].is_open_at(line.part.completed_at, at):
        raise TooLate
    known = {unit.id for unit in line.machines}
    chosen = len(set(claim.machines) & known)
    if line.is_machine and not (chosen == len(claim.machines) == claim.quantity):
        raise NotThatManyToClaim
    if not 0 < claim.quantity <= line.quantity or (claim.machines and not line.is_machine):
        raise NotThatManyToClaim
    if claim.amount is not None and not ZERO < claim.amount <= most_money(line, claim.quantity):
        raise MoreThanItCost


def most_money(line: Claimable, quantity: int) -> Money:
    """What so many units cost, or what earlier refunds have left of the whole line, whichever is less."""
    return min(line.line.unit_price * quantity, line.line.amount_left)


def shortfall_of(line: OrderLine, quantity: int, measured: int) -> Shortfall | None:
    """What the measured hashrate comes to beside the one that was sold; None where none was."""
    if not line.hashrate:
        return None
    return Shortfall(line.hashrate, measured, tolerance_of(line.condition), line.unit_price, quantity)


def _case(order: Order, line: Claimable, claim: Claim, at: datetime) -> Case:
    case = Case(
        id=new_id(), number=new_order_number(), order_id=order.id, account_id=order.account_id, line_id=line.line.id,
        kind=claim.kind, reason=claim.reason, quantity=claim.quantity, state=AWAITING_SELLER, opened_at=at,
    )  # fmt: skip
    if claim.kind == REFUND_ONLY:
        case.asked_amount = claim.amount or most_money(line, claim.quantity)
    elif claim.kind == RETURN:
        case.asked_amount = most_money(line, claim.quantity)
    elif claim.kind == SHORT_HASHRATE:
        short = shortfall_of(line.line, claim.quantity, claim.measured or 0)
        if short is None or not short.owed:
            raise WithinTolerance
        case.agreed_hashrate, case.measured_hashrate = short.agreed, short.measured
        case.tolerance_per_mille = short.tolerance_per_mille
        case.asked_amount = min(short.owed, line.line.amount_left)
    return case


def _claim_machines(session: Session, case: Case, line: Claimable, claim: Claim, at: datetime) -> None:
    """The machines stand in the case as they lay in their parcels; they are claimed in the order of their ids."""
    chosen = [unit for unit in line.machines if unit.id in claim.machines]
    for unit_id, position, unit in sorted((unit.id, place, unit) for place, unit in enumerate(chosen, 1)):
        free = (ParcelUnit.id == unit_id, ParcelUnit.open_case.is_(None), ParcelUnit.returned_at.is_(None))
        claimed = session.execute(update(ParcelUnit).where(*free).values(open_case=case.id))
        if not claimed.rowcount:  # type: ignore[attr-defined]
            raise NotThatManyToClaim
        append(
            session,
            CaseUnit(case_id=case.id, unit_id=unit_id, position=position, is_in_warranty=at < unit.warranty_until),
        )

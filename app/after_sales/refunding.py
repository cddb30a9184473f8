"""The money of a case goes back through `app.refunds`, whose two people decide; the case follows what they do.

A refund that they refuse comes back to the desk: the case is not lost with it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.after_sales.lifecycle import REFUNDING
from app.after_sales.models import Case
from app.after_sales.moving import move_case
from app.after_sales.trade_rules import RETURN, SHORT_HASHRATE
from app.foundation.money import ZERO
from app.orders.lifecycle import Actor
from app.refunds import vocabulary as refunds
from app.refunds.asking import Reduction, ask
from app.refunds.hooks import when_refund_moves
from app.refunds.models import Refund

_REASONS: Mapping[str, str] = {RETURN: refunds.RETURNED, SHORT_HASHRATE: refunds.SHORT_HASHRATE}
_FOLLOWS: Mapping[str, str] = {refunds.PAID: "refund_paid", refunds.REFUSED: "refund_refused"}


def ask_refund(session: Session, case: Case, by: Actor, at: datetime) -> None:
    """Ask for the agreed money of a locked case. Raises what `refunds.asking.ask` raises."""
    units = case.quantity if case.kind == RETURN else 0
    reductions = [Reduction(case.line_id, units, case.agreed_amount or ZERO)]
    freight = {case.line.part_id: case.agreed_freight} if case.agreed_freight else {}
    reason = _REASONS.get(case.kind, refunds.DAMAGED)
    case.refund_id = ask(session, case.order_id, reductions, freight, reason, by, at).id


@when_refund_moves
def follow_refund(session: Session, refund: Refund, by: Actor, at: datetime) -> None:
    """The case of a refund moves with it, in the refund's own transaction; other refunds move nothing."""
    move = _FOLLOWS.get(refund.state)
    case = session.scalars(select(Case).where(Case.refund_id == refund.id)).one_or_none() if move else None
    if move and case and case.state == REFUNDING:
        move_case(session, case, move, by, at, amount=refund.amount)

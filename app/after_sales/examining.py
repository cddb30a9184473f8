"""Goods of a case arrive: the warehouse examines them and says what becomes of each unit.

Goods returned or exchanged are ours again: on sale in a warehouse, or written off, and their serial numbers are free.
What of them is not as agreed is split off and stays the buyer's, like a machine to be repaired.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.after_sales.deciding import WordsMissing
from app.after_sales.lifecycle import HERE, REFUNDING, TAKEN
from app.after_sales.models import Case
from app.after_sales.moving import check_move, goods_are, lock_case, move_case
from app.after_sales.refunding import ask_refund
from app.after_sales.splitting import Rest, split_off
from app.after_sales.talking import write_message
from app.after_sales.trade_rules import REPAIR, RETURN
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.orders.lifecycle import Actor
from app.refunds.taking_back import take_back
from app.stock.taking_back import take_back as into_stock


class NotThatManyBack(BusinessError):
    """What goes on sale again is part of what came back."""

    message = _l("Please say which of the units that came back go on sale again.")
    status = 422


@dataclass(frozen=True)
class Found:
    """What goes on sale again, in which warehouse; all else is written off.

    Machines are named by their position in the case, other goods by how many. `rest` is not accepted at all.
    """

    warehouse_id: int | None = None
    machines: Collection[int] = ()
    units: int = 0
    rest: Rest | None = None


def examine(case_id: int, found: Found, text: str, by: Actor, at: datetime) -> None:
    """The goods are as agreed, but for the rest, to which the words belong then.

    Raises NotThatManyBack, CaseMoved, MoveNotAllowed, NotFound, as `split_off`, and as refunds do.
    """
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "examine", by)
        if found.rest:
            split_off(session, case, found.rest, text, by, at)
            text = ""
        if case.kind != REPAIR:
            _take(session, case, found, by, at)
        goods_are(case, HERE if case.kind == REPAIR else TAKEN, at)
        write_message(session, case, text, by, at)
        move_case(session, case, "examine", by, at)
        if case.state == REFUNDING:
            ask_refund(session, case, by, at)


def reject_goods(case_id: int, text: str, by: Actor, at: datetime) -> None:
    """Other goods, or not as agreed: they lie with us and are the buyer's. Raises as `deciding.refuse`."""
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "reject_goods", by)
        if not text.strip():
            raise WordsMissing
        goods_are(case, HERE, at)
        write_message(session, case, text, by, at)
        move_case(session, case, "reject_goods", by, at)


def _take(session: Session, case: Case, found: Found, by: Actor, at: datetime) -> None:
    restocked = len(set(found.machines)) if case.units else found.units
    known = {unit.position for unit in case.units}
    if not 0 <= restocked <= case.quantity or not set(found.machines) <= known:
        raise NotThatManyBack
    for each in case.units:
        each.was_restocked = each.position in found.machines
        if each.unit:
            each.unit.returned_at = at
    case.restocked = restocked
    for units, warehouse_id in ((restocked, found.warehouse_id or 0), (case.quantity - restocked, None)):
        if units and case.kind == RETURN:
            take_back(session, case.line_id, units, warehouse_id, by, at)
        elif units and warehouse_id is not None:  # another one leaves for it: the line has not fewer units away
            into_stock(session, case.line.sku_id, warehouse_id, units, case.id, at, actor=by.audit_ref)
    written_off = case.quantity - restocked
    record(
        "after_sales.goods_taken", actor=by.audit_ref, case=case.number, restocked=restocked, written_off=written_off
    )

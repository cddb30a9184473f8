"""Some of the goods that came back are not as agreed: they become a case of their own, which is refused.

So each case is about units of one fate. Money, stock, serial numbers and invoice follow the case of those that are
accepted; the other one goes on as after any refusal, and its goods lie with us until they are sent back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.after_sales.deciding import WordsMissing
from app.after_sales.lifecycle import HERE
from app.after_sales.models import Case
from app.after_sales.moving import check_move, goods_are, move_case, note
from app.after_sales.talking import write_message
from app.after_sales.trade_rules import REPAIR
from app.foundation.appending import append
from app.foundation.database import new_id
from app.foundation.errors import BusinessError
from app.foundation.money import Money
from app.orders.lifecycle import Actor
from app.orders.numbers import new_order_number


class NotThatManyRefused(BusinessError):
    """What is not accepted is part of what came back, and something is left that is."""

    message = _l("Please say which of the units that came back are not as agreed; if none is, reject them all.")
    status = 422


@dataclass(frozen=True)
class Rest:
    """What is not accepted: machines by their position in the case, other goods by how many."""

    machines: Collection[int] = ()
    units: int = 0

    def count(self, case: Case) -> int:
        return len(set(self.machines)) if case.units else self.units


def split_off(session: Session, case: Case, rest: Rest, text: str, by: Actor, at: datetime) -> Case:
    """Make the rest of a locked case another one, refused with these words; agreed money is shared out by units.

    Raises NotThatManyRefused, WordsMissing, AgreedAlready, CaseMoved, MoveNotAllowed.
    """
    check_move(case, "reject_goods", by)
    refused = rest.count(case)
    known = {each.position for each in case.units}
    if case.kind == REPAIR or not 0 < refused < case.quantity or not set(rest.machines) <= known:
        raise NotThatManyRefused
    if not text.strip():
        raise WordsMissing
    other = _another(case, refused)
    append(session, other)
    for each in [each for each in case.units if each.position in rest.machines]:
        each.case_id = other.id
        if each.unit:
            each.unit.open_case = other.id
    session.flush()
    session.expire(case, ["units"])
    note(session, case, "split", by, at)
    goods_are(other, HERE, at)
    write_message(session, other, text, by, at)
    move_case(session, other, "reject_goods", by, at)
    return other


def _another(case: Case, units: int) -> Case:
    shares = [case.quantity - units, units]
    case.quantity -= units
    case.asked_amount, asked = _shared(case.asked_amount, shares)
    case.agreed_amount, agreed = _shared(case.agreed_amount, shares)
    case.agreed_freight, freight = case.agreed_freight.split(shares)
    return Case(
        id=new_id(), number=new_order_number(), order_id=case.order_id, account_id=case.account_id,
        line_id=case.line_id, kind=case.kind, reason=case.reason, quantity=units, state=case.state,
        opened_at=case.opened_at, asked_amount=asked, agreed_amount=agreed, agreed_freight=freight,
        handled_by=case.handled_by, goods=case.goods, return_to=case.return_to, return_carrier=case.return_carrier,
        return_tracking=case.return_tracking, split_from=case.id,
    )  # fmt: skip


def _shared(amount: Money | None, shares: list[int]) -> list[Money | None]:
    return [None, None] if amount is None else [*amount.split(shares)]

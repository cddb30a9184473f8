"""Money that lies unapplied stands in the way of closing: somebody must say where it belongs. Clause 5.2.2a."""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.orders.models import Order
from app.orders.numbers import in_groups
from app.payments.models import Receipt
from app.privacy.closure_checks import closure_check
from app.privacy.people import Person


@closure_check(
    "money_unapplied",
    reason=_l("Money of yours lies here that no order took."),
    advice=_l("Please tell us whether to send it back."),
    endpoint="support.contact",
)
def unapplied_money(session: Session, person: Person, at: datetime) -> Iterable[str]:
    mine = select(Order.number).join(Receipt, Receipt.meant_for == Order.id).distinct()
    lies_here = mine.where(Order.account_id == person.account_id, Receipt.applied < Receipt.amount)
    return [in_groups(number) for number in session.scalars(lies_here.order_by(Order.number))]

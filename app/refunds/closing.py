"""What refunds hand to keeping and closing: money on its way back stands in the way of both. Clauses 5.1.3b, 5.2.2."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.foundation.personal_data import Keep
from app.orders.anonymising import month_of, when_anonymised
from app.orders.models import Order
from app.orders.numbers import in_groups, new_order_number
from app.privacy.closure_checks import closure_check
from app.privacy.keeping import began_before, keeps
from app.privacy.people import Person
from app.refunds.models import Payee, Refund
from app.refunds.vocabulary import PAID, REFUSED


@closure_check(
    "refund_open",
    reason=_l("A refund is not settled."),
    advice=_l("Please wait until the money has left, or withdraw what you asked for."),
    endpoint="orders.listing",
)
def open_refunds(session: Session, person: Person, at: datetime) -> Iterable[str]:
    mine = select(Order.number).join(Refund, Refund.order_id == Order.id).distinct()
    unsettled = mine.where(Order.account_id == person.account_id, Refund.state.not_in((PAID, REFUSED)))
    return [in_groups(number) for number in session.scalars(unsettled.order_by(Order.number))]


@when_anonymised
def cut_refunds(session: Session, order_ids: Sequence[int], at: datetime) -> None:
    """The number that the buyer knows is replaced; the day on which money left stays, as in the bank's own books."""
    for refund in session.scalars(select(Refund).where(Refund.order_id.in_(order_ids))):
        refund.number, refund.asked_at = new_order_number(), month_of(refund.asked_at)
        refund.decided_at = refund.decided_at and month_of(refund.decided_at)


def _old_payees(at: datetime) -> Select[Any]:
    return select(Payee.id).where(Payee.given_at < began_before(Keep.ACCOUNTING, at), Payee.subject_id != 0)


@keeps("refund_payees", Keep.ACCOUNTING, Payee, overdue=_old_payees)
def forget_payees(session: Session, ids: list[int], at: datetime) -> None:
    """The account that money went back to loses what it says; the refund stays."""
    blank = {"name_sealed": b"", "bank_sealed": b"", "account_number_sealed": b"", "subject_id": 0}
    session.execute(update(Payee).where(Payee.id.in_(ids)).values(blank))

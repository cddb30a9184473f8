"""What cases hand to the closing of accounts and the keeping of orders: an open case stands in the way of both.

With an order that becomes anonymous its cases keep kind, units, amounts and outcome. Clauses 5.1.3b, 5.2.2a, 5.2.2c.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.after_sales.forgetting import forget_photographs
from app.after_sales.lifecycle import CLOSED
from app.after_sales.models import Case, CaseMessage, CasePhotograph
from app.orders.anonymising import held_back, month_of, when_anonymised
from app.orders.numbers import in_groups, new_order_number
from app.privacy.closure_checks import closure_check
from app.privacy.people import Person


@closure_check(
    "case_open",
    reason=_l("An after-sales case is open."),
    advice=_l("Please wait until it is settled, or withdraw it."),
    endpoint="after_sales.listing",
)
def open_cases(session: Session, person: Person, at: datetime) -> Iterable[str]:
    mine = select(Case.number).where(Case.account_id == person.account_id, Case.state != CLOSED)
    return [in_groups(number) for number in session.scalars(mine.order_by(Case.opened_at, Case.id))]


@held_back
def orders_in_cases() -> Select[Any]:
    """An order stays whole while one of its cases is open, however old it is."""
    return select(Case.order_id).where(Case.state != CLOSED)


@when_anonymised
def cut_cases(session: Session, order_ids: Sequence[int], at: datetime) -> None:
    """Texts, photographs, the way back and the number that the buyer knows go; moments become months."""
    cases = session.scalars(select(Case).where(Case.order_id.in_(order_ids))).all()
    keys = [case.id for case in cases]
    pictures = select(CasePhotograph.id).where(CasePhotograph.case_id.in_(keys))
    forget_photographs(session, list(session.scalars(pictures)), at)
    session.execute(delete(CaseMessage).where(CaseMessage.case_id.in_(keys)))
    for case in cases:
        case.number, case.account_id = new_order_number(), None
        case.return_carrier = case.return_tracking = case.deadline_at = case.warned_at = None
        case.opened_at = month_of(case.opened_at)
        case.received_at = case.received_at and month_of(case.received_at)
        case.closed_at = case.closed_at and month_of(case.closed_at)
        for number, event in enumerate(case.events):
            event.at = month_of(event.at) + timedelta(microseconds=number)  # in their order still
            event.actor = None if event.role == "buyer" else event.actor

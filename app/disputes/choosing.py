"""What a member can show the other side of a dispute: items of one own order, ticket or after-sales case.

Each item is read once, when the case is written, and copied as it is then. Consignee, numbers of people, serial numbers
and papers are no items: nobody can choose them. Clause 4.1.1(5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.after_sales.models import Case
from app.after_sales.queries import cases_of, own_case
from app.after_sales.showing import shown as case_shown
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.orders.models import Order
from app.orders.queries import own_order
from app.shipping.showing import ParcelShown, parcels_shown
from app.support.models import Ticket
from app.support.queries import own_ticket, tickets_of

ORDER, TICKET, CASE = "order", "ticket", "case"
FIELDS = {
    "number": "order", "goods": "goods", "amounts": "amounts", "dates": "dates", "parcel": "delivery", "case": "case",
    "message": "messages", "picture": "pictures", "question": "question", "answer": "question",
}  # fmt: skip
"""By the sort of an item the field of the ledger that it belongs to."""
LISTED = 20


@dataclass(frozen=True)
class Item:
    """One thing to be chosen: `code` names it, `facts` are what the other side reads, ready for JSON."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sort(self) -> str:
        return self.code.partition("-")[0]


@dataclass(frozen=True)
class Matter:
    """Something of the member's own that a dispute can be about."""

    kind: str
    number: str
    at: datetime


def matters_of(session: Session, account_id: int) -> list[Matter]:
    """Own orders, after-sales cases and questions, the newest of each kind."""
    orders = select(Order).where(Order.account_id == account_id).order_by(Order.placed_at.desc(), Order.id)
    cases, tickets = cases_of(account_id).limit(LISTED), tickets_of(account_id).limit(LISTED)
    return [
        *(Matter(ORDER, each.number, each.placed_at) for each in session.scalars(orders.limit(LISTED))),
        *(Matter(CASE, each.number, each.opened_at) for each in session.scalars(cases)),
        *(Matter(TICKET, each.number, each.opened_at) for each in session.scalars(tickets)),
    ]


def items_of(session: Session, account_id: int, kind: str, number: str, at: datetime) -> list[Item]:
    """All that can be chosen of one matter, in the order of the pages. Raises NotFound for what is not one's own."""
    if kind == ORDER:
        return list(_of_order(session, own_order(session, account_id, number), at))
    if kind == CASE:
        case = own_case(session, account_id, number)
        return [*_of_order(session, case.order, at), *_of_case(case)]
    ticket = session.scalars(own_ticket(account_id, number)).one_or_none() if kind == TICKET else None
    if ticket is None:
        raise NotFound
    return list(_of_ticket(ticket))


def fields_of(items: Iterable[Mapping[str, Any]]) -> set[str]:
    """The fields of the ledger to which chosen items belong."""
    return {FIELDS[str(each["code"]).partition("-")[0]] for each in items}


def _of_order(session: Session, order: Order, at: datetime) -> Iterable[Item]:
    lines = [{"zh": line.name_zh, "en": line.name_en, "units": line.quantity} for line in order.lines]
    costs = [{**said, "fen": line.amount.fen} for said, line in zip(lines, order.lines, strict=True)]
    yield Item("number", {"number": order.number})
    yield Item("goods", {"lines": lines})
    yield Item("amounts", {"lines": costs, "freight": order.freight.fen, "total": order.total.fen})
    days = {"placed": order.placed_at, "paid": order.paid_at, "completed": order.completed_at}
    yield Item("dates", {name: moment.isoformat() for name, moment in days.items() if moment})
    for some in parcels_shown(session, order.id, at).values():
        yield from (_of_parcel(parcel) for parcel in some)


def _of_parcel(parcel: ParcelShown) -> Item:
    happenings = [
        {"at": each.at.isoformat(), "state": each.state, "text": each.text} for each in parcel.happenings
    ]  # fmt: skip
    facts = {"carrier": parcel.carrier, "tracking": parcel.tracking_number, "shipped": parcel.shipped_at.isoformat()}
    return Item(f"parcel-{parcel.id}", {**facts, "happenings": happenings})


def _of_case(case: Case) -> Iterable[Item]:
    found = case_shown(case)
    facts = {"number": case.number, "kind": case.kind, "reason": case.reason, "units": case.quantity}
    yield Item("case", {**facts, "opened": case.opened_at.isoformat(), "outcome": case.outcome})
    for message, said in zip(case.messages, found.said, strict=False):
        facts = {"mine": said.is_buyers, "at": said.at.isoformat(), "text": said.text}
        yield Item(f"message-{message.id}", facts)
    for photograph in case.photographs:
        yield Item(f"picture-{photograph.position}", {"case": case.number, "position": photograph.position})


def _of_ticket(ticket: Ticket) -> Iterable[Item]:
    with purpose(Purpose.SERVICE):
        yield Item("question", {"at": ticket.opened_at.isoformat(), "text": ticket.text})
        for answer in ticket.answers:
            yield Item(f"answer-{answer.id}", {"at": answer.at.isoformat(), "text": answer.text})

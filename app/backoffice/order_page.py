"""What the page of one order shows: amounts, timeline, masked consignee, and the moves its state and the role allow."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.backoffice.unmasking import masked_consignee
from app.backoffice.words import ROLES
from app.foundation.clock import now
from app.foundation.languages import money
from app.foundation.permissions import may
from app.invoices.queries import invoices_of
from app.invoices.states import READ
from app.orders.checking import CHECK
from app.orders.guards import refusal_of
from app.orders.lifecycle import CANCELLED, COMPLETED, ORDER, PART, REMITTANCE, Actor, moves_from
from app.orders.models import Order, OrderEvent
from app.orders.postponing import can_be_postponed
from app.payments.queries import receipts_for, remittance_of
from app.payments.vouchers import voucher_of
from app.refunds.queries import refunds_of
from app.shipping.showing import parcels_shown

TimelineEntry = tuple[Any, datetime, Any, str]


def facts_of(session: Session, order: Order, actor: Actor, person: Any) -> dict[str, Any]:
    """Everything the template needs besides the order itself and the forms."""
    return {
        "remittance": remittance_of(session, order.id) if order.payment_method == REMITTANCE else None,
        "receipts": receipts_for(session, order.id),
        "may_confirm": may(person, "remittances.confirm"),
        "may_refund": may(person, "refunds.ask") and order.paid_at is not None,
        "refunds": refunds_of(session, [order.id]),
        "voucher": voucher_of(session, order.id) if may(person, "remittances.read") else None,
        "invoices": invoices_of(session, order.id) if may(person, READ) else [],
        "consignee": masked_consignee(order),
        "order_moves": [move.name for move in moves_from(order.state, actor) if move.of == ORDER],
        "part_moves": {
            part.position: [move.name for move in moves_from(part.state, actor) if move.of == PART]
            for part in order.parts
        },
        "waits_for": {part.position: refusal_of("ship", part) for part in order.parts},
        "events": timeline_of(order),
        "parcels_of": parcels_shown(session, order.id, now()),
        "can_be_postponed": can_be_postponed,
        "may_check": may(person, CHECK),
        "may_ship": may(person, "orders.ship"),
        "may_unmask": may(person, "consignee.unmask"),
    }


def timeline_of(order: Order) -> list[TimelineEntry]:
    """What happened and by which role; the last thing is where the order stands, unless its life is over."""
    entries: list[TimelineEntry] = [(event.text, event.at, _note(event), "done") for event in order.events]
    if entries and order.state not in (COMPLETED, CANCELLED):
        title, at, role, _ = entries[-1]
        entries[-1] = (title, at, role, "current")
    return entries


def _note(event: OrderEvent) -> Any:
    role = ROLES.get(event.role)
    return role if event.amount is None else _l("%(amount)s, %(doer)s", amount=money(event.amount), doer=role)

"""An order's timeline: what happened, who did it, and what is still to come."""

from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.languages import money
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_RECEIPT, AWAITING_SHIPMENT, CANCELLED, COMPLETED
from app.orders.models import Order, OrderEvent

DOERS: dict[str, LazyString] = {
    "buyer": _l("by you"),
    "clock": _l("by itself, when the time was up"),
    "institution": _l("by word of the payment institution"),
}
BY_STAFF = _l("by our staff")

TO_COME: dict[str, tuple[LazyString, ...]] = {
    AWAITING_PAYMENT: (_l("Payment"), _l("Shipment"), _l("Receipt")),
    AWAITING_SHIPMENT: (_l("Shipment"), _l("Receipt")),
    AWAITING_RECEIPT: (_l("Receipt"),),
    COMPLETED: (),
    CANCELLED: (),
}

Entry = tuple[LazyString, datetime | None, Any, str]
"""Title, when, note, and done, current or coming; as `components/timeline.html` reads it."""


def timeline_of(order: Order) -> list[Entry]:
    """What happened, oldest first, then the steps that an order in this state still has before it."""
    positions = {part.id: part.position for part in order.parts} if len(order.parts) > 1 else {}
    done: list[Entry] = [(event.text, event.at, _note(event, positions), "done") for event in order.events]
    coming = [(title, None, None, "coming") for title in TO_COME[order.state]]
    if coming:
        coming[0] = (coming[0][0], None, None, "current")
    return [*done, *coming]


def _note(event: OrderEvent, positions: dict[int, int]) -> Any:
    doer = DOERS.get(event.role, BY_STAFF)
    if event.amount is not None:
        return _l("%(amount)s, %(doer)s", amount=money(event.amount), doer=doer)
    if event.part_id in positions:
        return _l("part %(n)s, %(doer)s", n=positions[event.part_id], doer=doer)
    return doer

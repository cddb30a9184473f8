"""The life of an order: five states and every move between them, in the one table that decides what may happen.

Buttons, acts, desks and tests read it. Paying, cancelling and expiring concern the whole order; shipping and receiving
concern one part; so does calling off what has not left. The order stands where its least advanced part stands.
Clause 1.1.5a.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError
from app.foundation.permissions import ROLES

AWAITING_PAYMENT = "awaiting_payment"
AWAITING_SHIPMENT = "awaiting_shipment"
AWAITING_RECEIPT = "awaiting_receipt"
COMPLETED = "completed"
CANCELLED = "cancelled"

STATES: dict[str, LazyString] = {
    AWAITING_PAYMENT: _l("Awaiting payment"),
    AWAITING_SHIPMENT: _l("Awaiting shipment"),
    AWAITING_RECEIPT: _l("Awaiting receipt"),
    COMPLETED: _l("Completed"),
    CANCELLED: _l("Cancelled"),
}
"""In the order of an order's life; the tabs and the least advanced part follow it."""

MARKS = {
    AWAITING_PAYMENT: "waiting",
    AWAITING_SHIPMENT: "working",
    AWAITING_RECEIPT: "working",
    COMPLETED: "done",
    CANCELLED: "stopped",
}

REMITTANCE, ONLINE = "remittance", "online"
HOLDS = {REMITTANCE: timedelta(days=5), ONLINE: timedelta(minutes=30)}
"""How long goods are held unpaid, by way of payment. A remittance takes the bank one to three working days, and there
may be a weekend."""
REMIND_BEFORE = timedelta(days=1)
COMPLETES_AFTER = timedelta(days=10)
"""A shipped part counts as received this long after it was handed to the carrier (trade rule, shown on the order)."""

ORDER, PART = "order", "part"
BALANCE_PAID, CHECKED, NOT_HALTED = "balance_paid", "checked", "not_halted"


@dataclass(frozen=True)
class Move:
    """One allowed change: of what, from where to where, and who may make it. `says`: the payment institution's word.

    `guards` name what must hold besides; they stand in `guards.py`.
    """

    name: str
    of: str
    start: str
    end: str
    buyer: bool = False
    permission: str | None = None
    clock: bool = False
    says: bool = False
    guards: tuple[str, ...] = ()


MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        #    name        of     from               to                 who
        Move("pay",      ORDER, AWAITING_PAYMENT,  AWAITING_SHIPMENT, permission="remittances.confirm", says=True),
        Move("cancel",   ORDER, AWAITING_PAYMENT,  CANCELLED,         buyer=True, permission="orders.cancel"),
        Move("expire",   ORDER, AWAITING_PAYMENT,  CANCELLED,         clock=True),
        Move("ship",     PART,  AWAITING_SHIPMENT, AWAITING_RECEIPT,  permission="orders.ship",
             guards=(CHECKED, BALANCE_PAID, NOT_HALTED)),
        Move("call_off", PART,  AWAITING_SHIPMENT, CANCELLED,         permission="refunds.approve"),
        Move("call_off_rest", PART, AWAITING_SHIPMENT, AWAITING_RECEIPT, permission="refunds.approve"),
        Move("receive",  PART,  AWAITING_RECEIPT,  COMPLETED,         buyer=True),
        Move("complete", PART,  AWAITING_RECEIPT,  COMPLETED,         permission="orders.ship", clock=True),
    )
}  # fmt: skip

MONEY_EVENTS: dict[str, LazyString] = {
    "pay_part": _l("Part of the payment received"),
    "pay_rest": _l("Balance received"),
    "money_late": _l("Money received after the order had ended"),
    "money_kept": _l("Money received that the order does not need"),
    "money_freed": _l("Money received is no longer used for this order"),
    "refund_asked": _l("Refund asked for"),
    "refund_approved": _l("Refund approved"),
    "refund_refused": _l("Refund refused"),
    "refund_paid": _l("Refund paid"),
}
"""What happens to an order's money without moving the order; each says how much."""

INVOICE_EVENTS: dict[str, LazyString] = {
    "invoice_apply": _l("Invoice applied for"),
    "invoice_end": _l("Application for an invoice ended"),
    "invoice_issue": _l("Invoice issued"),
    "invoice_red_owed": _l("To be red-lettered on the invoice"),
    "invoice_red": _l("Red-letter invoice issued"),
}
"""What happens to an order's invoice; where an amount is fixed, it is said."""

CHECK_EVENTS: dict[str, LazyString] = {
    "release": _l("Checked by a person: all is well"),
    "refuse": _l("Checked by a person: refused"),
}
"""What a person decides who looks at an unusual order; neither moves it."""

EVENTS: dict[str, LazyString] = {
    "place": _l("Order placed"),
    "pay": _l("Payment received"),
    "cancel": _l("Order cancelled"),
    "expire": _l("Cancelled: not paid in time"),
    "way": _l("Way of payment changed"),
    "postpone": _l("A later month announced"),
    "parcel": _l("Shipped in part"),
    "ship": _l("Shipped"),
    "call_off": _l("Called off before shipment"),
    "call_off_rest": _l("The rest called off, all else shipped"),
    "receive": _l("Receipt confirmed"),
    "complete": _l("Completed"),
    **CHECK_EVENTS,
    **MONEY_EVENTS,
    **INVOICE_EVENTS,
}


class MoveRefused(BusinessError):
    """The order or part does not stand where this move begins; perhaps somebody else moved it just now."""

    message = _l("The order has moved on in the meantime. Please look at its present state.")


class MoveNotAllowed(BusinessError):
    """The person may not make this move."""

    message = _l("Your account may not do this.")
    status = 403


@dataclass(frozen=True)
class Actor:
    """Who makes a move: a role of the permissions table, and the audit reference by which evidence knows the person."""

    role: str
    audit_ref: int | None

    def may(self, name: str) -> bool:
        """Whether the table lets this actor make the move at all."""
        move = MOVES[name]
        if self.role == "buyer":
            return move.buyer
        if self == CLOCK:
            return move.clock
        if self == INSTITUTION:
            return move.says
        return move.permission is not None and move.permission in ROLES.get(self.role, frozenset())


CLOCK = Actor("clock", None)
"""The worker, when a deadline has passed."""
INSTITUTION = Actor("institution", None)
"""The payment institution, by a message that carries its signature."""


def moves_from(state: str, actor: Actor) -> list[Move]:
    """What this actor may do with an order or part that stands in `state`: the buttons to show."""
    return [move for move in MOVES.values() if move.start == state and actor.may(move.name)]


def least_advanced(states: Iterable[str]) -> str:
    """The state of an order whose parts stand in `states`; cancelled parts count only where nothing else is left."""
    order = list(STATES)
    standing = set(states)
    return min(standing - {CANCELLED} or {CANCELLED}, key=order.index)

"""The life of an invoice and of a red-letter invoice: every move there is, and who may make it."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError
from app.foundation.permissions import ROLES
from app.orders.lifecycle import Actor

APPLIED, ISSUED, REVERSED, ENDED = "applied", "issued", "reversed", "ended"
LIVE = (APPLIED, ISSUED)
"""An order has at most one invoice that stands so."""
STATES: dict[str, LazyString] = {
    APPLIED: _l("Applied for"),
    ISSUED: _l("Issued"),
    REVERSED: _l("Red-lettered in full"),
    ENDED: _l("Not issued"),
}
MARKS = {APPLIED: "waiting", ISSUED: "done", REVERSED: "stopped", ENDED: "stopped"}

OWED, DROPPED = "owed", "dropped"
RED_STATES: dict[str, LazyString] = {
    OWED: _l("Red-letter invoice owed"),
    ISSUED: _l("Red-lettered"),
    DROPPED: _l("Not needed any more"),
}
RED_MARKS = {OWED: "waiting", ISSUED: "done", DROPPED: "stopped"}

READ, ISSUE = "invoices.read", "invoices.issue"

WITHDRAWN, NOTHING_LEFT = "withdrawn", "refunded"
REFUSALS: dict[str, LazyString] = {
    "title": _l("The title and its tax number do not belong together"),
    "special": _l("A special invoice cannot be issued for this title"),
}
"""Why finance cannot issue an invoice; what the buyer can mend by applying anew."""
ENDINGS: dict[str, LazyString] = {
    WITHDRAWN: _l("You took the application back"),
    NOTHING_LEFT: _l("The whole order was refunded"),
    **REFUSALS,
}
REFUNDED = "refund"
REVERSALS: dict[str, LazyString] = {
    "title": _l("The title was wrong"),
    "content": _l("Lines or amounts were wrong"),
    "anew": _l("The buyer asked for a new invoice over what is left"),
}
"""Why finance takes back a whole invoice without a refund."""
RED_REASONS: dict[str, LazyString] = {REFUNDED: _l("Refund"), **REVERSALS}


class InvoiceMoved(BusinessError):
    """Somebody else did it already: the invoice does not stand where this move begins."""

    message = _l("The invoice has moved on in the meantime. Here is its present state.")


class NotForYou(BusinessError):
    """The person may not make this move."""

    message = _l("Your account may not do this.")
    status = 403


@dataclass(frozen=True)
class Move:
    """One allowed change of an invoice. `books`: done by the shop itself when nothing is left of an order, or all is
    red-lettered."""

    name: str
    start: str
    end: str
    buyer: bool = False
    permission: str | None = None
    books: bool = False


MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move("issue", APPLIED, ISSUED, permission=ISSUE),
        Move("withdraw", APPLIED, ENDED, buyer=True),
        Move("refuse", APPLIED, ENDED, permission=ISSUE),
        Move("lapse", APPLIED, ENDED, books=True),
        Move("reverse", ISSUED, REVERSED, books=True),
    )
}


def next_state(name: str, state: str, by: Actor | None) -> str:
    """Where the move leads. `by` None: the shop's own books. Raises NotForYou, InvoiceMoved."""
    move = MOVES[name]
    if by is None:
        allowed = move.books
    elif by.role == "buyer":
        allowed = move.buyer
    else:
        allowed = move.permission is not None and may_issue(by)
    if not allowed:
        raise NotForYou
    if state != move.start:
        raise InvoiceMoved
    return move.end


def may_issue(by: Actor) -> bool:
    return by.audit_ref is not None and ISSUE in ROLES.get(by.role, frozenset())

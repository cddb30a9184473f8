"""What must hold before a move of the table, beside state and actor. The table names its guards; they stand here."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError
from app.orders.lifecycle import BALANCE_PAID, CHECKED, MOVES, NOT_HALTED
from app.orders.models import Order, OrderPart


class BalanceUnpaid(BusinessError):
    """Futures leave when the whole order is paid."""

    message = _l("The balance is not paid yet: futures leave when the whole order is paid.")


class CheckAwaited(BusinessError):
    """An unusual order leaves when a person has released it."""

    message = _l("A person has to look at this order before anything leaves: see the desk of unusual orders.")


class OrderRefused(BusinessError):
    """A person refused the order after looking at it."""

    message = _l("This order was refused: nothing of it leaves, and what was paid goes back.")


def balance_is_paid(of: Order | OrderPart) -> None:
    """Raises BalanceUnpaid for a part of futures whose order is not wholly paid."""
    if isinstance(of, OrderPart) and of.terms_id is not None and of.order.unpaid:
        raise BalanceUnpaid


def is_checked(of: Order | OrderPart) -> None:
    """Raises CheckAwaited, OrderRefused for an unusual order that no person has released. Clause 2.4."""
    order = of.order if isinstance(of, OrderPart) else of
    if order.is_being_checked:
        raise CheckAwaited
    if order.is_refused:
        raise OrderRefused


class RefundWaits(BusinessError):
    """A service is not begun while somebody asks to call it off."""

    message = _l("A refund of this service is asked for: decide that first.")


def nothing_is_halted(of: Order | OrderPart) -> None:
    """Raises RefundWaits for a service that a refund may call off; of goods, other units may leave meanwhile."""
    if isinstance(of, OrderPart) and of.is_service and any(line.halted for line in of.lines):
        raise RefundWaits


GUARDS: dict[str, Callable[[Order | OrderPart], None]] = {
    CHECKED: is_checked,
    BALANCE_PAID: balance_is_paid,
    NOT_HALTED: nothing_is_halted,
}


def check_guards(move: str, of: Order | OrderPart) -> None:
    """Whether nothing but state and actor stands against a move. Raises the named refusal of the guard."""
    for name in MOVES[move].guards:
        GUARDS[name](of)


def refusal_of(move: str, of: Order | OrderPart) -> BusinessError | None:
    """Why a move that state and actor allow is refused, for a desk to say in place of the button."""
    try:
        check_guards(move, of)
    except BusinessError as refusal:
        return refusal
    return None

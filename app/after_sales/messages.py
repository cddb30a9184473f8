"""What the buyer is told of a case, on the site and by SMS, in the transaction of the move that causes it."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.telling import tell
from app.after_sales.models import Case
from app.foundation.languages import format_day, money
from app.foundation.money import ZERO

_OF_MOVES: Mapping[str, str] = {
    "open": "case.opened",
    "ask_more": "case.more_asked",
    "refuse": "case.refused",
    "escalate": "case.platform",
    "uphold": "case.upheld",
    "dismiss": "case.dismissed",
    "examine": "case.goods_received",
    "reject_goods": "case.goods_rejected",
    "refund_refused": "case.refund_refused",
    "refund_paid": "case.refunded",
    "send": "case.sent",
    "withdraw": "case.ended",
    "lapse": "case.ended",
}
"""Moves of the buyer's own that nobody waits for are told by the page alone, a refund asked for anew by the refund."""
_FACTS: Mapping[str, Callable[[Case], str]] = {
    "day": lambda case: format_day(case.deadline_at),
    "amount": lambda case: money((case.agreed_amount or ZERO) + case.agreed_freight),
}
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "case.opened": ("day",),
    "case.agreed_return": ("day",),
    "case.agreed_refund": ("amount",),
    "case.more_asked": ("day",),
    "case.refused": ("day",),
    "case.platform": ("day",),
    "case.goods_rejected": ("day",),
    "case.due_tomorrow": ("day",),
}


def tell_of(session: Session, case: Case, name: str, **more: str) -> None:
    """Tell what a move means for the buyer; `more` is what the case itself cannot say."""
    code = _OF_MOVES.get(name)
    if name == "accept":
        code = "case.agreed_return" if case.rule.goods_come_back else "case.agreed_refund"
    if code:
        tell_buyer(session, case, code, **more)


def tell_buyer(session: Session, case: Case, code: str, **more: str) -> None:
    """Write a message of the closed table about a case."""
    facts = {name: _FACTS[name](case) for name in _NEEDS.get(code, ())}
    buyer = session.get_one(Account, case.account_id)
    tell(session, buyer, code, case=case.number, order=case.order.number, **facts, **more)

"""Who may do which step of a refund. Clauses 1.1.5a, 5.1.1e."""

from app.foundation.permissions import ROLES, STAFF_ROLES
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.refunds.errors import SamePersonTwice
from app.refunds.models import Refund

ASK, APPROVE, PAY = "refunds.ask", "refunds.approve", "refunds.pay"
RECEIVE = "goods.edit"
"""Who counts goods counts returned ones."""


def may(by: Actor, permission: str) -> bool:
    """Whether a person of staff has the permission."""
    return by.audit_ref is not None and permission in ROLES.get(by.role, frozenset())


def check(by: Actor, permission: str) -> None:
    """Raises MoveNotAllowed."""
    if not may(by, permission):
        raise MoveNotAllowed


def check_decides(refund: Refund, by: Actor) -> None:
    """Whoever asked does not approve. Raises SamePersonTwice, MoveNotAllowed."""
    check(by, APPROVE)
    if by.audit_ref == refund.asked_by:
        raise SamePersonTwice


def check_pays(refund: Refund, by: Actor) -> None:
    """Whoever typed the account does not send money to it; nor does who approved what no colleague had asked for.

    Raises SamePersonTwice, MoveNotAllowed.
    """
    check(by, PAY)
    hands = {refund.payee.given_by} if refund.payee else set()
    if refund.asked_as not in STAFF_ROLES:
        hands.add(refund.decided_by)
    if by.audit_ref in hands:
        raise SamePersonTwice

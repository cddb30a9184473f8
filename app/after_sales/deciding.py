"""The seller's answers, and the platform's decision by another person than whoever answered. FLOWS.md 4."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.after_sales.lifecycle import AWAITING_RETURN, REFUNDING, end_of
from app.after_sales.models import Case
from app.after_sales.moving import check_move, lock_case, move_case
from app.after_sales.opening import MoreThanItCost
from app.after_sales.refunding import ask_refund
from app.after_sales.talking import write_message
from app.after_sales.trade_rules import EXCHANGE, REPAIR
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.money import ZERO, Money
from app.orders.lifecycle import Actor
from app.stock.models import Warehouse


class SameHand(BusinessError):
    """Whoever of the staff answered the buyer does not decide about that answer."""

    message = _l("You answered in this case yourself: the platform's decision is another person's.")
    status = 403


class ReturnPlaceMissing(BusinessError):
    """The buyer must know where the goods go."""

    message = _l("Please choose a warehouse that has an address for returns.")
    status = 422


class AmountMissing(BusinessError):
    """An agreement about money says how much."""

    message = _l("Please say how much is paid back.")
    status = 422


class WordsMissing(BusinessError):
    """Whoever refuses, asks for more or decides says why."""

    message = _l("Please write what the buyer should know.")
    status = 422


@dataclass(frozen=True)
class Terms:
    """What is agreed: how much of the price and of the freight goes back, and to which warehouse goods are sent."""

    amount: Money | None = None
    freight: Money = ZERO
    return_to: int | None = None


def accept(case_id: int, terms: Terms, text: str, by: Actor, at: datetime) -> None:
    """Agree; where no goods come back the refund is asked for at once.

    Raises AmountMissing, MoreThanItCost, ReturnPlaceMissing, CaseMoved, MoveNotAllowed, and what refunds raise.
    """
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "accept", by)
        _agree(session, case, "accept", terms, text, by, at)


def ask_more(case_id: int, text: str, by: Actor, at: datetime) -> None:
    """Ask the buyer for more. Raises WordsMissing, CaseMoved, MoveNotAllowed."""
    _answer(case_id, "ask_more", text, by, at)


def refuse(case_id: int, text: str, by: Actor, at: datetime) -> None:
    """Refuse the claim. Raises WordsMissing, AgreedAlready, CaseMoved, MoveNotAllowed."""
    _answer(case_id, "refuse", text, by, at)


def refund_again(case_id: int, terms: Terms, text: str, by: Actor, at: datetime) -> None:
    """Ask anew for a refund that was not approved. Raises as `accept`."""
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "refund_again", by)
        _agree(session, case, "refund_again", terms, text, by, at)


def uphold(case_id: int, terms: Terms, text: str, by: Actor, at: datetime) -> None:
    """The platform decides for the buyer; the seller carries it out. Raises SameHand, WordsMissing, and as `accept`."""
    with transaction() as session:
        case = _lock_for_decision(session, case_id, "uphold", text, by)
        case.is_upheld = True
        _agree(session, case, "uphold", terms, text, by, at)


def dismiss(case_id: int, text: str, by: Actor, at: datetime) -> None:
    """The platform decides against the claim.

    Raises SameHand, WordsMissing, AgreedAlready, CaseMoved, MoveNotAllowed.
    """
    with transaction() as session:
        case = _lock_for_decision(session, case_id, "dismiss", text, by)
        write_message(session, case, text, by, at)
        move_case(session, case, "dismiss", by, at)


def needs_terms(case: Case, name: str) -> str:
    """What an agreement must say where the move leads: "return", "money", "both", or "" where all was agreed before."""
    end = end_of(name, case.kind, case.goods, case.came_from)
    if end == AWAITING_RETURN:
        return "return" if case.kind in (EXCHANGE, REPAIR) else "both"
    return "money" if end == REFUNDING else ""


def _lock_for_decision(session: Session, case_id: int, name: str, text: str, by: Actor) -> Case:
    case = lock_case(session, case_id)
    check_move(case, name, by)
    if case.handled_by is not None and case.handled_by == by.audit_ref:
        raise SameHand
    if not text.strip():
        raise WordsMissing
    return case


def _answer(case_id: int, name: str, text: str, by: Actor, at: datetime) -> None:
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, name, by)
        if not text.strip():
            raise WordsMissing
        write_message(session, case, text, by, at)
        move_case(session, case, name, by, at)


def _agree(session: Session, case: Case, name: str, terms: Terms, text: str, by: Actor, at: datetime) -> None:
    needed = needs_terms(case, name)
    if needed in ("money", "both"):
        _agree_on_money(case, terms)
    if needed in ("return", "both"):
        place = session.get(Warehouse, terms.return_to) if terms.return_to else None
        if place is None or place.closed or not place.return_address:
            raise ReturnPlaceMissing
        case.return_to = place.id
    write_message(session, case, text, by, at)
    move_case(session, case, name, by, at, amount=case.agreed_amount)
    if case.state == REFUNDING:
        ask_refund(session, case, by, at)


def _agree_on_money(case: Case, terms: Terms) -> None:
    if not terms.amount:
        raise AmountMissing
    most = min(case.line.unit_price * case.quantity, case.line.amount_left)
    if not ZERO < terms.amount <= most or terms.freight < ZERO:
        raise MoreThanItCost
    case.agreed_amount, case.agreed_freight = terms.amount, terms.freight

"""What the page of one case shows at the desk: all of it, and a form for every move that its state and the role allow.

Each look is on the ledger first, as with everything that people write to us (1.1.6, 5.1.1d).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.after_sales.deciding import needs_terms
from app.after_sales.lifecycle import HANDLE, moves_from
from app.after_sales.models import Case
from app.after_sales.queries import case_numbered
from app.after_sales.showing import CaseShown, shown, timeline_of
from app.after_sales.trade_rules import REPAIR
from app.backoffice.forms.after_sales import AgreeForm, WordsForm, agree_form, examine_form, send_form
from app.backoffice.words import ROLES
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import transaction
from app.foundation.forms import Form
from app.foundation.permissions import ROLES as PERMISSIONS
from app.orders.lifecycle import Actor
from app.orders.models import OrderPart
from app.orders.timeline import BY_STAFF
from app.shipping.queries import machine_lines
from app.stock.queries import open_warehouses

AGREEING = ("accept", "refund_again", "uphold")


@dataclass(frozen=True)
class CasePage:
    """A case that somebody of the staff is reading."""

    found: Case
    shown: CaseShown
    is_machine: bool


def case_for_staff(session: Session, number: str, by: Actor) -> CasePage:
    """A case that is about to be read; the look is on the ledger first. Raises NotFound."""
    found = case_numbered(session, number)
    with transaction():
        record("after_sales.read", actor=by.audit_ref, case=found.number, order=found.order.number)
    found = case_numbered(session, number)
    return CasePage(found, shown(found), found.line_id in machine_lines(session, found.order))


def form_of(session: Session, page: CasePage, move: str) -> type[Form]:
    """The form of a move of the desk, with what this case asks for."""
    case = page.found
    places = session.scalars(open_warehouses()).all()
    if move in AGREEING:
        takes_returns = [place for place in places if place.return_address]
        return agree_form(needs_terms(case, move), takes_returns, says_why=move == "uphold")
    if move == "examine":
        return examine_form(
            is_repair=case.kind == REPAIR, may_split=case.quantity > 1 and not case.is_upheld,
            machines=page.shown.machines, units=case.quantity, warehouses=places,
        )  # fmt: skip
    if move == "send":
        own = [each.serial for each in page.shown.machines if each.serial] if case.kind == REPAIR else []
        return send_form(
            goes_back=case.outcome is not None, own=own, is_machine=page.is_machine, units=case.quantity,
            warehouses=places,
        )  # fmt: skip
    return WordsForm


def facts_of(session: Session, page: CasePage, by: Actor, sent: Mapping[str, Form]) -> dict[str, Any]:
    """Everything the template needs; `sent` holds forms that came back with something wrong."""
    case = page.found
    moves = moves_from(case.state, by)
    forms = {
        move: sent.get(move) or _filled(form_of(session, page, move)(None, prefix=f"{move}-"), case) for move in moves
    }
    return {
        "case": case,
        "shown": page.shown,
        "forms": forms,
        "moves": moves,
        "may_write": HANDLE in PERMISSIONS.get(by.role, frozenset()),
        "saying": sent.get("say") or WordsForm(None, prefix="say-"),
        "unit": case.line.hashrate_unit,
        "part": session.get_one(OrderPart, case.line.part_id),
        "timeline": timeline_of(case, ROLES, BY_STAFF),
        "at": now(),
    }


def _filled(form: Form, case: Case) -> Form:
    """What was asked for stands in the form of an agreement, to be changed."""
    if isinstance(form, AgreeForm) and "amount" in form:
        form.amount.process_data(case.agreed_amount or case.asked_amount)
        form.freight.process_data(case.agreed_freight)
    return form

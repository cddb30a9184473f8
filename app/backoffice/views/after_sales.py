"""The after-sales desk: cases in tabs, the one whose time ends first on top, and one case with all that can be done."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import redirect, request

from app.after_sales import deciding, examining, sending
from app.after_sales.lifecycle import DECIDE, HANDLE, MOVES
from app.after_sales.pages import picture_answer
from app.after_sales.queries import TABS, case_numbered, cases_late, cases_wanted, count_by_tab
from app.after_sales.talking import Saying, photograph_of, say
from app.backoffice.case_page import case_for_staff, facts_of, form_of
from app.backoffice.forms.after_sales import WordsForm
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, page, url_of_page, wanted_page, where_done
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import Form
from app.foundation.idempotency import answers_once, this_sending
from app.foundation.permissions import requires
from app.orders.lifecycle import Actor

CASE = "/after-sales/<number>"
LATE = "late"


@bp.get("/after-sales")
@requires("after_sales.read")
def after_sales() -> Any:
    tab = request.args.get("tab", "")
    rows = cases_late(now()) if tab == LATE else cases_wanted(tab)
    found, pager = page_of(db.session(), rows, wanted_page(), url_of_page)
    counts = count_by_tab(db.session())
    return page("cases", cases=found, pager=pager, counts=counts, tab=tab if tab in (*TABS, LATE) else "", at=now())


@bp.get(CASE)
@requires("after_sales.read")
def after_sales_case(number: str) -> Any:
    return _case_page(number)


@bp.get(f"{CASE}/photographs/<int(max=99):position>")
@requires("after_sales.read")
def after_sales_photograph(number: str, position: int) -> Any:
    """The picture itself; each whole one that is looked at is on the ledger."""
    found = case_numbered(db.session(), number)
    picture = photograph_of(db.session(), found, position)
    size = request.args.get("size")
    if size != "small":
        with transaction():
            record("after_sales.photograph_read", actor=actor().audit_ref, case=found.number, photograph=position)
    return picture_answer(picture, size)


@bp.post(f"{CASE}/messages")
@requires("after_sales.handle")
@answers_once
def write_in_case(number: str) -> Any:
    found, form = case_numbered(db.session(), number), WordsForm(prefix="say-")
    if not form.validate_on_submit():
        return _case_page(number, 422, say=form)
    where = where_done("case_said", "backoffice.after_sales_case", number=found.number)
    try:
        say(found.id, found.order.subject_id, Saying(form.text.data or ""), actor(), now(), this_sending(), where)
    except BusinessError as refusal:
        return _case_page(number, refusal.status, refusal=refusal.text)
    return redirect(where, 303)


@bp.post(f"{CASE}/moves/<move>")
@requires("after_sales.handle")
@answers_once
def handle_case(number: str, move: str) -> Any:
    return _move(number, move, HANDLE)


@bp.post(f"{CASE}/decisions/<move>")
@requires("after_sales.decide")
@answers_once
def decide_case(number: str, move: str) -> Any:
    return _move(number, move, DECIDE)


def _move(number: str, move: str, permission: str) -> Any:
    """Make a move with the form that belongs to it, or say what stands against it. Raises NotFound for no such move."""
    if move not in ACTS or MOVES[move].permission != permission:
        raise NotFound
    reading = case_for_staff(db.session(), number, actor())
    form = form_of(db.session(), reading, move)(prefix=f"{move}-")
    if not form.validate_on_submit():
        return _case_page(number, 422, **{move: form})
    try:
        act = partial(ACTS[move], reading.found.id, form, actor(), now())
        return do_once(act, f"case_{move}", "backoffice.after_sales_case", number=reading.found.number)
    except BusinessError as refusal:
        return _case_page(number, refusal.status, refusal=refusal.text, **{move: form})


def _send(case_id: int, form: Any, by: Actor, at: datetime) -> None:
    sending.send(
        case_id, form.carrier.data, form.tracking_number.data, by, at, serials=form.numbers, warehouse_id=form.place
    )


ACTS: dict[str, Callable[[int, Any, Actor, datetime], None]] = {
    "accept": lambda case_id, form, by, at: deciding.accept(case_id, form.terms(), form.text.data or "", by, at),
    "refund_again": lambda case_id, form, by, at: deciding.refund_again(
        case_id, form.terms(), form.text.data or "", by, at
    ),
    "uphold": lambda case_id, form, by, at: deciding.uphold(case_id, form.terms(), form.text.data or "", by, at),
    "ask_more": lambda case_id, form, by, at: deciding.ask_more(case_id, form.text.data, by, at),
    "refuse": lambda case_id, form, by, at: deciding.refuse(case_id, form.text.data, by, at),
    "dismiss": lambda case_id, form, by, at: deciding.dismiss(case_id, form.text.data, by, at),
    "examine": lambda case_id, form, by, at: examining.examine(case_id, form.found(), form.text.data or "", by, at),
    "reject_goods": lambda case_id, form, by, at: examining.reject_goods(case_id, form.text.data, by, at),
    "send": _send,
}
"""What each form of the page does."""


def _case_page(number: str, status: int = 200, *, refusal: Any = None, **sent: Form) -> Any:
    reading = case_for_staff(db.session(), number, actor())
    return page("case", status, refusal=refusal, **facts_of(db.session(), reading, actor(), sent))

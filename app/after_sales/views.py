"""The buyer's pages: what can be asked for, the form of a case, one's cases, one case. Owner only, else 404."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.after_sales.answering import escalate as escalate_case
from app.after_sales.answering import hand_in as hand_goods_in
from app.after_sales.answering import withdraw as withdraw_case
from app.after_sales.claimable import Claimable, claimable_lines
from app.after_sales.forms import ClaimForm, HandInForm, SayForm, claim_form
from app.after_sales.lifecycle import CaseMoved, moves_from
from app.after_sales.models import Case
from app.after_sales.opening import WithinTolerance, line_at, most_money, open_case, shortfall_of
from app.after_sales.pages import CasePages, count_of, picture_answer
from app.after_sales.queries import cases_of, own_case
from app.after_sales.showing import serials_of, shown, timeline_of
from app.after_sales.talking import TooManyPhotographs, photograph_of, say
from app.after_sales.trade_rules import KINDS, SELLER_ANSWERS, SHORT_HASHRATE, tolerance_of
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.uploads import BadPicture, uploading
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.orders.queries import own_order
from app.orders.timeline import BY_STAFF, DOERS

bp = Blueprint("after_sales", __name__)
CLAIM = "/orders/<number>/after-sales/new/<place>/<kind>"
CASE = "/after-sales/<number>"


@bp.get("/after-sales")
@login_required
def listing() -> ResponseReturnValue:
    rows = cases_of(current_user.id)
    pages = CasePages.of(request.args.get("page"), count_of(db.session(), rows))
    found = db.session.scalars(rows.limit(pages.size).offset(pages.skipped)).all()
    return _page("listing", cases=found, pager=pages, at=now())


@bp.get("/orders/<number>/after-sales/new")
@login_required
def choose(number: str) -> ResponseReturnValue:
    """For which goods, and what kind of case: with the time limit of each."""
    order = own_order(db.session(), current_user.id, number)
    return _page("new", order=order, lines=claimable_lines(db.session(), order), at=now())


@bp.get(CLAIM)
@login_required
def claim(number: str, place: str, kind: str) -> ResponseReturnValue:
    order, line = _line(number, place, kind)
    return _claim_page(order, line, _claim_form(line, kind)(None))


@bp.post(CLAIM)
@login_required
@limiter.limit("20/minute")
@answers_once
def open_(number: str, place: str, kind: str) -> ResponseReturnValue:
    order, line = _line(number, place, kind)
    form = _claim_form(line, kind)()
    if not form.validate_on_submit():
        return _claim_page(order, line, form, 422)
    try:
        if kind == SHORT_HASHRATE and not _was_shown(line, form):
            return _claim_page(order, line, form)
        return _open(order, line, form)
    except BadPicture as problem:
        form.pictures.errors = [problem.text]
    except BusinessError as refusal:
        form.refuse(refusal)
    return _claim_page(order, line, form, 422)


@bp.get(CASE)
@login_required
def case(number: str) -> ResponseReturnValue:
    return _case_page(own_case(db.session(), current_user.id, number))


@bp.post(f"{CASE}/messages")
@login_required
@limiter.limit("20/minute")
@answers_once
def write(number: str) -> ResponseReturnValue:
    found, form = own_case(db.session(), current_user.id, number), SayForm(prefix="say-")
    if not form.validate_on_submit():
        return _case_page(found, 422, saying=form)
    where = url_for("after_sales.case", number=found.number, done="case_said")
    try:
        say(found.id, found.order.subject_id, form.said(), _buyer(), now(), this_sending(), where)
    except (BadPicture, TooManyPhotographs) as problem:
        form.pictures.errors = [problem.text]
        return _case_page(found, 422, saying=form)
    except CaseMoved:
        return _moved(found)
    return redirect(where, 303)


@bp.get(f"{CASE}/photographs/<int(max=99):position>")
@login_required
def photograph(number: str, position: int) -> ResponseReturnValue:
    """The picture itself, small on the page of the case; the desk has an address of its own."""
    picture = photograph_of(db.session(), own_case(db.session(), current_user.id, number), position)
    return picture_answer(picture, request.args.get("size"))


@bp.post(f"{CASE}/return")
@login_required
@answers_once
def hand_in(number: str) -> ResponseReturnValue:
    found, form = own_case(db.session(), current_user.id, number), HandInForm(prefix="return-")
    if not form.validate_on_submit():
        return _case_page(found, 422, handing=form)
    waybill = form.carrier.data, form.tracking_number.data
    return _do_once(found, "case_handed_in", lambda: hand_goods_in(found.id, *waybill, _buyer(), now()))


@bp.post(f"{CASE}/withdrawal")
@login_required
@answers_once
def withdraw(number: str) -> ResponseReturnValue:
    return _press(number, "case_withdrawn", lambda found: withdraw_case(found.id, _buyer(), now()))


@bp.post(f"{CASE}/platform")
@login_required
@answers_once
def escalate(number: str) -> ResponseReturnValue:
    return _press(number, "case_escalated", lambda found: escalate_case(found.id, _buyer(), now()))


def _buyer() -> Actor:
    return Actor("buyer", current_user.audit_ref)


def _line(number: str, place: str, kind: str) -> tuple[Order, Claimable]:
    """The buyer's own order and a line of it that can have such a case. Raises NotFound."""
    order = own_order(db.session(), current_user.id, number)
    line = line_at(db.session(), order, place)
    if kind not in line.kinds:
        raise NotFound
    return order, line


def _claim_form(line: Claimable, kind: str) -> type[ClaimForm]:
    return claim_form(line, kind, serials_of(line), line.line.hashrate_unit)


def _was_shown(line: Claimable, form: ClaimForm) -> bool:
    """Whether the buyer has seen what these figures come to; else they are shown first. Raises WithinTolerance."""
    wanted = form.claim()
    short = shortfall_of(line.line, wanted.quantity, wanted.measured or 0)
    if short is None or not short.owed:
        raise WithinTolerance
    return form.has_shown(short)


def _open(order: Order, line: Claimable, form: ClaimForm) -> ResponseReturnValue:
    with uploading(order.subject_id, form.pictures.contents()) as uploads:

        def opening() -> str:
            opened = open_case(order.id, line.place, form.claim(), uploads.names, _buyer(), now())
            uploads.keep()
            return url_for("after_sales.case", number=opened.number, done="case_opened")

        return redirect(once(this_sending(), opening, now()), 303)


def _claim_page(order: Order, line: Claimable, form: ClaimForm, status: int = 200) -> ResponseReturnValue:
    return _page(
        "claim", status, order=order, line=line, form=form, kind=form.kind, rule=KINDS[form.kind], at=now(),
        most=most_money(line, line.quantity), tolerance=tolerance_of(line.line.condition),
        seller_answers_days=SELLER_ANSWERS.days,
    )  # fmt: skip


def _case_page(
    found: Case, status: int = 200, *, saying: SayForm | None = None, handing: HandInForm | None = None
) -> ResponseReturnValue:
    return _page(
        "case", status, shown=shown(found), case=found, at=now(),
        unit=found.line.hashrate_unit, moves=moves_from(found.state, _buyer()),
        timeline=timeline_of(found, DOERS, BY_STAFF), saying=saying or SayForm(None, prefix="say-"),
        handing=handing or HandInForm(None, prefix="return-"),
    )  # fmt: skip


def _page(template: str, status: int = 200, **facts: object) -> Response:
    return personal_page(make_response(render_template(f"after_sales/{template}.html", **facts), status))


def _press(number: str, done: str, act: Callable[[Case], None]) -> ResponseReturnValue:
    found = own_case(db.session(), current_user.id, number)
    if not button_pressed("after_sales.case"):
        return redirect(url_for("after_sales.case", number=found.number, done="stale"), 303)
    return _do_once(found, done, lambda: act(found))


def _do_once(found: Case, done: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Do what a form asks for, once, or show the case as it stands if it has moved on."""

    def acting() -> str:
        act()
        return url_for("after_sales.case", number=found.number, done=done)

    try:
        return redirect(once(this_sending(), acting, now()), 303)
    except BusinessError:
        return _moved(found)


def _moved(found: Case) -> ResponseReturnValue:
    return redirect(url_for("after_sales.case", number=found.number, done="case_moved"), 303)

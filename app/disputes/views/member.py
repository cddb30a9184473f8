"""The member's pages: what a dispute can be about, its form, the preview, one's disputes, one dispute. Owner only."""

from collections.abc import Callable

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select

from app.after_sales.pages import picture_answer
from app.disputes.choosing import items_of, matters_of
from app.disputes.contacts import agree_as_member, contact_for_member, take_back_as_member
from app.disputes.ending import DisputeMoved
from app.disputes.finding import disputes_of, own_dispute
from app.disputes.forms import ComplaintForm, ContactForm, WordsForm
from app.disputes.lifecycle import DRAFT
from app.disputes.models import Dispute
from app.disputes.pictures import chosen_picture, sent_picture
from app.disputes.sharing import is_covered
from app.disputes.showing import blocks_of, for_member
from app.disputes.undertaking import text_in
from app.disputes.views import bp
from app.disputes.words import choices_of
from app.disputes.writing import EnoughWritten, change_draft, delete_draft, draft, say, send, withdraw
from app.foundation.clock import now
from app.foundation.counting import MOST, counted, up_to
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.personal_data import Purpose, purpose
from app.orders.pages import Pages

MATTER = "/account/disputes/new/<any(order,ticket,case):kind>/<about>"
DISPUTE = "/account/disputes/<number>"


@bp.get("/account/disputes")
@login_required
def listing() -> ResponseReturnValue:
    rows = disputes_of(current_user.id)
    total = counted(db.session.scalar(select(up_to(rows, MOST))) or 0, MOST)
    pages = DisputePages.of(request.args.get("page"), total)
    found = db.session.scalars(rows.limit(pages.size).offset(pages.skipped)).all()
    return _page("listing", disputes=found, pager=pages)


@bp.get("/account/disputes/new")
@login_required
def choose() -> ResponseReturnValue:
    """What it can be about: one's own orders, after-sales cases and questions."""
    covered = is_covered(db.session(), current_user.audit_ref, now())
    return _page("new", matters=matters_of(db.session(), current_user.id), is_covered=covered)


@bp.get(MATTER)
@login_required
def write(kind: str, about: str) -> ResponseReturnValue:
    return _form_page(_form(kind, about), kind, about)


@bp.post(MATTER)
@login_required
@limiter.limit("20/hour")
@answers_once
def keep(kind: str, about: str) -> ResponseReturnValue:
    form = _form(kind, about, is_sent=True)
    if not form.validate_on_submit():
        return _form_page(form, kind, about, 422)

    def drafting() -> str:
        kept = draft(current_user._get_current_object(), kind, about, form.complaint(), now())
        return url_for("disputes.dispute", number=kept.number)

    return redirect(once(this_sending(), drafting, now()), 303)


@bp.get(DISPUTE)
@login_required
def dispute(number: str) -> ResponseReturnValue:
    return _dispute_page(_own(number))


@bp.get(f"{DISPUTE}/draft")
@login_required
def edit(number: str) -> ResponseReturnValue:
    found = _own(number)
    if found.state != DRAFT:
        return _moved(found)
    form = _form(found.about_kind, found.about)
    with purpose(Purpose.SERVICE):
        form.name.data, form.statement.data = found.side.name, found.statement
        form.mobile.data, form.items.data = found.side.mobile.removeprefix("+86"), list(found.items)
    return _form_page(form, found.about_kind, found.about)


@bp.post(f"{DISPUTE}/draft")
@login_required
@limiter.limit("60/hour")
@answers_once
def keep_edited(number: str) -> ResponseReturnValue:
    found = _own(number)
    form = _form(found.about_kind, found.about, is_sent=True)
    if not form.validate_on_submit():
        return _form_page(form, found.about_kind, found.about, 422)
    return _do_once(found, "", lambda: change_draft(found.id, form.complaint(), now()))


@bp.post(f"{DISPUTE}/deletion")
@login_required
@answers_once
def delete(number: str) -> ResponseReturnValue:
    found = _own(number)
    if not button_pressed("disputes.dispute"):
        return _stale(found)

    def deleting() -> str:
        delete_draft(found.id, now())
        return url_for("disputes.listing", done="dispute_deleted")

    return redirect(once(this_sending(), deleting, now()), 303)


@bp.post(f"{DISPUTE}/sending")
@login_required
@answers_once
def hand_in(number: str) -> ResponseReturnValue:
    return _press(number, "dispute_sent", lambda found: send(found.id, now()))


@bp.post(f"{DISPUTE}/withdrawal")
@login_required
@answers_once
def take_back(number: str) -> ResponseReturnValue:
    return _press(number, "dispute_withdrawn", lambda found: withdraw(found.id, now()))


@bp.post(f"{DISPUTE}/messages")
@login_required
@limiter.limit("20/minute")
@answers_once
def message(number: str) -> ResponseReturnValue:
    found, form = _own(number), WordsForm(prefix="say-")
    if not form.validate_on_submit():
        return _dispute_page(found, 422, saying=form)
    try:
        return _do_once(found, "dispute_said", lambda: say(found.id, form.text.data or "", now()))
    except EnoughWritten as refusal:
        form.text.errors = [*form.text.errors, refusal.text]
        return _dispute_page(found, 422, saying=form)


@bp.post(f"{DISPUTE}/contact")
@login_required
@limiter.limit("20/minute")
@answers_once
def leave_contact(number: str) -> ResponseReturnValue:
    found, form = _own(number), ContactForm(prefix="contact-")
    if not form.validate_on_submit():
        return _dispute_page(found, 422, contact=form)
    return _do_once(found, "dispute_contact", lambda: agree_as_member(found.id, form.contact.data or "", now()))


@bp.post(f"{DISPUTE}/contact/withdrawal")
@login_required
@answers_once
def take_contact_back(number: str) -> ResponseReturnValue:
    return _press(number, "dispute_contact_back", lambda found: take_back_as_member(found.id, now()))


@bp.get(f"{DISPUTE}/files/<int(max=9223372036854775807):entry_id>/<int(max=99):position>")
@login_required
def file(number: str, entry_id: int, position: int) -> ResponseReturnValue:
    """A picture that the other side sent, unless we took it out of sight."""
    picture = sent_picture(_own(number), entry_id, position, is_member=True)
    return picture_answer(picture, request.args.get("size"))


@bp.get(f"{DISPUTE}/photographs/<int(max=99):position>")
@login_required
def photograph(number: str, position: int) -> ResponseReturnValue:
    """The copy of a photograph that the member chose."""
    return picture_answer(chosen_picture(_own(number), position), request.args.get("size"))


class DisputePages(Pages):
    """Where a page of disputes stands among all."""

    def url(self, page: int) -> str:
        return url_for("disputes.listing", page=page if page > 1 else None)


def _own(number: str) -> Dispute:
    return own_dispute(db.session(), current_user.id, number)


def _form(kind: str, about: str, *, is_sent: bool = False) -> ComplaintForm:
    """With the items of this very matter as its choices. Raises NotFound for what is not one's own."""
    items = items_of(db.session(), current_user.id, kind, about, now())
    choices = choices_of(blocks_of([{"code": item.code, **item.facts} for item in items]))
    return ComplaintForm(choices) if is_sent else ComplaintForm(choices, None)


def _form_page(form: ComplaintForm, kind: str, about: str, status: int = 200) -> Response:
    covered = is_covered(db.session(), current_user.audit_ref, now())
    return _page(
        "write", status, form=form, kind=kind, about=about, undertaking=text_in(g.lang), is_covered=covered
    )  # fmt: skip


def _dispute_page(
    found: Dispute, status: int = 200, *, saying: WordsForm | None = None, contact: ContactForm | None = None
) -> Response:
    at = now()
    reached = contact_for_member(found.id, at) if found.have_both_agreed else None
    return _page(
        "dispute", status, dispute=found, shown=for_member(found), their_contact=reached, at=at,
        saying=saying or WordsForm(None, prefix="say-"), contact=contact or ContactForm(None, prefix="contact-"),
        undertaking=text_in(g.lang),
    )  # fmt: skip


def _page(template: str, status: int = 200, **facts: object) -> Response:
    return personal_page(make_response(render_template(f"disputes/{template}.html", **facts), status))


def _press(number: str, done: str, act: Callable[[Dispute], None]) -> ResponseReturnValue:
    found = _own(number)
    if not button_pressed("disputes.dispute"):
        return _stale(found)
    return _do_once(found, done, lambda: act(found))


def _do_once(found: Dispute, done: str, act: Callable[[], object]) -> ResponseReturnValue:
    """Do what a form asks for, once, or show the dispute as it stands if it has moved on."""

    def acting() -> str:
        act()
        return url_for("disputes.dispute", number=found.number, done=done or None)

    try:
        return redirect(once(this_sending(), acting, now()), 303)
    except DisputeMoved:
        return _moved(found)


def _moved(found: Dispute) -> ResponseReturnValue:
    return redirect(url_for("disputes.dispute", number=found.number, done="dispute_moved"), 303)


def _stale(found: Dispute) -> ResponseReturnValue:
    return redirect(url_for("disputes.dispute", number=found.number, done="stale"), 303)

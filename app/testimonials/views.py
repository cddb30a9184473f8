"""Customers' words: for everybody without cookies, script or sign-in; and each member's own. Clauses 1.3, 4.3.1."""

from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.notices import register_notices
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import STORED_TYPE
from app.testimonials.composing import PublicCopy, composed, copy_of
from app.testimonials.deciding import hide_reported
from app.testimonials.forms import TestimonialForm
from app.testimonials.models import Testimonial
from app.testimonials.queries import public_testimonials, testimonials_of
from app.testimonials.sending import AgreeFirst, refuse_writing, send_testimonial, withdraw_testimonial
from app.testimonials.showing import portrait_in, shown, shown_public

bp = Blueprint("testimonials", __name__)
PER_PAGE = 20
register_notices(
    {
        "testimonial_sent": ("good", _l("We have your words. Two colleagues read them before they are published.")),
        "testimonial_withdrawn": ("good", _l("Taken back. Nobody reads it any more, and it is deleted here.")),
        "testimonial_reported": (
            "good",
            _l("It is hidden now. A colleague decides about it. If you want an answer, please write to us."),
        ),
    }
)


@bp.get("/customers")
def listing() -> Response:
    page = _page_wanted()
    rows = public_testimonials().limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)
    found = db.session.scalars(rows).all()
    some = list(shown_public(found[:PER_PAGE], g.locale))
    return _page("listing", testimonials=some, page=page, has_older=len(found) > PER_PAGE)


@bp.get("/customers/<key>")
def item(key: str) -> Response:
    for each in shown_public([_public(key)], g.locale):
        return _page("item", each=each)
    raise NotFound


@bp.get("/customers/<key>/portrait")
def picture(key: str) -> Response:
    """Everybody's where it is public; its author's own before and after."""
    own = testimonials_of(current_user.id) if current_user.is_authenticated else None
    row = db.session.scalars(own.where(Testimonial.key == key)).one_or_none() if own is not None else None
    return _unkept(Response(portrait_in(row or _public(key)), mimetype=STORED_TYPE))


@bp.post("/customers/<key>/report")
@limiter.limit("30/hour")
def report(key: str) -> ResponseReturnValue:
    """Whoever says that it shows them: no sign-in, no cookie, no question."""
    if not button_pressed("testimonials.report"):
        abort(400)
    hide_reported(key, now())
    return redirect(url_for("testimonials.listing", done="testimonial_reported"), 303)


@bp.get("/customers/mine")
@login_required
def mine() -> Response:
    rows = db.session.scalars(testimonials_of(current_user.id)).all()
    with purpose(Purpose.SERVICE):
        return _page("mine", rows=[(row, shown(copy_of(row), g.locale, _picture_of(row))) for row in rows])


@bp.get("/customers/new")
@login_required
def write() -> Response:
    return _form_page(_form(None))


@bp.post("/customers/new")
@login_required
@limiter.limit("60/hour")
def preview() -> Response:
    """Shows what would be public, and keeps nothing."""
    form = _form()
    if not form.validate_on_submit():
        return _form_page(form, 422)
    return _form_page(form, copy=composed(db.session(), current_user._get_current_object(), form.chosen()))


@bp.post("/customers")
@login_required
@limiter.limit("60/hour")
@answers_once
def send() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _form_page(form, 422)
    member, chosen = current_user._get_current_object(), form.chosen()

    def sending() -> str:
        send_testimonial(member, chosen, form.seen.data or "", now())
        return url_for("testimonials.mine", done="testimonial_sent")

    try:
        return redirect(once(this_sending(), sending, now()), 303)
    except BusinessError as refusal:
        form.text.errors = [*form.text.errors, refusal.text]
        return _form_page(form, refusal.status, composed(db.session(), member, chosen))


@bp.post("/customers/<key>/withdrawal")
@login_required
@answers_once
def withdraw(key: str) -> ResponseReturnValue:
    if not button_pressed("testimonials.withdraw"):
        abort(400)

    def acting() -> str:
        withdraw_testimonial(current_user._get_current_object(), key)
        return url_for("testimonials.mine", done="testimonial_withdrawn")

    return redirect(once(this_sending(), acting, now()), 303)


def _form(*data: Any) -> TestimonialForm:
    return TestimonialForm(*data, session=db.session(), account=current_user._get_current_object())


def _form_page(form: TestimonialForm, status: int = 200, copy: PublicCopy | None = None) -> Response:
    """The form, with what stands in the way of sending it, and under it what everybody would read."""
    hindrance = None
    try:
        refuse_writing(db.session(), current_user._get_current_object(), now())
    except BusinessError as refusal:
        hindrance = refusal
    form.seen.data = copy.digest if copy else ""
    return _page(
        "write", status, form=form, hindrance=hindrance, must_agree=isinstance(hindrance, AgreeFirst),
        preview=shown(copy, g.locale, url_for("accounts.profile_picture")) if copy else None,
    )  # fmt: skip


def _public(key: str) -> Testimonial:
    row = db.session.scalars(public_testimonials().where(Testimonial.key == key)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _picture_of(row: Testimonial) -> str:
    return url_for("testimonials.picture", key=row.key)


def _page(name: str, status: int = 200, **facts: Any) -> Response:
    return _unkept(make_response(render_template(f"testimonials/{name}.html", **facts), status))


def _unkept(answer: Response) -> Response:
    """What can be taken back at any time is kept by no cache, and search engines are asked to keep none either."""
    answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    return personal_page(answer)


def _page_wanted() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1

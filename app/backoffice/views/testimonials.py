"""The desk of customers' words: reading them before they are published, and deciding what was reported. 1.3, 4.3."""

from typing import Any

from flask import Response, g, request, url_for
from flask_login import current_user
from sqlalchemy import select

from app.backoffice.forms.testimonials import TestimonialDecisionForm
from app.backoffice.paging import page_of
from app.backoffice.staffing import names_by_reference
from app.backoffice.views import bp
from app.backoffice.views.answers import Acts, actor, page, url_of_page, wanted_page
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import Form
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import STORED_TYPE
from app.testimonials import deciding
from app.testimonials.composing import copy_of
from app.testimonials.deciding import DECIDE
from app.testimonials.models import Testimonial
from app.testimonials.queries import testimonials_in
from app.testimonials.showing import portrait_in, shown
from app.testimonials.states import PUT_BACK, REFUSE, STATES, TAKE_AWAY

ONE = "/testimonials/<key>"
BUTTON = "testimonials.decide"
_ENDS = {
    REFUSE: (deciding.refuse, "testimonial_refused"),
    PUT_BACK: (deciding.put_back, "testimonial_put_back"),
    TAKE_AWAY: (deciding.take_away, "testimonial_taken_away"),
}


@bp.get("/testimonials")
@requires(DECIDE)
def testimonials() -> Any:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    rows, pager = page_of(db.session(), testimonials_in(state or None), wanted_page(), url_of_page)
    return page("testimonials", rows=rows, pager=pager, state=state, states=STATES)


@bp.get(ONE)
@requires(DECIDE)
def testimonial(key: str) -> Any:
    return _page(_found(key))


@bp.get(f"{ONE}/portrait")
@requires(DECIDE)
def testimonial_picture(key: str) -> Any:
    return personal_page(Response(portrait_in(_found(key)), mimetype=STORED_TYPE))


@bp.post(f"{ONE}/check")
@requires(DECIDE)
@answers_once
def check_testimonial(key: str) -> Any:
    return _acts.pressed(key, BUTTON, lambda: deciding.check(key, actor(), now()), "testimonial_checked")


@bp.post(f"{ONE}/publication")
@requires(DECIDE)
@answers_once
def publish_testimonial(key: str) -> Any:
    return _acts.pressed(key, BUTTON, lambda: deciding.approve(key, actor(), now()), "testimonial_published")


@bp.post(f"{ONE}/refusal")
@requires(DECIDE)
@answers_once
def refuse_testimonial(key: str) -> Any:
    return _ended(key, REFUSE)


@bp.post(f"{ONE}/return")
@requires(DECIDE)
@answers_once
def return_testimonial(key: str) -> Any:
    """Put back what was hidden after a report."""
    return _ended(key, PUT_BACK)


@bp.post(f"{ONE}/removal")
@requires(DECIDE)
@answers_once
def remove_testimonial(key: str) -> Any:
    return _ended(key, TAKE_AWAY)


def _ended(key: str, move: str) -> Any:
    form, (act, notice) = TestimonialDecisionForm(prefix=f"{move}-"), _ENDS[move]
    return _acts.typed(key, move, form, lambda: act(key, form.why.data or "", actor(), now()), notice)


def _show(key: str, status: int, forms: dict[str, Form], refusal: Any) -> Any:
    return _page(_found(key), status, forms, refusal)


_acts = Acts("backoffice.testimonial", _show, "key")


def _page(row: Testimonial, status: int = 200, forms: dict[str, Form] | None = None, refusal: Any = None) -> Any:
    fresh: dict[str, Form] = {move: TestimonialDecisionForm(None, prefix=f"{move}-") for move in _ENDS}
    copy, picture = copy_of(row), url_for("backoffice.testimonial_picture", key=row.key)
    with purpose(Purpose.SERVICE):
        return page(
            "testimonial", status, row=row, each=shown(copy, g.locale, picture), is_as_sent=copy.digest == row.digest,
            forms={**fresh, **(forms or {})}, wrong=set(forms or ()), refusal=refusal, me=current_user.audit_ref,
            names=names_by_reference(db.session()), button=BUTTON,
        )  # fmt: skip


def _found(key: str) -> Testimonial:
    row = db.session.scalars(select(Testimonial).where(Testimonial.key == key)).one_or_none()
    if row is None:
        raise NotFound
    return row

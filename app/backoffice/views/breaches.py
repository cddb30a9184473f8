"""The desk of breaches: recorded, contained, told by two people, reported, closed. Clause 5.1.5b."""

from typing import Any

from flask import g, redirect, request
from flask_login import current_user

from app.backoffice.forms.breaches import BreachForm, ContainmentForm, NoticeForm, ReportedForm
from app.backoffice.paging import page_of
from app.backoffice.staffing import names_by_reference
from app.backoffice.views import bp
from app.backoffice.views.answers import Acts, actor, page, url_of_page, wanted_page, where_done
from app.breaches import acting
from app.breaches.acting import MANAGE, due_at, figures_at_desk, open_breach, progress_of
from app.breaches.models import Breach
from app.breaches.queries import breach_by, breaches_in
from app.breaches.reporting import notices_of, report_on
from app.breaches.states import MARKS, STATES
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import Form
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.permissions import requires

BREACH = "/breaches/<number>"
ASK, RELEASE, CLOSE = "breaches.ask", "breaches.release", "breaches.close"


@bp.get("/breaches")
@requires(MANAGE)
def breaches() -> Any:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    rows, pager = page_of(db.session(), breaches_in(state or None), wanted_page(), url_of_page)
    return page(
        "breaches", breaches=rows, pager=pager, state=state, states=STATES, marks=MARKS, at=now(), due_at=due_at
    )


@bp.get("/breaches/new")
@requires(MANAGE)
def type_breach() -> Any:
    return page("breach_new", form=BreachForm(None, is_drill=bool(request.args.get("drill"))))


@bp.post("/breaches/new")
@requires(MANAGE)
@answers_once
def keep_breach() -> Any:
    form = BreachForm()
    if not form.validate_on_submit():
        return page("breach_new", 422, form=form)

    def act() -> str:
        made = open_breach(form.leak(), now(), by=actor(), is_drill=form.is_drill.data)
        return where_done("breach_opened", "backoffice.breach", number=made.number)

    return redirect(once(this_sending(), act, now()), 303)


@bp.get(BREACH)
@requires(MANAGE)
def breach(number: str) -> Any:
    return _page(_breach(number))


@bp.post(f"{BREACH}/containment")
@requires(MANAGE)
@answers_once
def contain_breach(number: str) -> Any:
    form = ContainmentForm(prefix="contain-")
    return _acts.typed(number, "contain", form, lambda: acting.note_containment(
        number, form.done.data or "", actor(), now()
    ), "breach_contained")  # fmt: skip


@bp.post(f"{BREACH}/words")
@requires(MANAGE)
@answers_once
def reword_breach(number: str) -> Any:
    form = NoticeForm(prefix="words-")
    return _acts.typed(
        number, "words", form, lambda: acting.reword(number, form.texts(), actor(), now()), "breach_reworded"
    )


@bp.post(f"{BREACH}/asking")
@requires(MANAGE)
@answers_once
def ask_breach_notices(number: str) -> Any:
    return _acts.pressed(number, ASK, lambda: acting.ask_release(number, actor(), now()), "breach_asked")


@bp.post(f"{BREACH}/release")
@requires(MANAGE)
@answers_once
def release_breach_notices(number: str) -> Any:
    return _acts.pressed(number, RELEASE, lambda: acting.release(number, actor(), now()), "breach_released")


@bp.post(f"{BREACH}/report")
@requires(MANAGE)
@answers_once
def note_breach_report(number: str) -> Any:
    form = ReportedForm(prefix="report-")
    return _acts.typed(number, "report", form, lambda: acting.note_report(
        number, form.authority.data or "", actor(), now()
    ), "breach_reported")  # fmt: skip


@bp.post(f"{BREACH}/close")
@requires(MANAGE)
@answers_once
def close_breach(number: str) -> Any:
    return _acts.pressed(number, CLOSE, lambda: acting.close(number, actor(), now()), "breach_closed")


def _show(number: str, status: int, forms: dict[str, Form], refusal: Any) -> Any:
    return _page(_breach(number), status, forms, refusal)


_acts = Acts("backoffice.breach", _show)


def _page(breach: Breach, status: int = 200, forms: dict[str, Form] | None = None, refusal: Any = None) -> Any:
    session = db.session()
    fresh: dict[str, Form] = {
        "contain": ContainmentForm(None, prefix="contain-"),
        "words": NoticeForm(None, of=breach, prefix="words-"),
        "report": ReportedForm(None, prefix="report-"),
    }
    return page(
        "breach", status, breach=breach, forms=fresh | (forms or {}), wrong=set(forms or ()), refusal=refusal,
        states=STATES, marks=MARKS, found=figures_at_desk(session, breach), progress=progress_of(session, breach),
        previews=notices_of(breach), locale=g.locale, report=report_on(breach), names=names_by_reference(session),
        me=current_user.audit_ref, due_at=due_at(breach), at=now(),
        buttons={"ask": ASK, "release": RELEASE, "close": CLOSE},
    )  # fmt: skip


def _breach(number: str) -> Breach:
    found = db.session.scalars(breach_by(number)).one_or_none()
    if found is None:
        raise NotFound
    return found

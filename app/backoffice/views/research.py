"""The desk of research: what institutions ask for, who decides it, and the totals to hand over. Clause 4.1.1(7)."""

from typing import Any

from flask import redirect, request
from flask_login import current_user

from app.backoffice.forms.research import EndResearchForm, ExamineResearchForm, ResearchForm
from app.backoffice.paging import page_of
from app.backoffice.staffing import names_by_reference
from app.backoffice.views import bp
from app.backoffice.views.answers import Acts, actor, page, url_of_page, wanted_page, where_done
from app.disclosures.kinds import STATES
from app.disclosures.opening import DECIDE, RECORD
from app.disclosures.research import deciding
from app.disclosures.research.giving import paper_for
from app.disclosures.research.models import ResearchRequest
from app.disclosures.research.tables import TABLES
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.forms import Form
from app.foundation.http_edge import personal_download
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.permissions import may, requires
from app.privacy.cases import case_numbered

ONE = "/research/<number>"
APPROVE = "research.approve"


@bp.get("/research")
@requires(RECORD)
def research() -> Any:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    rows, pager = page_of(db.session(), deciding.requests_in(state or None), wanted_page(), url_of_page)
    return page("research", rows=rows, pager=pager, state=state, states=STATES)


@bp.get("/research/new")
@requires(RECORD)
def type_research() -> Any:
    return page("research_new", form=ResearchForm(None, received_on=today()))


@bp.post("/research/new")
@requires(RECORD)
@answers_once
def keep_research() -> Any:
    form = ResearchForm()
    if not form.validate_on_submit():
        return page("research_new", 422, form=form)

    def acting() -> str:
        found = deciding.record_request(form.asked(), actor(), now())
        return where_done("research_recorded", "backoffice.research_request", number=found.number)

    return redirect(once(this_sending(), acting, now()), 303)


@bp.get(ONE)
@requires(RECORD)
def research_request(number: str) -> Any:
    return _page(_found(number))


@bp.get(f"{ONE}/document")
@requires(DECIDE)
def research_document(number: str) -> Any:
    return _file(number, "document", "bin")


@bp.get(f"{ONE}/agreement")
@requires(DECIDE)
def research_agreement(number: str) -> Any:
    return _file(number, "agreement", "bin")


@bp.get(f"{ONE}/result")
@requires(DECIDE)
def research_result(number: str) -> Any:
    return _file(number, "result", "csv")


@bp.post(f"{ONE}/examination")
@requires(DECIDE)
@answers_once
def examine_research(number: str) -> Any:
    form = ExamineResearchForm(prefix="examine-")
    act = lambda: deciding.examine_request(number, form.opinion.data or "", actor(), now())  # noqa: E731
    return _acts.typed(number, "examine", form, act, "research_examined")


@bp.post(f"{ONE}/approval")
@requires(DECIDE)
@answers_once
def approve_research(number: str) -> Any:
    return _acts.pressed(number, APPROVE, lambda: deciding.approve_request(number, actor(), now()), "research_approved")


@bp.post(f"{ONE}/end")
@requires(DECIDE)
@answers_once
def end_research(number: str) -> Any:
    """Refused while it is undecided, stopped once it is approved."""
    form = EndResearchForm(prefix="end-")
    act = lambda: deciding.end_request(number, form.why.data or "", actor(), now())  # noqa: E731
    return _acts.typed(number, "end", form, act, "research_ended")


def _show(number: str, status: int, forms: dict[str, Form], refusal: Any) -> Any:
    return _page(_found(number), status, forms, refusal)


_acts = Acts("backoffice.research_request", _show)


def _page(row: ResearchRequest, status: int = 200, forms: dict[str, Form] | None = None, refusal: Any = None) -> Any:
    fresh: dict[str, Form] = {
        "examine": ExamineResearchForm(None, prefix="examine-"),
        "end": EndResearchForm(None, prefix="end-"),
    }
    return page(
        "research_request", status, row=row, forms={**fresh, **(forms or {})}, wrong=set(forms or ()), refusal=refusal,
        tables=TABLES, names=names_by_reference(db.session()), me=current_user.audit_ref, button=APPROVE,
        may_decide=may(current_user, DECIDE),
    )  # fmt: skip


def _file(number: str, paper: str, end: str) -> Any:
    return personal_download(paper_for(number, paper, actor()), "application/octet-stream", f"{number}-{paper}.{end}")


def _found(number: str) -> ResearchRequest:
    return case_numbered(db.session(), ResearchRequest, number)

"""The desk of disclosures: what is demanded of the shop, who decides it, and the package to hand over. Chapter 4."""

from typing import Any

from flask import redirect, request
from flask_login import current_user

from app.backoffice.forms.disclosures import (
    BarForm,
    DemandForm,
    EndCaseForm,
    ExamineDemandForm,
    HoldForm,
    LiftForm,
    LookAgainForm,
    NarrowForm,
)
from app.backoffice.paging import page_of
from app.backoffice.staffing import names_by_reference
from app.backoffice.views import bp
from app.backoffice.views.answers import Acts, actor, page, sealed_file, url_of_page, wanted_page, where_done
from app.disclosures import deciding
from app.disclosures.giving import document_for, package_for, parts_of
from app.disclosures.keeping_back import GROUNDS, holds_of, keep_back, let_go
from app.disclosures.kinds import ASKED, EXAMINED, STATES
from app.disclosures.models import DisclosureCase
from app.disclosures.naming import NobodyThere
from app.disclosures.opening import DECIDE, RECORD, record_demand
from app.disclosures.queries import cases_in
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import Form
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.permissions import may, requires
from app.privacy.cases import case_numbered
from app.privacy.scope import choices

CASE = "/disclosures/<number>"
APPROVE = "disclosures.approve"


@bp.get("/disclosures")
@requires(RECORD)
def disclosures() -> Any:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    rows, pager = page_of(db.session(), cases_in(state or None), wanted_page(), url_of_page)
    return page("disclosures", cases=rows, pager=pager, state=state, states=STATES, at=now())


@bp.get("/disclosures/new")
@requires(RECORD)
def type_demand() -> Any:
    return page("disclosure_new", form=DemandForm(None, received_on=today()))


@bp.post("/disclosures/new")
@requires(RECORD)
@answers_once
def keep_demand() -> Any:
    form = DemandForm()
    if not form.validate_on_submit():
        return page("disclosure_new", 422, form=form)

    def acting() -> str:
        case = record_demand(form.demand(), actor(), now())
        return where_done("demand_recorded", "backoffice.disclosure", number=case.number)

    try:
        return redirect(once(this_sending(), acting, now()), 303)
    except BusinessError as refusal:
        field = form.persons if isinstance(refusal, NobodyThere) else form.fields
        field.errors = [*field.errors, refusal.text]
        return page("disclosure_new", refusal.status, form=form)


@bp.get(CASE)
@requires(RECORD)
def disclosure(number: str) -> Any:
    return _page(_case(number))


@bp.post(f"{CASE}/examination")
@requires(DECIDE)
@answers_once
def examine_demand(number: str) -> Any:
    form = ExamineDemandForm(prefix="examine-")
    return _acts.typed(number, "examine", form, lambda: deciding.examine(
        number, form.checked.data or "", form.opinion.data or "", actor(), now()
    ), "demand_examined")  # fmt: skip


@bp.post(f"{CASE}/approval")
@requires(DECIDE)
@answers_once
def approve_demand(number: str) -> Any:
    return _acts.pressed(number, APPROVE, lambda: deciding.approve(number, actor(), now()), "demand_approved")


@bp.post(f"{CASE}/narrowing")
@requires(DECIDE)
@answers_once
def narrow_demand(number: str) -> Any:
    form = NarrowForm(of=_case(number), prefix="narrow-")

    def act() -> object:
        kept = {int(each) for each in form.people.data or ()}
        return deciding.narrow(number, kept, form.fields.data or (), form.days(), actor(), now())

    return _acts.typed(number, "narrow", form, act, "demand_narrowed")


@bp.post(f"{CASE}/end")
@requires(DECIDE)
@answers_once
def end_demand(number: str) -> Any:
    """Refused while it is undecided, stopped once it is approved."""
    form = EndCaseForm(prefix="end-")
    end = deciding.refuse if _case(number).state in (ASKED, EXAMINED) else deciding.stop
    return _acts.typed(number, "end", form, lambda: end(number, form.why.data or "", actor(), now()), "demand_ended")


@bp.post(f"{CASE}/review")
@requires(DECIDE)
@answers_once
def review_demand(number: str) -> Any:
    form = LookAgainForm(prefix="again-")
    return _acts.typed(
        number, "again", form, lambda: deciding.look_again(number, form.finding.data or "", actor(), now()),
        "demand_reviewed",
    )  # fmt: skip


@bp.post(f"{CASE}/bar")
@requires(DECIDE)
@answers_once
def bar_demand(number: str) -> Any:
    form = BarForm(prefix="bar-")
    return _acts.typed(number, "bar", form, lambda: deciding.set_bar(
        number, form.barred_until.data, form.bar_basis.data or "", actor(), now()
    ), "demand_bar_set")  # fmt: skip


@bp.post(f"{CASE}/holds")
@requires(DECIDE)
@answers_once
def hold_demand(number: str) -> Any:
    form = HoldForm(of=_case(number), prefix="hold-")

    def act() -> object:
        held = {int(each) for each in form.people.data or ()}
        return keep_back(
            number, held, form.ground.data, form.scope.data or (), form.until.data or today(), actor(), now()
        )

    return _acts.typed(number, "hold", form, act, "demand_held")


@bp.post(f"{CASE}/holds/<int(max=9223372036854775807):hold_id>/lifting")
@requires(DECIDE)
@answers_once
def lift_hold(number: str, hold_id: int) -> Any:
    form = LiftForm(prefix=f"lift-{hold_id}-")
    return _acts.typed(
        number,
        f"lift-{hold_id}",
        form,
        lambda: let_go(number, hold_id, form.why.data, actor(), now()),
        "demand_hold_lifted",
    )


@bp.get(f"{CASE}/document")
@requires(DECIDE)
def demand_document(number: str) -> Any:
    return sealed_file(document_for(number, actor()), f"{number}.document")


@bp.get(f"{CASE}/package/<int(max=1000):part>")
@requires(DECIDE)
def demand_package(number: str, part: int) -> Any:
    return sealed_file(package_for(number, part, actor(), now()), f"{number}-{part}.zip.age")


def _show(number: str, status: int, forms: dict[str, Form], refusal: Any) -> Any:
    return _page(_case(number), status, forms, refusal)


_acts = Acts("backoffice.disclosure", _show)


def _page(case: DisclosureCase, status: int = 200, forms: dict[str, Form] | None = None, refusal: Any = None) -> Any:
    holds = db.session.scalars(holds_of(case.number)).all()
    fresh: dict[str, Form] = {
        **{f"lift-{held.id}": LiftForm(None, prefix=f"lift-{held.id}-") for held in holds},
        "examine": ExamineDemandForm(None, prefix="examine-"),
        "narrow": NarrowForm(None, of=case, prefix="narrow-"),
        "end": EndCaseForm(None, prefix="end-"),
        "hold": HoldForm(None, of=case, prefix="hold-"),
        "again": LookAgainForm(None, prefix="again-"),
        "bar": BarForm(None, prefix="bar-", barred_until=case.barred_until, bar_basis=case.bar_basis),
    }
    return page(
        "disclosure", status, case=case, forms={**fresh, **(forms or {})}, wrong=set(forms or ()), refusal=refusal,
        fields=choices(), names=names_by_reference(db.session()), me=current_user.audit_ref, button=APPROVE,
        parts=parts_of(case) if case.is_package_kept else (), may_decide=may(current_user, DECIDE), at=now(),
        on=today(), holds=holds, grounds=GROUNDS,
    )  # fmt: skip


def _case(number: str) -> DisclosureCase:
    return case_numbered(db.session(), DisclosureCase, number)

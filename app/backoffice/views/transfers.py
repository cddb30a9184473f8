"""The desk of transfers: what is to go to whom, who decides it, whom it concerns, and the package. 4.2 to 4.2.4."""

from typing import Any

from flask import Response, redirect, request
from flask_login import current_user

from app.backoffice.forms.disclosures import EndCaseForm, ExamineDemandForm
from app.backoffice.forms.payee import FreshFactorForm
from app.backoffice.forms.transfers import TransferForm
from app.backoffice.paging import page_of
from app.backoffice.staffing import names_by_reference
from app.backoffice.views import bp
from app.backoffice.views.answers import Acts, actor, page, sealed_file, url_of_page, wanted_page, where_done
from app.backoffice.views.payee import proves
from app.disclosures.naming import NobodyThere
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.forms import Form
from app.foundation.http_edge import personal_page
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.permissions import may, requires
from app.privacy.cases import case_numbered
from app.privacy.scope import choices
from app.settings import current_settings
from app.transfers import deciding, giving
from app.transfers.kinds import ASKED, EXAMINED, STATES
from app.transfers.models import TransferCase
from app.transfers.opening import DECIDE, RECORD, EndsBeforeNotice, ForeignTransferee, NoSuchClause, record_transfer
from app.transfers.queries import progress_of, transfers_in
from app.transfers.switch import are_on

CASE = "/transfers/<number>"
APPROVE, DELETE = "transfers.approve", "transfers.delete"


@bp.get("/transfers")
@requires(RECORD)
def transfers() -> Any:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    rows, pager = page_of(db.session(), transfers_in(state or None), wanted_page(), url_of_page)
    return page("transfers", cases=rows, pager=pager, state=state, states=STATES, until=_until())


@bp.get("/transfers/new")
@requires(RECORD)
def type_transfer() -> Any:
    return page("transfer_new", form=TransferForm(None), until=_until(), notice_days=deciding.notice().days)


@bp.post("/transfers/new")
@requires(RECORD)
@answers_once
def keep_transfer() -> Any:
    form = TransferForm()

    def again(status: int) -> Any:
        return page("transfer_new", status, form=form, until=_until(), notice_days=deciding.notice().days)

    if not form.validate_on_submit():
        return again(422)

    def acting() -> str:
        case = record_transfer(form.plan(), actor(), now())
        return where_done("transfer_recorded", "backoffice.transfer", number=case.number)

    try:
        return redirect(once(this_sending(), acting, now()), 303)
    except BusinessError as refusal:
        field = form[_FIELDS.get(type(refusal), "fields")]
        field.errors = [*field.errors, refusal.text]
        return again(refusal.status)


_FIELDS: dict[type[BusinessError], str] = {
    NobodyThere: "persons", NoSuchClause: "clause", ForeignTransferee: "region", EndsBeforeNotice: "expires_on",
}  # fmt: skip
"""Where an error of the act stands; any other beside the fields of the scope."""


@bp.get(CASE)
@requires(RECORD)
def transfer(number: str) -> Any:
    return _page(_case(number))


@bp.post(f"{CASE}/examination")
@requires(DECIDE)
@answers_once
def examine_transfer(number: str) -> Any:
    form = ExamineDemandForm(prefix="examine-")
    return _acts.typed(number, "examine", form, lambda: deciding.examine(
        number, form.checked.data or "", form.opinion.data or "", actor(), now()
    ), "transfer_examined")  # fmt: skip


@bp.post(f"{CASE}/approval")
@requires(DECIDE)
@answers_once
def approve_transfer(number: str) -> Any:
    return _acts.pressed(number, APPROVE, lambda: deciding.approve(number, actor(), now()), "transfer_approved")


@bp.post(f"{CASE}/end")
@requires(DECIDE)
@answers_once
def end_transfer(number: str) -> Any:
    """Refused while it is undecided, stopped once it is approved."""
    form = EndCaseForm(prefix="end-")
    end = deciding.refuse if _case(number).state in (ASKED, EXAMINED) else deciding.stop
    return _acts.typed(number, "end", form, lambda: end(number, form.why.data or "", actor(), now()), "transfer_ended")


@bp.post(f"{CASE}/package")
@requires(DECIDE)
@answers_once
def make_transfer(number: str) -> Any:
    """Have the package put together, with a fresh second factor."""
    form = FreshFactorForm(prefix="make-")
    if not form.validate_on_submit() or not proves(form):
        return _page(_case(number), 422, forms={"make": form})
    return _acts.done(number, lambda: deciding.make(number, actor(), now()), "transfer_making", {"make": form})


@bp.post(f"{CASE}/handover")
@requires(DECIDE)
def fetch_transfer(number: str) -> Any:
    """The package, for another person than had it put together, with a fresh second factor."""
    form = FreshFactorForm(prefix="fetch-")
    if not form.validate_on_submit() or not proves(form):
        return _page(_case(number), 422, forms={"fetch": form})
    try:
        pieces = giving.package_for(number, actor(), now())
    except NotFound:
        raise
    except BusinessError as refusal:
        return _page(_case(number), refusal.status, refusal=refusal.text)
    answer = Response(pieces, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.zip"'
    return personal_page(answer)


@bp.post(f"{CASE}/deletion")
@requires(DECIDE)
@answers_once
def delete_transfer(number: str) -> Any:
    return _acts.pressed(number, DELETE, lambda: giving.delete_package(number, actor()), "transfer_deleted")


@bp.get(f"{CASE}/document")
@requires(DECIDE)
def transfer_document(number: str) -> Any:
    return sealed_file(giving.document_for(number, actor()), f"{number}.document")


@bp.get(f"{CASE}/undertaking")
@requires(DECIDE)
def transfer_undertaking(number: str) -> Any:
    return sealed_file(giving.undertaking_for(number, actor()), f"{number}.undertaking")


def _show(number: str, status: int, forms: dict[str, Form], refusal: Any) -> Any:
    return _page(_case(number), status, forms, refusal)


_acts = Acts("backoffice.transfer", _show)


def _page(case: TransferCase, status: int = 200, forms: dict[str, Form] | None = None, refusal: Any = None) -> Any:
    fresh: dict[str, Form] = {
        "examine": ExamineDemandForm(None, prefix="examine-"),
        "end": EndCaseForm(None, prefix="end-"),
        "make": FreshFactorForm(None, prefix="make-"),
        "fetch": FreshFactorForm(None, prefix="fetch-"),
    }
    return page(
        "transfer", status, case=case, forms={**fresh, **(forms or {})}, wrong=set(forms or ()), refusal=refusal,
        fields=choices(), names=names_by_reference(db.session()), me=current_user.audit_ref, approving=APPROVE,
        deleting=DELETE, may_decide=may(current_user, DECIDE), at=now(), on=today(), until=_until(),
        progress=progress_of(db.session(), case), free_from=deciding.may_be_made_from(case),
        notice_days=deciding.notice().days,
    )  # fmt: skip


def _case(number: str) -> TransferCase:
    return case_numbered(db.session(), TransferCase, number)


def _until() -> Any:
    """The last day on which transfers are on; None while they are off."""
    return current_settings().transfers_until if are_on(now()) else None

"""The bank desk: statements come in, rows are matched, applied to orders, set aside. Clauses 1.1.4b, 1.1.5a."""

from functools import partial
from typing import Any

from flask import abort, redirect, request
from flask_login import current_user

from app.backoffice.bank_pages import (
    counts_by_state,
    facts_of_row,
    latest_statements,
    payers_of,
    row_or_404,
    rows_in,
    spread_by_number,
    statement_or_404,
)
from app.backoffice.forms.bank import ApplyRowForm, SetAsideForm, ShapeForm, StatementForm
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once, done, page, url_of_page, wanted_page, where_done
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.idempotency import answers_once, once, this_sending
from app.foundation.permissions import may, requires
from app.payments.approving import Approval
from app.payments.bank.checking import check_again
from app.payments.bank.deciding import ASIDE, apply_fitting, apply_row, read_row, set_aside, take_back
from app.payments.bank.importing import keep_statement
from app.payments.bank.matching import REASONS
from app.payments.bank.models import STATES, VALID, BankRow
from app.payments.bank.shapes import columns_of, likely_columns, remember
from app.payments.bank.statements import FAULTS, Columns, NotAStatement, Table, read_lines, table_in
from app.payments.models import Receipt

LARGEST_ID = 9223372036854775807
ROW = f"/bank/rows/<int(max={LARGEST_ID}):row_id>"


@bp.get("/bank")
@requires("remittances.read")
def bank() -> Any:
    return _desk(StatementForm(None))


@bp.post("/bank/statements")
@limiter.limit("20/minute")
@requires("remittances.confirm")
def import_statement() -> Any:
    form = StatementForm()
    if not form.validate_on_submit():
        return _desk(form, 422)
    try:
        table = table_in(form.content())
    except NotAStatement as refusal:
        form.refuse(refusal)
        return _desk(form, 422)
    columns = columns_of(db.session(), table)
    return _keep(table, columns) if columns else _ask_shape(table)


@bp.post("/bank/shapes")
@limiter.limit("20/minute")
@requires("remittances.confirm")
def say_shape() -> Any:
    """What a bank's columns mean, with the file once more; from then on it is known by its headings."""
    form = ShapeForm()
    try:
        table = table_in(form.content()) if hasattr(form.file.data, "stream") else None
    except NotAStatement:
        table = None
    if table is None:
        return _desk(_without_file(), 422)
    form.offer(table)
    if not form.validate_on_submit():
        return page("bank_shape", 422, form=form, table=table)
    remember(table, form.columns(), actor())
    return _keep(table, form.columns())


@bp.get(f"/bank/statements/<int(max={LARGEST_ID}):statement_id>")
@requires("remittances.read")
def statement(statement_id: int) -> Any:
    return page("bank_statement", statement=statement_or_404(db.session(), statement_id), faults=FAULTS)


@bp.post("/bank/checks")
@limiter.limit("10/minute")
@requires("remittances.confirm")
def check_rows() -> Any:
    _pressed("bank.check")
    check_again()
    return done("bank_checked", "backoffice.bank")


@bp.post("/bank/applications")
@requires("remittances.confirm")
def apply_rows() -> Any:
    """Every row that fits its order; what is above the limit waits for a second person."""
    _pressed("bank.apply")
    _, asked = apply_fitting(actor(), now())
    return done("bank_applied_some_asked" if asked else "bank_applied", "backoffice.bank")


@bp.get(ROW)
@requires("remittances.read")
def bank_row(row_id: int) -> Any:
    return _row_page(row_or_404(db.session(), row_id))


@bp.post(f"{ROW}/application")
@requires("remittances.confirm")
@answers_once
def apply_bank_row(row_id: int) -> Any:
    row = row_or_404(db.session(), row_id)
    form = ApplyRowForm(amount=row.amount)
    if not form.validate_on_submit():
        return _row_page(row, 422, applying=form)
    applying = partial(apply_row, row_id, by=actor(), at=now())
    try:
        spread = spread_by_number(db.session(), form.wanted)
        return redirect(once(this_sending(), lambda: _where_it_went(row_id, applying(spread)), now()), 303)
    except BusinessError as refusal:
        form.orders.errors = [*form.orders.errors, refusal.text]
        return _row_page(row_or_404(db.session(), row_id), 422, applying=form)


@bp.post(f"{ROW}/setting-aside")
@requires("remittances.confirm")
@answers_once
def set_bank_row_aside(row_id: int) -> Any:
    row, form = row_or_404(db.session(), row_id), SetAsideForm()
    if not form.validate_on_submit():
        return _row_page(row, 422, aside=form)
    act = partial(set_aside, row_id, form.why.data, actor(), now())
    try:
        return do_once(act, "bank_set_aside", "backoffice.bank_row", row_id=row_id)
    except BusinessError as refusal:
        form.why.errors = [*form.why.errors, refusal.text]
        return _row_page(row_or_404(db.session(), row_id), 422, aside=form)


@bp.post(f"{ROW}/return")
@requires("remittances.confirm")
def take_bank_row_back(row_id: int) -> Any:
    _pressed("bank.take_back")
    take_back(row_or_404(db.session(), row_id).id, actor())
    return done("bank_taken_back", "backoffice.bank_row", row_id=row_id)


def _where_it_went(row_id: int, became: Receipt | Approval) -> str:
    code = "second_person" if isinstance(became, Approval) else "bank_applied"
    return where_done(code, "backoffice.bank_row", row_id=row_id)


def _pressed(button: str) -> None:
    if not button_pressed(button):
        abort(400)


def _desk(form: StatementForm, status: int = 200) -> Any:
    state = request.args.get("state", VALID)
    state = state if state in STATES else VALID
    rows, pager = page_of(db.session(), rows_in(state), wanted_page(), url_of_page)
    return page(
        "bank", status, form=form, rows=rows, pager=pager, payers=payers_of(rows), state=state, states=STATES,
        counts=counts_by_state(db.session()), statements=latest_statements(db.session()), reasons_text=REASONS,
        may_confirm=may(current_user, "remittances.confirm"),
    )  # fmt: skip


def _without_file() -> StatementForm:
    form = StatementForm(None)
    form.refuse(NotAStatement())
    return form


def _ask_shape(table: Table) -> Any:
    form = ShapeForm(None)
    form.offer(table)
    form.show(likely_columns(table))
    return page("bank_shape", 422, form=form, table=table)


def _keep(table: Table, columns: Columns) -> Any:
    kept = keep_statement(read_lines(table, columns, today()), actor(), now())
    return done("statement_kept", "backoffice.statement", statement_id=kept.id)


def _row_page(row: BankRow, status: int = 200, **sent: Any) -> Any:
    payer, remark = read_row(row, actor())
    facts = facts_of_row(db.session(), row)
    applying = ApplyRowForm(None, amount=row.amount)
    applying.show([(order.spoken_number, amount) for order, amount in facts["proposal"]])
    forms = {"applying": applying, "aside": SetAsideForm(None), **sent}
    return page(
        "bank_row", status, row=row, payer=payer, remark=remark, reasons_text=REASONS, asides=ASIDE,
        may_confirm=may(current_user, "remittances.confirm"), **facts, **forms,
    )  # fmt: skip

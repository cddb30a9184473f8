"""The buyer's page of their company. Only ever one's own: there is no id in its address."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.companies.declaring import company_of, declare_company, withdraw_company
from app.companies.forms import CompanyForm
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter, personal_page
from app.foundation.personal_data import Purpose, purpose

bp = Blueprint("companies", __name__)


@bp.get("/account/company")
@login_required
def company() -> ResponseReturnValue:
    form, present = CompanyForm(None), company_of(db.session(), current_user.id)
    if present:
        with purpose(Purpose.SERVICE):
            form.name.data, form.code.data = present.name, present.code
    return _page(form)


@bp.post("/account/company")
@login_required
@limiter.limit("30/minute")
def declare() -> ResponseReturnValue:
    form = CompanyForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    declare_company(current_user._get_current_object(), form.name.data, form.code.data, now())
    return redirect(url_for("companies.company", done="company_kept"), 303)


@bp.post("/account/company/removal")
@login_required
def withdraw() -> ResponseReturnValue:
    if not button_pressed("companies.withdraw"):
        return redirect(url_for("companies.company", done="stale"), 303)
    withdraw_company(current_user._get_current_object())
    return redirect(url_for("companies.company", done="company_removed"), 303)


def _page(form: CompanyForm, status: int = 200) -> ResponseReturnValue:
    is_kept = company_of(db.session(), current_user.id) is not None
    return personal_page(make_response(render_template("companies/company.html", form=form, is_kept=is_kept), status))

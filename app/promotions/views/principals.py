"""The marketer's desk: principals, their goods, the link to their figures."""

from typing import Any

from flask import request, url_for
from flask_login import current_user

from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.permissions import requires
from app.measurement.pages import name_of_page
from app.promotions.forms import PrincipalForm
from app.promotions.principals import add_principal, edit_principal, make_link, token_of, withdraw_link
from app.promotions.queries import all_principals, principal_numbered
from app.promotions.views import bp
from app.promotions.views.campaigns import done, page, pressed
from app.settings import current_settings

PRINCIPAL = "/desk/principals/<int(max=65535):number>"


@bp.get("/desk/principals")
@requires("campaigns.manage")
def principals() -> Any:
    rows = db.session.scalars(all_principals()).all()
    return page("principals", rows=rows, day=today(), name_of_page=name_of_page)


@bp.route("/desk/principals/new", methods=["GET", "POST"])
@requires("campaigns.manage")
def new_principal() -> Any:
    form = PrincipalForm()
    if form.validate_on_submit():
        principal = add_principal(form.profile(), actor=current_user.audit_ref)
        return done("principal_saved", "promotions.principal", number=principal.id)
    return page("principal", 200 if request.method == "GET" else 422, form=form, principal=None, link=None)


@bp.route(PRINCIPAL, methods=["GET", "POST"])
@requires("campaigns.manage")
def principal(number: int) -> Any:
    found, form = principal_numbered(db.session(), number), PrincipalForm()
    if request.method == "GET":
        form.show(found)
    elif form.validate_on_submit():
        edit_principal(number, form.profile(), actor=current_user.audit_ref)
        return done("principal_saved", "promotions.principal", number=number)
    token = token_of(found)
    link = current_settings().site_url + url_for("promotions.figures", token=token) if token else None
    return page("principal", 200 if request.method == "GET" else 422, form=form, principal=found, link=link)


@bp.post(f"{PRINCIPAL}/link")
@requires("campaigns.manage")
def new_link(number: int) -> Any:
    pressed("promotions.link")
    make_link(number, today(), actor=current_user.audit_ref)
    return done("link_made", "promotions.principal", number=number)


@bp.post(f"{PRINCIPAL}/link/withdrawal")
@requires("campaigns.manage")
def no_link(number: int) -> Any:
    pressed("promotions.link")
    withdraw_link(number, actor=current_user.audit_ref)
    return done("link_withdrawn", "promotions.principal", number=number)

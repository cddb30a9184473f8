"""The warehouses: the list with what lies in each, opening, editing, closing."""

from typing import Any

from flask import abort, request
from flask_login import current_user
from sqlalchemy import func, select

from app.backoffice.forms.stock import WarehouseForm
from app.backoffice.stock_pages import Units
from app.backoffice.views import bp
from app.backoffice.views.answers import done, page
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.forms import button_pressed
from app.foundation.permissions import requires
from app.shipping.provinces import PROVINCES
from app.stock.models import StockLevel, Warehouse
from app.stock.warehouses import (
    CodeTaken,
    StillHolds,
    close_warehouse,
    edit_warehouse,
    open_warehouse,
    reopen_warehouse,
)

WAREHOUSE = "/warehouses/<int(max=2147483647):warehouse_id>"


@bp.get("/warehouses")
@requires("goods.edit")
def warehouses() -> Any:
    return _list()


@bp.route("/warehouses/new", methods=["GET", "POST"])
@requires("goods.edit")
def new_warehouse() -> Any:
    form = WarehouseForm()
    if request.method == "GET":
        form.position.data = "100"
        return page("warehouse", form=form, warehouse=None)
    if form.validate_on_submit():
        try:
            open_warehouse(form.place(), actor=current_user.audit_ref)
            return done("warehouse_opened", "backoffice.warehouses")
        except CodeTaken as refusal:
            form.code.errors = [*form.code.errors, refusal.text]
    return page("warehouse", 422, form=form, warehouse=None)


@bp.route(WAREHOUSE, methods=["GET", "POST"])
@requires("goods.edit")
def warehouse(warehouse_id: int) -> Any:
    found = db.session.get(Warehouse, warehouse_id)
    if found is None:
        raise NotFound
    form = WarehouseForm(fixed_code=found.code)
    if request.method == "GET":
        form.show(found)
        return page("warehouse", form=form, warehouse=found)
    if form.validate_on_submit():
        edit_warehouse(found.id, form.place(), actor=current_user.audit_ref)
        return done("warehouse_saved", "backoffice.warehouses")
    return page("warehouse", 422, form=form, warehouse=found)


@bp.post(f"{WAREHOUSE}/closure")
@requires("goods.edit")
def close_a_warehouse(warehouse_id: int) -> Any:
    _pressed()
    try:
        close_warehouse(warehouse_id, actor=current_user.audit_ref)
    except StillHolds as refusal:
        return _list(refusal.status, refusal.text)
    return done("warehouse_closed", "backoffice.warehouses")


@bp.post(f"{WAREHOUSE}/opening")
@requires("goods.edit")
def reopen_a_warehouse(warehouse_id: int) -> Any:
    _pressed()
    reopen_warehouse(warehouse_id, actor=current_user.audit_ref)
    return done("warehouse_reopened", "backoffice.warehouses")


def _list(status: int = 200, refusal: Any = None) -> Any:
    places = db.session.scalars(select(Warehouse).order_by(Warehouse.closed, Warehouse.position, Warehouse.id)).all()
    rows = select(StockLevel.warehouse_id, func.sum(StockLevel.on_hand), func.sum(StockLevel.held))
    units = {
        warehouse_id: Units(int(on_hand), int(held))
        for warehouse_id, on_hand, held in db.session.execute(rows.group_by(StockLevel.warehouse_id))
    }
    return page(
        "warehouses", status, warehouses=places, units=units, empty=Units(), provinces=PROVINCES, refusal=refusal
    )


def _pressed() -> None:
    if not button_pressed("backoffice.warehouses"):
        abort(400)

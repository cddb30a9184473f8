"""A SKU at the goods desk: its facts and terms, its price with history, on sale or off."""

from typing import Any

from flask import abort, request
from flask_login import current_user

from app.backoffice.forms.skus import PriceForm, SkuForm
from app.backoffice.views import bp
from app.backoffice.views.answers import done, page
from app.backoffice.views.goods import PRODUCT
from app.backoffice.views.stock import SKU
from app.catalog.errors import BadPrice, MonthMissing
from app.catalog.models import Sku
from app.catalog.pricing import prices_of, set_price
from app.catalog.publishing import product_by_id
from app.catalog.variants import add_variant, edit_variant, return_variant, sku_by_id, withdraw_variant
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.forms import button_pressed
from app.foundation.permissions import requires
from app.stock.levels import settle_available


@bp.route(f"{PRODUCT}/skus/new", methods=["GET", "POST"])
@requires("goods.edit")
def new_sku(product_id: int) -> Any:
    product, form = product_by_id(db.session(), product_id), SkuForm()
    if request.method == "GET":
        form.moq.data = "1"
        form.hashrate_unit.data = product.category.unit or ""
        return page("sku_new", product=product, form=form)
    if form.validate_on_submit():
        try:
            sku = add_variant(product.id, form.variant(), now(), actor=current_user.audit_ref)
            return done("sku_added", "backoffice.sku", sku_id=sku.id)
        except MonthMissing as refusal:
            form.delivery_month.errors = [*form.delivery_month.errors, refusal.text]
    return page("sku_new", 422, product=product, form=form)


@bp.get(SKU)
@requires("goods.edit")
def sku(sku_id: int) -> Any:
    return _page(sku_by_id(db.session(), sku_id))


@bp.post(SKU)
@requires("goods.edit")
def save_sku(sku_id: int) -> Any:
    found = sku_by_id(db.session(), sku_id)
    form = SkuForm(stored=found)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                edit_variant(found.id, form.variant(), now(), actor=current_user.audit_ref)
                if not found.product.needs_no_parcel:
                    settle_available(session, found.id)
            return done("sku_saved", "backoffice.sku", sku_id=found.id)
        except MonthMissing as refusal:
            form.delivery_month.errors = [*form.delivery_month.errors, refusal.text]
    return _page(found, 422, form=form)


@bp.post(f"{SKU}/prices")
@requires("goods.edit")
def price_sku(sku_id: int) -> Any:
    found, form = sku_by_id(db.session(), sku_id), PriceForm(prefix="price-")
    if form.validate_on_submit():
        try:
            set_price(found.id, form.price.money, now(), reason=form.reason.data, actor=current_user.audit_ref)
            return done("price_set", "backoffice.sku", sku_id=found.id)
        except BadPrice as refusal:
            form.price.errors = [*form.price.errors, refusal.text]
    return _page(found, 422, pricing=form)


@bp.post(f"{SKU}/withdrawal")
@requires("goods.edit")
def withdraw_sku(sku_id: int) -> Any:
    return _press(withdraw_variant, sku_id, "sku_withdrawn")


@bp.post(f"{SKU}/return")
@requires("goods.edit")
def return_sku(sku_id: int) -> Any:
    return _press(return_variant, sku_id, "sku_returned")


def _press(act: Any, sku_id: int, code: str) -> Any:
    if not button_pressed("backoffice.goods"):
        abort(400)
    act(sku_id, now(), actor=current_user.audit_ref)
    return done(code, "backoffice.sku", sku_id=sku_id)


def _page(found: Sku, status: int = 200, *, form: SkuForm | None = None, pricing: PriceForm | None = None) -> Any:
    if form is None:
        form = SkuForm(None)
        form.show(found)
    pricing = pricing or PriceForm(None, prefix="price-")
    return page("sku", status, sku=found, form=form, pricing=pricing, prices=prices_of(db.session(), found.id))

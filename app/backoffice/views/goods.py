"""The goods desk: the list of products, a product's page, publishing and withdrawing."""

from typing import Any

from flask import abort, request, url_for
from flask_login import current_user
from sqlalchemy import select

from app.backoffice.finding import search_text
from app.backoffice.forms.goods import MakerForm, ProductForm
from app.backoffice.goods_listing import Wanted, products_wanted
from app.backoffice.paging import page_of
from app.backoffice.stock_pages import running_low, units_by_product, units_of
from app.backoffice.views import bp
from app.backoffice.views.answers import done, page, url_of_page, wanted_page
from app.catalog.errors import AddressTaken, NoAddress, NothingToShow
from app.catalog.makers import MakerKnown, add_maker
from app.catalog.models import COIN, Brand, Category, Product
from app.catalog.pictures import pictures_of
from app.catalog.publishing import create_product, edit_product, product_by_id, publish, withdraw
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.forms import button_pressed
from app.foundation.permissions import requires

PRODUCT = "/goods/<int(max=2147483647):product_id>"


@bp.get("/goods")
@requires("goods.edit")
def goods() -> Any:
    wanted = Wanted.of(request.args, search_text(request.args.get("q")))
    products, pager = page_of(db.session(), products_wanted(wanted), wanted_page(), url_of_page)
    units = units_by_product(db.session(), products)
    brands = db.session.scalars(select(Brand).order_by(Brand.name_en)).all()
    return page("goods", products=products, pager=pager, wanted=wanted, units=units, brands=brands)


@bp.get("/goods/low-stock")
@requires("goods.edit")
def low_stock() -> Any:
    skus, pager = page_of(db.session(), running_low(), wanted_page(), url_of_page)
    return page("low_stock", skus=skus, pager=pager, units=units_of(db.session(), [sku.id for sku in skus]))


@bp.route("/goods/new", methods=["GET", "POST"])
@requires("goods.edit")
def new_product() -> Any:
    form = _offered(ProductForm())
    if request.method == "GET":
        return page("product_new", form=form)
    if form.validate_on_submit():
        try:
            product = create_product(form.text(), now(), actor=current_user.audit_ref)
            return done("product_created", "backoffice.product", product_id=product.id)
        except (AddressTaken, NoAddress) as refusal:
            form.model.errors = [*form.model.errors, refusal.text]
    return page("product_new", 422, form=form)


@bp.get(PRODUCT)
@requires("goods.edit")
def product(product_id: int) -> Any:
    return product_page(product_by_id(db.session(), product_id))


@bp.post(PRODUCT)
@requires("goods.edit")
def save_product(product_id: int) -> Any:
    found, form = product_by_id(db.session(), product_id), _offered(ProductForm())
    if form.validate_on_submit():
        try:
            edit_product(found.id, form.text(), now(), actor=current_user.audit_ref)
            return done("product_saved", "backoffice.product", product_id=found.id)
        except (AddressTaken, NoAddress) as refusal:
            form.model.errors = [*form.model.errors, refusal.text]
    return product_page(found, 422, form=form)


@bp.post(f"{PRODUCT}/publication")
@requires("goods.edit")
def publish_product(product_id: int) -> Any:
    _pressed("backoffice.goods")
    try:
        publish(product_id, now(), actor=current_user.audit_ref)
    except NothingToShow as refusal:
        return product_page(product_by_id(db.session(), product_id), refusal.status, refusal=refusal.text)
    return done("product_published", "backoffice.product", product_id=product_id)


@bp.post(f"{PRODUCT}/withdrawal")
@requires("goods.edit")
def withdraw_product(product_id: int) -> Any:
    _pressed("backoffice.goods")
    withdraw(product_id, now(), actor=current_user.audit_ref)
    return done("product_withdrawn", "backoffice.product", product_id=product_id)


@bp.route("/goods/makers/new", methods=["GET", "POST"])
@requires("goods.edit")
def new_maker() -> Any:
    form = MakerForm()
    if request.method == "GET":
        return page("maker", form=form)
    if form.validate_on_submit():
        try:
            add_maker(form.name_zh.data, form.name_en.data, form.words(), actor=current_user.audit_ref)
            return done("maker_added", "backoffice.new_product")
        except (MakerKnown, NoAddress) as refusal:
            form.name_en.errors = [*form.name_en.errors, refusal.text]
    return page("maker", 422, form=form)


def product_page(found: Product, status: int = 200, *, form: ProductForm | None = None, **more: Any) -> Any:
    """A product with its variants and pictures; `form` holds what was typed and refused."""
    if form is None:
        form = _offered(ProductForm(None))
        form.show(found)
    units = units_of(db.session(), [sku.id for sku in found.skus])
    pictures = pictures_of(db.session(), found.id)
    seen_at = url_for("catalog.product", slug=found.slug) if found.is_published else None
    return page("product", status, product=found, form=form, units=units, pictures=pictures, seen_at=seen_at, **more)


def _offered(form: ProductForm) -> ProductForm:
    categories = db.session.scalars(select(Category).order_by(Category.kind, Category.position, Category.id)).all()
    brands = db.session.scalars(select(Brand).order_by(Brand.name_en)).all()
    coins = [each for each in categories if each.kind == COIN]
    form.offer(brands, [each for each in categories if each.kind != COIN], coins)
    return form


def _pressed(name: str) -> None:
    if not button_pressed(name):
        abort(400)

"""The stock page of a SKU: levels by warehouse, three ways to change them, and the ledger of movements."""

from typing import Any

from flask_login import current_user

from app.backoffice.forms.stock import AdjustForm, MoveForm, ReceiveForm, StockForm
from app.backoffice.paging import page_of
from app.backoffice.stock_pages import levels_of
from app.backoffice.views import bp
from app.backoffice.views.answers import do_once, page, url_of_page, wanted_page
from app.catalog.models import Sku
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.stock.models import Warehouse
from app.stock.moving import move
from app.stock.queries import lots_of, movements_of, open_warehouses
from app.stock.receiving import adjust, receive

SKU = "/goods/skus/<int(max=2147483647):sku_id>"


def sku_or_404(sku_id: int) -> Sku:
    """A SKU that has or could have stock or not. Raises NotFound."""
    sku = db.session.get(Sku, sku_id)
    if sku is None:
        raise NotFound
    return sku


@bp.get(f"{SKU}/stock")
@requires("goods.edit")
def sku_stock(sku_id: int) -> Any:
    return _page(sku_or_404(sku_id))


@bp.post(f"{SKU}/receipts")
@requires("goods.edit")
@answers_once
def receive_stock(sku_id: int) -> Any:
    form = ReceiveForm(prefix="receive-")

    def act() -> None:
        receive(sku_id, int(form.warehouse.data), form.quantity.whole or 0, now(), **_why(form))

    return _change(sku_id, form, act, "received")


@bp.post(f"{SKU}/adjustments")
@requires("goods.edit")
@answers_once
def adjust_stock(sku_id: int) -> Any:
    form = AdjustForm(prefix="adjust-")

    def act() -> None:
        adjust(sku_id, int(form.warehouse.data), form.difference, now(), **_why(form))

    return _change(sku_id, form, act, "adjusted")


@bp.post(f"{SKU}/moves")
@requires("goods.edit")
@answers_once
def move_stock(sku_id: int) -> Any:
    form = MoveForm(prefix="move-")

    def act() -> None:
        origin, target = int(form.warehouse.data), int(form.target.data)
        move(sku_id, origin, target, form.quantity.whole or 0, now(), **_why(form))

    return _change(sku_id, form, act, "moved")


def _why(form: StockForm) -> dict[str, Any]:
    return {"lot": form.lot.data, "reason": form.reason.data, "actor": current_user.audit_ref}


def _change(sku_id: int, form: StockForm, act: Any, code: str) -> Any:
    """Check the form, do the act once; a refusal stands at the number of units."""
    sku = sku_or_404(sku_id)
    _offer(sku, form)
    if sku.product.needs_no_parcel or not form.validate_on_submit():
        return _page(sku, 422, form)
    try:
        return do_once(act, code, "backoffice.sku_stock", sku_id=sku_id)
    except BusinessError as refusal:
        form.quantity.errors = [*form.quantity.errors, refusal.text]
        return _page(sku, 422, form)


def _offer(sku: Sku, *forms: StockForm) -> None:
    warehouses, lots = db.session.scalars(open_warehouses()).all(), db.session.scalars(lots_of(sku.id)).all()
    for form in forms:
        form.offer(warehouses, lots)


def _page(sku: Sku, status: int = 200, sent: StockForm | None = None) -> Any:
    empty = (ReceiveForm(None, prefix="receive-"), AdjustForm(None, prefix="adjust-"), MoveForm(None, prefix="move-"))
    forms = [sent if sent and type(sent) is type(form) else form for form in empty]
    _offer(sku, *forms)
    movements, pager = page_of(db.session(), movements_of(sku.id), wanted_page(), url_of_page)
    places = {place.id: place for place in db.session.query(Warehouse)}
    return page(
        "stock", status, sku=sku, levels=levels_of(db.session(), sku.id), forms=forms, sent=sent,
        movements=movements, pager=pager, places=places,
    )  # fmt: skip

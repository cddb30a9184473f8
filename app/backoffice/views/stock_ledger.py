"""The ledger of stock over all SKUs: newest first, by SKU or by order."""

from typing import Any

from flask import request
from sqlalchemy import select

from app.backoffice.finding import search_text
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import page, url_of_page, wanted_page
from app.catalog.models import Sku
from app.foundation.database import db
from app.foundation.permissions import requires
from app.orders.models import Order
from app.orders.numbers import order_number_in
from app.stock.models import StockMovement, Warehouse
from app.stock.queries import all_movements


@bp.get("/stock")
@requires("goods.edit")
def stock_ledger() -> Any:
    session, text, rows = db.session(), search_text(request.args.get("q")), all_movements()
    if number := order_number_in(text):
        rows = rows.where(StockMovement.order_ref.in_(select(Order.id).where(Order.number == number)))
    elif text:
        rows = rows.where(StockMovement.sku_id.in_(select(Sku.id).where(Sku.code.startswith(text, autoescape=True))))
    movements, pager = page_of(session, rows, wanted_page(), url_of_page)
    codes = select(Sku.id, Sku.code).where(Sku.id.in_({each.sku_id for each in movements}))
    numbers = select(Order.id, Order.number).where(Order.id.in_({each.order_ref for each in movements}))
    return page(
        "stock_ledger", movements=movements, pager=pager, text=text,
        skus={sku_id: code for sku_id, code in session.execute(codes)},
        orders={order_id: number for order_id, number in session.execute(numbers)},
        places={place.id: place for place in session.scalars(select(Warehouse))},
    )  # fmt: skip

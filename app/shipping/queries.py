"""Which parcels an order left in, what is in them, and which of its goods are machines."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Product, Sku
from app.catalog.vocabulary import MACHINE
from app.orders.models import Order, OrderLine, OrderPart
from app.shipping.models import Parcel


def parcels_of(session: Session, order_id: int) -> dict[int, list[Parcel]]:
    """The parcels of an order by the key of its part, in the order in which they left."""
    query = select(Parcel).join(OrderPart, OrderPart.id == Parcel.part_id).where(OrderPart.order_id == order_id)
    found: dict[int, list[Parcel]] = defaultdict(list)
    for parcel in session.scalars(query.order_by(Parcel.part_id, Parcel.position)):
        found[parcel.part_id].append(parcel)
    return found


def machine_lines(session: Session, order: Order) -> set[int]:
    """Keys of the order's lines whose units leave by serial number."""
    rows = (
        select(OrderLine.id)
        .join(OrderPart, OrderPart.id == OrderLine.part_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(OrderPart.order_id == order.id, Product.kind == MACHINE)
    )
    return set(session.scalars(rows))

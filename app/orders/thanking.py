"""What the page that thanks for an order tells, once for each order: whose goods were bought. Clause 2.6.

The mark on the order is set whatever the buyer's browser allows, so that no order row tells what a browser chose.
"""

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.catalog.models import Brand, Product, Sku
from app.foundation.database import db, transaction
from app.measurement.purchases import Bought
from app.orders.models import Order
from app.promotions.queries import principals_selling


def bought_at_first_sight(order: Order) -> Bought:
    """Numbers of principals and the amount, at the first call for an order; nothing at any later one."""
    if order.was_thanked or not _is_marked_now(order):
        return Bought()
    lines = order.lines
    brands = select(Brand.code).join(Product).join(Sku).where(Sku.id.in_([line.sku_id for line in lines])).distinct()
    codes = db.session.scalars(brands).all()
    return Bought(principals_selling(db.session(), codes, [line.slug for line in lines]), order.goods)


def _is_marked_now(order: Order) -> bool:
    """True for the one call that set the mark; a store that cannot be written costs a count and never the page."""
    try:
        with transaction() as session:
            unthanked = update(Order).where(Order.id == order.id, Order.was_thanked.is_(False))
            return session.execute(unthanked.values(was_thanked=True)).rowcount == 1  # type: ignore[attr-defined]
    except OperationalError:
        return False

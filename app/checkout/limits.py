"""How much a buyer may hold unpaid: so many orders, and of each SKU its share of the stock. FLOWS.md 1.

Without a limit a handful of orders that nobody means to pay takes a machine off sale for days.
"""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.errors import BusinessError
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order, OrderLine, OrderPart
from app.stock.queries import on_hand_in_total

MOST_ORDERS = 5
UNITS_FOR_ANYONE = 10
"""So many units of a SKU a buyer may always hold unpaid, and above that one half of those that there are."""


class TooManyUnpaidOrders(BusinessError):
    """The account holds goods in as many unpaid orders as it may."""

    message = _l("You have %(most)s unpaid orders. Please pay or cancel one before placing another.", most=MOST_ORDERS)


class TooManyUnpaidUnits(BusinessError):
    """The account would hold more units of a SKU unpaid than it may. `sku_id` says which, `most` how many it may."""

    message = _l("That is more of one machine than may be held unpaid. Please order fewer.")

    def __init__(self, sku_id: int, most: int) -> None:
        super().__init__(sku_id, most)
        self.sku_id, self.most = sku_id, most

    @property
    def text(self) -> LazyString:
        return _l(
            "Until they are paid you may hold at most %(most)s units of one kind, counting your other unpaid orders. "
            "Please order fewer, or pay an order first.",
            most=self.most,
        )


def check_units(session: Session, account_id: int, wants: Mapping[int, int]) -> None:
    """Whether an account may hold these units (by SKU, without services) beside those of its unpaid orders.

    Raises TooManyUnpaidUnits.
    """
    held = _held_unpaid(session, account_id, wants)
    many = {sku_id: units for sku_id, wanted in wants.items() if (units := wanted + held[sku_id]) > UNITS_FOR_ANYONE}
    for sku_id, there_are in on_hand_in_total(session, many).items():
        most = max(UNITS_FOR_ANYONE, there_are // 2)
        if many[sku_id] > most:
            raise TooManyUnpaidUnits(sku_id, most)


def _held_unpaid(session: Session, account_id: int, wants: Mapping[int, int]) -> dict[int, int]:
    mine = (Order.account_id == account_id, Order.state == AWAITING_PAYMENT)
    rows = (
        select(OrderLine.sku_id, func.sum(OrderLine.quantity))
        .join(OrderPart, OrderPart.id == OrderLine.part_id)
        .join(Order, Order.id == OrderPart.order_id)
        .where(*mine, OrderLine.sku_id.in_(wants))
        .group_by(OrderLine.sku_id)
    )
    return dict.fromkeys(wants, 0) | {sku_id: int(units) for sku_id, units in session.execute(rows)}

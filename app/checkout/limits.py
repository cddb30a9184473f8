"""How much a buyer, or a company with all its accounts, may hold unpaid: orders, of each SKU a share. FLOWS 1.

Without a limit a handful of orders that nobody means to pay takes a machine off sale for days, and without one for the
company five accounts would do it. That a company is the buyer's is only what the buyer says; who says nothing has the
limits of one account.
"""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.foundation.errors import BusinessError
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order, OrderLine, OrderPart
from app.stock.queries import on_hand_in_total

MOST_ORDERS = 5
MOST_ORDERS_OF_COMPANY = 15
UNITS_FOR_ANYONE = 10
"""So many units of a SKU a buyer or company may always hold unpaid, and above that one half of those that there are."""


class TooManyUnpaidOrders(BusinessError):
    """The account holds goods in as many unpaid orders as it may."""

    message = _l("You have %(most)s unpaid orders. Please pay or cancel one before placing another.", most=MOST_ORDERS)


class TooManyUnpaidOrdersOfCompany(TooManyUnpaidOrders):
    """The accounts of a company together hold goods in as many unpaid orders as they may."""

    message = _l(
        "The accounts of your company have %(most)s unpaid orders. Please pay or cancel one before placing another.",
        most=MOST_ORDERS_OF_COMPANY,
    )


class TooManyUnpaidUnits(BusinessError):
    """The account or its company would hold more units of a SKU unpaid than it may.

    `sku_id` says which, `most` how many it may.
    """

    message = _l("That is more of one machine than may be held unpaid. Please order fewer.")

    def __init__(self, sku_id: int, most: int) -> None:
        super().__init__(sku_id, most)
        self.sku_id, self.most = sku_id, most

    @property
    def text(self) -> LazyString:
        return _l(
            "Until they are paid you may hold at most %(most)s units of one kind, counting the other unpaid orders of "
            "your account and your company. "
            "Please order fewer, or pay an order first.",
            most=self.most,
        )


def check_company(session: Session, company_key: bytes) -> None:
    """Whether a company, given by its key, may have another unpaid order. Raises TooManyUnpaidOrdersOfCompany."""
    unpaid = select(Order.id).where(_of_company(company_key), Order.state == AWAITING_PAYMENT)
    if len(session.scalars(unpaid.limit(MOST_ORDERS_OF_COMPANY)).all()) >= MOST_ORDERS_OF_COMPANY:
        raise TooManyUnpaidOrdersOfCompany


def check_units(session: Session, account_id: int, company_key: bytes | None, wants: Mapping[int, int]) -> None:
    """Whether an account may hold these units (by SKU, without services) beside those of its unpaid orders.

    With a company, beside those of all accounts of the company. Raises TooManyUnpaidUnits.
    """
    theirs = _of_company(company_key) if company_key else Order.account_id == account_id
    held = _held_unpaid(session, theirs, wants)
    many = {sku_id: units for sku_id, wanted in wants.items() if (units := wanted + held[sku_id]) > UNITS_FOR_ANYONE}
    for sku_id, there_are in on_hand_in_total(session, many).items():
        most = max(UNITS_FOR_ANYONE, there_are // 2)
        if many[sku_id] > most:
            raise TooManyUnpaidUnits(sku_id, most)


def _of_company(company_key: bytes) -> ColumnElement[bool]:
    return Order.account_id.in_(select(Company.account_id).where(Company.name_key == company_key))


def _held_unpaid(session: Session, theirs: ColumnElement[bool], wants: Mapping[int, int]) -> dict[int, int]:
    rows = (
        select(OrderLine.sku_id, func.sum(OrderLine.quantity))
        .join(OrderPart, OrderPart.id == OrderLine.part_id)
        .join(Order, Order.id == OrderPart.order_id)
        .where(theirs, Order.state == AWAITING_PAYMENT, OrderLine.sku_id.in_(wants))
        .group_by(OrderLine.sku_id)
    )
    return dict.fromkeys(wants, 0) | {sku_id: int(units) for sku_id, units in session.execute(rows)}

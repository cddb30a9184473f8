"""A stranger fills a cart, registers, orders and remits; clerks confirm and ship; the parcel arrives. No script."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.foundation.clock import today
from app.foundation.database import db
from app.foundation.money import Money
from app.notifications.models import OutboxMessage
from app.orders.models import Order
from app.payments.queries import remittance_of
from tests.accounts.builders import a_staff_member, signed_in
from tests.accounts.visiting import register
from tests.journeys.browsing import Visitor
from tests.stock.builders import a_stocked_sku, level_of

NUMBER = "+8613812345678"


def a_slip() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "JPEG")
    out.seek(0)
    return out


def somebody(app: Flask, role: str) -> Visitor:
    visitor = Visitor(app)
    signed_in(visitor.client, a_staff_member(role))
    return visitor


def the_order() -> Order:
    db.session.expire_all()
    return db.session.scalars(select(Order)).one()


@pytest.mark.clause("1.1.3a")
@pytest.mark.clause("1.1.5a")
def test_from_a_strangers_cart_to_the_confirmed_receipt(app: Flask):
    sku, [place] = a_stocked_sku(10, price=Money.yuan("13999.00"), weight_g=14_000)
    buyer, finance, clerk = Visitor(app), somebody(app, "finance"), somebody(app, "clerk")

    buyer.open(f"/zh-cn/products/{sku.product.slug}")
    buyer.send("/cart/lines", quantity="3")
    assert "41,997" in buyer.page.text
    register(buyer.client, NUMBER, name="王小明")
    assert "41,997" in buyer.open("/zh-cn/cart").text

    buyer.open("/zh-cn/checkout")
    buyer.send("", warehouse="鄂尔多斯一号仓", consignee="王小明", address="内蒙古鄂尔多斯 8 号", mobile="13812345678")
    buyer.send("/checkout")
    order = the_order()
    code = remittance_of(db.session(), order.id).spoken_code
    assert code in buyer.page.text and level_of(sku, place) == (10, 3)
    buyer.send("/voucher", picture=(a_slip(), "slip.jpg"))

    assert "王小明" not in finance.open(f"/zh-cn/desk/orders/{order.number}").text
    statement = {"reference": "2026112300417", "amount": str(order.total), "received_on": today().isoformat()}
    finance.send("/payment", **{f"payment-{name}": value for name, value in statement.items()})
    clerk.open(f"/zh-cn/desk/orders/{order.number}")
    parcel = {"carrier": "sf", "tracking_number": "SF1234567890", "serials1": "HTM3X0000001 HTM3X0000002 HTM3X0000003"}
    clerk.send("/shipment", **{f"part1-{name}": value for name, value in parcel.items()})
    assert level_of(sku, place) == (7, 0)

    assert "SF1234567890" in buyer.open(f"/zh-cn/orders/{order.number}").text
    buyer.send("/receipt")
    assert the_order().state == "completed" and "已完成" in buyer.page.text
    told = db.session.scalars(select(OutboxMessage.code).where(OutboxMessage.channel == "site")).all()
    assert {"order.placed", "order.paid", "order.shipped"} <= set(told)

"""What deliveries leave behind goes on the day that the policy names."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.foundation.clock import Clock
from app.foundation.database import db
from app.orders.receiving import complete_received
from app.shipping.forgetting import forget_old_deliveries
from app.shipping.models import ParcelUnit
from tests.shipping.builders import send_all
from tests.shipping.test_handing_over import a_paid_order
from tests.stock.builders import a_stocked_sku


def kept() -> int:
    forget_old_deliveries()
    return db.session.scalar(select(func.count()).select_from(ParcelUnit)) or 0


@pytest.mark.parametrize(("months", "days"), [(12, 364), (None, 39)])
def test_serial_numbers_go_with_the_warranty_and_not_before_the_delivery_is_over(
    app: Flask, clock: Clock, months: int | None, days: int
):
    sku, _ = a_stocked_sku(3, warranty_months=months)
    send_all(a_paid_order(sku, quantity=2))
    clock.travel(days=10)
    complete_received()
    clock.travel(days=days - 10)
    assert kept() == 2
    clock.travel(days=3)
    assert kept() == 0

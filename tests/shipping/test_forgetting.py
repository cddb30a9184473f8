"""What deliveries leave behind goes on the day that the policy names."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.orders.receiving import complete_received
from app.privacy.keeping import enforce
from app.shipping.carrier_links import make_link
from app.shipping.models import CarrierLink, CarrierMessage, ParcelUnit, TrackingEvent
from app.shipping.pushed import take_push
from app.shipping.queries import parcels_of
from app.shipping.reporting import report_by_hand
from app.shipping.tracking import UNDER_WAY, Happening
from tests.shipping.builders import CLERK, send_all
from tests.shipping.test_handing_over import a_paid_order
from tests.stock.builders import a_stocked_sku


def kept() -> int:
    enforce(now())
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


@pytest.mark.clause("1.1.5b")
def test_what_carriers_reported_and_were_given_goes_thirty_days_after_the_receipt(app: Flask, clock: Clock):
    order = a_paid_order()
    send_all(order)
    [parcel] = parcels_of(db.session(), order.id)[order.parts[0].id]
    make_link(parcel.id, CLERK, now())
    report_by_hand(parcel.id, Happening(now(), UNDER_WAY, "left"), CLERK, now())
    clock.travel(days=10, minutes=1)
    complete_received()
    take_push(parcel.id, "{}", "", now())
    kinds = (TrackingEvent, CarrierLink, CarrierMessage)
    for days, left in ((29.9, [1, 1, 1]), (0.2, [0, 0, 0])):
        clock.travel(days=days)
        enforce(now())
        assert [db.session.scalar(select(func.count()).select_from(kind)) for kind in kinds] == left

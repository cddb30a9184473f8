"""The shipping desk after a parcel has left: reports by hand, and the carrier's link."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import db
from app.orders.models import Order
from app.shipping import tracking
from app.shipping.queries import parcels_of
from tests.accounts.builders import signed_in
from tests.backoffice.builders import Desk, a_shipped_order
from tests.checkout.builders import CONSIGNEE


def report(desk: Desk, order: Order, **fields: str):
    moment = (now() + timedelta(minutes=1)).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    sent = {"state": "delivering", "at": moment, "place": "鄂尔多斯", "text": "专线车辆已出发", **fields}
    part = order.parts[0]
    return desk.post(f"/orders/{order.number}/parts/1/parcels/1/reports", "ReportForm", sent, f"report{part.id}-1-")


def press_link(desk: Desk, order: Order, end: str = ""):
    return desk.post(f"/orders/{order.number}/parts/1/parcels/1/link{end}", "backoffice.carrier-link")


def test_a_clerk_reports_for_heavy_freight_and_the_buyer_reads_it(app):
    order, desk = a_shipped_order(), Desk(app, "clerk")
    assert report(desk, order).status_code == 303
    [parcel] = parcels_of(db.session(), order.id)[order.parts[0].id]
    assert parcel.state == tracking.DELIVERING
    assert "【鄂尔多斯】专线车辆已出发" in desk.get(f"/orders/{order.number}").get_data(as_text=True)
    buyer = signed_in(app.test_client(), db.session.get_one(Account, order.account_id))
    page = buyer.get(f"/en/orders/{order.number}").text
    assert "【鄂尔多斯】专线车辆已出发" in page and "Out for delivery" in page
    entry = db.session.query(LedgerEntry).filter_by(event="parcel.reported").one()
    assert (entry.actor, entry.facts["state"]) == (desk.account.audit_ref, tracking.DELIVERING)


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", "tomorrow"), ("at", "2020-01-01 10:00"), ("at", "2099-01-01 10:00"), ("at", "2026-02-30 10:00"), ("at", ""),
     ("state", "handed"), ("state", "x" * 999), ("place", ""), ("place", "x" * 61), ("text", ""), ("text", "\x00")],
)  # fmt: skip
def test_what_cannot_be_reported_is_refused_at_its_field_and_stays_typed(app, field, value):
    order, desk = a_shipped_order(), Desk(app, "clerk")
    answer = report(desk, order, **{field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'id="report{order.parts[0].id}-1-{field}-error"' in page
    assert field == "place" or 'value="鄂尔多斯"' in page


@pytest.mark.parametrize("role", ["finance", "marketer"])
def test_only_who_may_ship_reports_and_gives_links(app, role):
    order, desk = a_shipped_order(), Desk(app, role)
    assert report(desk, order).status_code == 403
    assert press_link(desk, order).status_code == 403


def test_a_clerk_gives_the_carrier_a_link_and_takes_it_back(app, client):
    order, desk = a_shipped_order(), Desk(app, "clerk")
    assert press_link(desk, order).status_code == 303
    page = unescape(desk.get(f"/orders/{order.number}").get_data(as_text=True))
    path = re.search(r"/en/carrier/[\w.-]+", page)
    assert path and CONSIGNEE["address"] in client.get(path[0]).text
    assert CONSIGNEE["address"] not in page
    assert press_link(desk, order, "/end").status_code == 303
    assert client.get(path[0]).status_code == 410


@pytest.mark.parametrize("parcel", ["0", "2", "1000"])
def test_a_parcel_that_is_not_there_is_not_found(app, parcel):
    order, desk = a_shipped_order(), Desk(app, "clerk")
    path = f"/orders/{order.number}/parts/1/parcels/{parcel}/link"
    assert desk.post(path, "backoffice.carrier-link").status_code == 404

"""The desk of money that no order has used: shown, used for an order, refused at its field. FLOWS.md 2, 3."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.money import ZERO, Money
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.payments.models import Receipt
from tests.backoffice.builders import Desk
from tests.backoffice.test_orders_desk import HOSTILE, queries_of
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.stock.builders import a_stocked_sku


def late_money(*skus) -> Receipt:
    order = an_order(*skus)
    cancel(order.id, Actor("buyer", 1), now())
    return pay(order).receipt


def use(desk: Desk, receipt: Receipt, number: str, amount: str):
    fields = {"number": number, "amount": amount}
    return desk.post(f"/receipts/{receipt.id}/allocations", "ApplyReceiptForm", fields)


def rest_of(receipt: Receipt) -> Money:
    db.session.expire_all()
    return db.session.get_one(Receipt, receipt.id).rest


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_late_money_is_on_the_desk_and_leads_to_its_order(app: Flask, lang: str):
    receipt, desk = late_money(), Desk(app, "finance")
    for path in ("/receipts", f"/receipts/{receipt.id}"):
        page = desk.get(path, lang).get_data(as_text=True)
        assert receipt.reference in page and receipt.meant_order and receipt.meant_order.spoken_number in page
    assert "/desk/receipts" in desk.get("", lang).get_data(as_text=True)


def test_late_money_pays_for_another_order(app: Flask):
    receipt, desk = late_money(), Desk(app, "finance")
    order = an_order()
    answer = use(desk, receipt, order.spoken_number, str(receipt.amount))
    assert answer.status_code == 303 and answer.headers["Location"].endswith("done=desk_receipt_applied")
    assert rest_of(receipt) == ZERO and db.session.get_one(Order, order.id).state == "awaiting_shipment"
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "receipt.applied")).one()
    assert (entry.actor, entry.facts["order"]) == (desk.account.audit_ref, order.number)
    assert receipt.reference not in desk.get("/receipts").get_data(as_text=True)
    assert order.spoken_number in desk.get(f"/receipts/{receipt.id}").get_data(as_text=True)


def test_a_form_sent_twice_applies_the_money_once_and_another_amount_in_it_is_refused(app: Flask):
    receipt, order, desk = late_money(), an_order(), Desk(app, "finance")
    data = {"number": order.number, "amount": "1.00", "form_token": desk.token("ApplyReceiptForm")}
    path = f"/en/desk/receipts/{receipt.id}/allocations"
    first, again = (desk.client.post(path, data=data) for _ in range(2))
    assert first.status_code == 303 and first.location == again.location
    assert rest_of(receipt) == receipt.amount - Money.yuan(1)
    assert desk.client.post(path, data={**data, "amount": "2.00"}).status_code == 422
    assert rest_of(receipt) == receipt.amount - Money.yuan(1)


@pytest.mark.parametrize("number", [*HOSTILE, "482109375562"])
def test_a_number_of_no_order_is_refused_at_its_field(app: Flask, number: str):
    receipt, desk = late_money(), Desk(app, "finance")
    answer = use(desk, receipt, number, "1")
    assert (answer.status_code, rest_of(receipt)) == (422, receipt.amount)
    assert 'id="number-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("amount", [*(each for each in HOSTILE if each != "９９９"), "9999999.99"])
def test_an_impossible_amount_is_refused_at_its_field(app: Flask, amount: str):
    receipt, order, desk = late_money(), an_order(), Desk(app, "finance")
    answer = use(desk, receipt, order.number, amount)
    assert (answer.status_code, rest_of(receipt)) == (422, receipt.amount)
    assert 'id="amount-error"' in answer.get_data(as_text=True)


def test_an_order_that_ended_takes_no_money(app: Flask):
    receipt, desk = late_money(), Desk(app, "finance")
    assert receipt.meant_order
    answer = use(desk, receipt, receipt.meant_order.number, "1")
    assert answer.status_code == 422 and "is cancelled" in answer.get_data(as_text=True)


def test_a_clerk_sees_the_money_and_has_no_button(app: Flask):
    receipt = late_money()
    page = Desk(app, "clerk").get(f"/receipts/{receipt.id}").get_data(as_text=True)
    assert receipt.reference in page and "/allocations" not in page


def test_nobodys_receipt_is_not_found(app: Flask):
    desk = Desk(app, "finance")
    for path in ("/receipts/7", "/receipts/x", f"/receipts/{2**63}", "/receipts/-1"):
        assert desk.get(path).status_code == 404, path


def test_the_desk_takes_as_many_queries_for_many_receipts_as_for_one(app: Flask):
    sku, _ = a_stocked_sku(50)
    desk, seen = Desk(app, "finance"), []
    desk.get("/receipts")
    for more in (1, 6):
        for _ in range(more):
            late_money(sku)
        seen.append(queries_of(lambda: desk.get("/receipts")))
    assert seen[0] == seen[1] <= 14

"""The order desk: found, paid, shipped, closed, cancelled; each press by the lifecycle's table and audited."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import event, select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import today
from app.foundation.database import db
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_RECEIPT, AWAITING_SHIPMENT, CANCELLED, COMPLETED, Actor
from app.orders.models import Order
from app.payments.queries import remittance_of
from app.payments.vouchers import add_voucher
from app.shipping.queries import parcels_of
from tests.backoffice.builders import Desk, a_paid_order, a_shipped_order
from tests.catalog.builders import a_service
from tests.checkout.builders import CONSIGNEE, an_order
from tests.payments.online import an_online_order
from tests.stock.builders import a_stocked_sku

FORM = "ConfirmRemittanceForm"
HOSTILE = [
    "",
    "abc",
    "-1",
    "0",
    "1e9",
    "９９９",
    "99999999999999999999",
    "'; DROP TABLE orders--",
    "\x00",
    "😀",
    "1" * 5000,
]


def state_of(order: Order) -> str:
    db.session.expire_all()
    return db.session.get_one(Order, order.id).state


def entries(event_name: str) -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == event_name)))


def pay(desk: Desk, order: Order, amount: str | None = None, day: str | None = None, **more: str):
    statement = {"reference": "2026112300417", "received_on": day or today().isoformat()}
    fields = {**statement, "amount": str(order.total) if amount is None else amount, **more}
    return desk.post(f"/orders/{order.number}/payment", FORM, fields, "payment-")


def hand_over(desk: Desk, order: Order, carrier: str = "sf", number: str = "SF1234567890", **more: str):
    fields = {"carrier": carrier, "tracking_number": number, "serials1": "HTM3X0000001", **more}
    return desk.post(f"/orders/{order.number}/parts/1/shipment", "ShipForm", fields, "part1-")


def test_finance_confirms_a_remittance_to_the_fen(app):
    order, desk = an_order(), Desk(app, "finance")
    answer = pay(desk, order)
    assert (answer.status_code, state_of(order)) == (303, AWAITING_SHIPMENT)
    paid = entries("order.pay")[0]
    assert (paid.actor, paid.facts["order"]) == (desk.account.audit_ref, order.number)


@pytest.mark.parametrize("amount", ["0.01", *HOSTILE])
def test_another_amount_is_refused_at_its_field_and_what_was_typed_stays(app, amount):
    order, desk = an_order(), Desk(app, "finance")
    answer = pay(desk, order, amount=amount)
    assert (answer.status_code, state_of(order)) == (422, AWAITING_PAYMENT)
    page = answer.get_data(as_text=True)
    assert 'id="payment-amount-error"' in page
    if amount == "0.01":
        assert 'value="0.01"' in page


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-31", "0000-00-00", "99999-01-01", "1970-01-01", "9" * 40])
def test_an_impossible_day_is_refused_at_its_field(app, day):
    order, desk = an_order(), Desk(app, "finance")
    answer = pay(desk, order, day=day or " ")
    assert (answer.status_code, state_of(order)) == (422, AWAITING_PAYMENT)
    assert 'id="payment-received_on-error"' in answer.get_data(as_text=True)


def test_a_remittance_cannot_have_arrived_tomorrow(app):
    order, desk = an_order(), Desk(app, "finance")
    assert pay(desk, order, day=(today() + timedelta(days=1)).isoformat()).status_code == 422
    assert state_of(order) == AWAITING_PAYMENT


@pytest.mark.parametrize("reference", [each for each in HOSTILE if each != "99999999999999999999"])
def test_what_cannot_be_a_banks_number_is_refused_at_its_field(app, reference):
    order, desk = an_order(), Desk(app, "finance")
    answer = pay(desk, order, reference=reference)
    assert (answer.status_code, state_of(order)) == (422, AWAITING_PAYMENT)
    assert 'id="payment-reference-error"' in answer.get_data(as_text=True)


def test_another_amount_is_taken_with_a_tick_and_the_order_waits_for_the_rest(app):
    order, desk = an_order(), Desk(app, "finance")
    answer = pay(desk, order, amount="0.01", differs="y")
    assert answer.headers["Location"].endswith("done=desk_payment_partial")
    page = desk.get(f"/orders/{order.number}").get_data(as_text=True)
    assert state_of(order) == AWAITING_PAYMENT and "Still due" in page and "2026112300417" in page


def test_confirming_the_same_transfer_twice_is_the_same_answer(app):
    order, desk = an_order(), Desk(app, "finance")
    first = pay(desk, order)
    again = pay(desk, order, differs="y")
    assert again.headers["Location"] == first.headers["Location"]
    assert len(entries("order.pay")) == len(entries("receipt.recorded")) == 1


def test_a_form_sent_twice_is_answered_alike_though_nothing_is_due_any_more(app):
    order, desk = an_order(), Desk(app, "finance")
    data = {"reference": "2026112300417", "amount": str(order.total), "received_on": today().isoformat()}
    data = {f"payment-{name}": value for name, value in {**data, "form_token": desk.token(FORM)}.items()}
    path = f"/en/desk/orders/{order.number}/payment"
    first, again = (desk.client.post(path, data=data) for _ in range(2))
    assert first.status_code == again.status_code == 303 and first.location == again.location
    assert desk.client.post(path, data={**data, "payment-reference": "2026112300418"}).status_code == 422
    assert len(entries("receipt.recorded")) == 1


def test_a_number_of_another_payment_is_refused_at_its_field(app):
    order, desk = an_order(), Desk(app, "finance")
    pay(desk, order)
    answer = pay(desk, an_order(), amount="0.01", differs="y")
    assert answer.status_code == 422 and 'id="payment-reference-error"' in answer.get_data(as_text=True)


def test_money_for_a_cancelled_order_is_kept_and_leads_to_where_it_lies(app):
    order, desk = an_order(), Desk(app, "manager")
    desk.post(f"/orders/{order.number}/cancellation", "backoffice.cancel")
    assert "More money arrived" in desk.get(f"/orders/{order.number}").get_data(as_text=True)
    answer = pay(desk, order, differs="y")
    assert "/desk/receipts/" in answer.headers["Location"] and "desk_payment_late" in answer.headers["Location"]
    assert state_of(order) == CANCELLED


def test_a_clerk_ships_a_paid_part(app):
    order, desk = a_paid_order(), Desk(app, "clerk")
    assert hand_over(desk, order, "deppon", "dpk 123 456 789").status_code == 303
    db.session.expire_all()
    part = db.session.get_one(Order, order.id).parts[0]
    [parcel] = parcels_of(db.session(), order.id)[part.id]
    assert (part.state, parcel.carrier, parcel.tracking_number) == (AWAITING_RECEIPT, "deppon", "DPK123456789")
    assert "DPK123456789" in desk.get(f"/orders/{order.number}").get_data(as_text=True)


@pytest.mark.parametrize("number", [value for value in HOSTILE if value != "99999999999999999999"])
def test_a_wrong_tracking_number_is_refused_at_its_field(app, number):
    order, desk = a_paid_order(), Desk(app, "clerk")
    answer = hand_over(desk, order, number=number)
    assert (answer.status_code, state_of(order)) == (422, AWAITING_SHIPMENT)
    assert 'id="part1-tracking_number-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("carrier", ["", "pigeon", "sf" * 500])
def test_an_unlisted_carrier_is_refused_at_its_field(app, carrier):
    order, desk = a_paid_order(), Desk(app, "clerk")
    answer = hand_over(desk, order, carrier=carrier)
    assert (answer.status_code, state_of(order)) == (422, AWAITING_SHIPMENT)
    assert 'id="part1-carrier-error"' in answer.get_data(as_text=True)


def test_an_unpaid_part_does_not_ship(app):
    order, desk = an_order(), Desk(app, "clerk")
    assert hand_over(desk, order).status_code == 409
    assert state_of(order) == AWAITING_PAYMENT


def test_a_service_is_started_without_a_parcel(app):
    order, desk = a_paid_order(a_service()), Desk(app, "clerk")
    answer = desk.post(f"/orders/{order.number}/parts/1/shipment", "backoffice.ship")
    assert (answer.status_code, state_of(order)) == (303, AWAITING_RECEIPT)


def test_a_clerk_closes_a_part_with_proof_of_delivery(app):
    order, desk = a_shipped_order(), Desk(app, "clerk")
    answer = desk.post(f"/orders/{order.number}/parts/1/completion", "backoffice.complete")
    assert (answer.status_code, state_of(order)) == (303, COMPLETED)


def test_a_clerk_cancels_an_unpaid_order_and_not_a_paid_one(app):
    unpaid, paid, desk = an_order(), a_paid_order(), Desk(app, "clerk")
    assert desk.post(f"/orders/{unpaid.number}/cancellation", "backoffice.cancel").status_code == 303
    assert desk.post(f"/orders/{paid.number}/cancellation", "backoffice.cancel").status_code == 409
    assert (state_of(unpaid), state_of(paid)) == (CANCELLED, AWAITING_SHIPMENT)


@pytest.mark.parametrize("path", ["cancellation", "parts/1/completion"])
def test_a_button_without_its_token_does_nothing(app, path):
    order, desk = an_order(), Desk(app, "clerk")
    answer = desk.post(f"/orders/{order.number}/{path}", "another.form")
    assert (answer.status_code, state_of(order)) == (400, AWAITING_PAYMENT)


def test_a_stale_form_keeps_what_was_typed(app, clock):
    order, desk = a_paid_order(), Desk(app, "clerk")
    token = desk.token("ShipForm")
    data = {"part1-carrier": "sf", "part1-tracking_number": "SF99887766", "part1-form_token": f"0.{token}"}
    answer = desk.client.post(f"/en/desk/orders/{order.number}/parts/1/shipment", data=data)
    assert (answer.status_code, state_of(order)) == (422, AWAITING_SHIPMENT)
    assert 'value="SF99887766"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", ["clerk", "finance", "manager"])
def test_an_order_that_is_paid_online_opens_too_and_has_no_remittance_code(app, role):
    order = an_online_order()
    page = Desk(app, role).get(f"/orders/{order.number}")
    assert page.status_code == 200 and "Online payment" in page.text and "Remittance code" not in page.text


def test_the_buttons_are_those_of_the_table(app):
    order = an_order()
    finance, clerk = (
        Desk(app, role).get(f"/orders/{order.number}").get_data(as_text=True) for role in ("finance", "clerk")
    )
    paying, cancelling = f"/orders/{order.number}/payment", f"/orders/{order.number}/cancellation"
    assert (paying in finance, cancelling in finance) == (True, False)
    assert (paying in clerk, cancelling in clerk) == (False, True)


def test_an_order_is_found_by_its_number_and_by_its_remittance_code_however_they_are_typed(app):
    order, other, desk = an_order(), an_order(), Desk(app, "clerk")
    code = remittance_of(db.session(), order.id).spoken_code
    for text in (order.number, order.spoken_number, code, f" {code.replace(' ', '-')} "):
        page = desk.client.get("/en/desk/orders", query_string={"q": text}).get_data(as_text=True)
        assert order.spoken_number in page and other.spoken_number not in page, text


def test_a_mistyped_number_is_called_so(app):
    order, desk = an_order(), Desk(app, "clerk")
    wrong = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)
    page = desk.client.get("/en/desk/orders", query_string={"q": wrong}).get_data(as_text=True)
    assert "a digit is wrong or missing" in page


@pytest.mark.parametrize("value", [*HOSTILE, "\ud800".encode("utf-8", "surrogatepass")])
def test_no_address_of_the_lists_breaks(app, value):
    an_order()
    desk = Desk(app, "manager")
    for path in ("orders", "remittances", "ledger", "goods"):
        query = {name: value for name in ("q", "state", "page", "show", "kind", "brand")}
        assert desk.client.get(f"/en/desk/{path}", query_string=query).status_code == 200, path


def test_a_number_that_is_nobodys_is_not_found(app):
    desk = Desk(app, "clerk")
    for number in ("482109375562", "1", "x" * 300, "%00", "４８２１"):
        assert desk.get(f"/orders/{number}").status_code == 404, number


def test_the_list_takes_as_many_queries_for_many_orders_as_for_one(app):
    sku, _ = a_stocked_sku(50)
    desk, seen = Desk(app, "clerk"), []
    an_order(sku)
    desk.get("/orders")
    for more in (0, 6):
        for _ in range(more):
            an_order(sku)
        seen.append(queries_of(lambda: desk.get("/orders")))
    assert seen[0] == seen[1] <= 14


def queries_of(act) -> int:
    count = 0

    def counting(*_):
        nonlocal count
        count += 1

    db.session.expire_all()
    event.listen(db.engine, "before_cursor_execute", counting)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", counting)
    return count


@pytest.mark.clause("5.1.1d")
def test_no_list_and_no_page_of_the_staff_shows_a_whole_consignee(app):
    order = an_order()
    desk = Desk(app, "manager")
    for path in ("", "/orders", f"/orders/{order.number}", "/remittances", "/ledger"):
        page = desk.get(path).get_data(as_text=True)
        for part, value in CONSIGNEE.items():
            assert value not in page, (path, part)
    assert "138****8000" in desk.get("/orders").get_data(as_text=True)


def test_the_voucher_is_shown_to_finance_and_each_look_is_on_the_ledger(app):
    order, desk = an_order(), Desk(app, "finance")
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    add_voucher(order, picture.getvalue(), Actor("buyer", 5), order.placed_at)
    answer = desk.get(f"/orders/{order.number}/voucher")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/webp", "no-store")
    assert entries("voucher.read")[0].actor == desk.account.audit_ref
    assert order.spoken_number in desk.get("/remittances?show=voucher").get_data(as_text=True)


def test_a_remittance_is_found_by_its_code(app):
    order, desk = an_order(), Desk(app, "finance")
    code = remittance_of(db.session(), order.id).code
    answer = desk.get(f"/remittances?q={code}")
    assert answer.headers["Location"].startswith(f"/en/desk/orders/{order.number}")


def test_pages_about_orders_are_kept_by_no_cache(app):
    order, desk = an_order(), Desk(app, "clerk")
    for path in ("", "/orders", f"/orders/{order.number}"):
        assert desk.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"serials1": ""}, "serials1"),
        ({"serials1": "HTM3X0000001 HTM3X0000001"}, "serials1"),
        ({"serials1": "<script>alert(1)</script>"}, "serials1"),
        ({"serials1": "HTM3X0000001", "quantity1": "2"}, "serials1"),
        ({"quantity1": "-1"}, "quantity1"),
        ({"quantity1": "99"}, "quantity1"),
        ({"quantity1": "1e9"}, "quantity1"),
        ({"quantity1": "９９９９９"}, "quantity1"),
        ({"quantity1": ""}, "quantity1"),
    ],
)
def test_what_cannot_be_in_a_parcel_is_refused_at_its_field_and_stays_typed(app, typed, field):
    sku, _ = a_stocked_sku(9)
    order, desk = a_paid_order(sku, quantity=3), Desk(app, "clerk")
    answer = hand_over(desk, order, **typed)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, state_of(order)) == (422, AWAITING_SHIPMENT)
    assert f'id="part1-{field}-error"' in page and 'value="SF1234567890"' in page


def test_two_clerks_at_one_page_ship_one_parcel_and_one_reads_why(app):
    sku, _ = a_stocked_sku(9)
    order, first, second = a_paid_order(sku, quantity=3), Desk(app, "clerk"), Desk(app, "clerk")
    assert hand_over(first, order, quantity1="2", serials1="HTM3X0000001 HTM3X0000002").status_code == 303
    late = hand_over(
        second, order, number="SF7777777", quantity1="3", serials1="HTM3X0000003 HTM3X0000004 HTM3X0000005"
    )
    page = late.get_data(as_text=True)
    assert late.status_code == 409 and "Only 1 of these are still to be sent" in page
    assert "SF7777777" in page and "HTM3X0000005" in page and "HTM3X0000001" in page


def test_the_page_of_an_order_takes_as_many_queries_for_many_parcels_as_for_one(app):
    sku, _ = a_stocked_sku(50)
    order, desk, seen = a_paid_order(sku, quantity=9), Desk(app, "clerk"), []
    desk.get(f"/orders/{order.number}")
    for parcel in range(6):
        hand_over(desk, order, number=f"SF000000{parcel}", quantity1="1", serials1=f"HTM3X000000{parcel}")
        seen.append(queries_of(lambda: desk.get(f"/orders/{order.number}")))
    assert len(set(seen)) == 1, seen

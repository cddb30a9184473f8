"""An unusual order from placing to release or refusal: nothing of it leaves before a person has looked. Clause 2.4."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.devices import trust_device
from app.accounts.events import SIGNED_IN, SecurityEvent
from app.accounts.known_browsers import Browser, is_known_browser
from app.accounts.models import Account
from app.foundation.alarms import standing
from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now
from app.foundation.database import db, transaction
from app.foundation.jobs import DUTIES, run_duty
from app.foundation.money import Money
from app.notifications.models import OutboxMessage
from app.orders.checking import NothingToCheck, address_key_of, refuse, release, waiting_checks
from app.orders.guards import CheckAwaited, OrderRefused
from app.orders.lifecycle import CANCELLED, Actor, MoveNotAllowed
from app.orders.models import Order
from app.orders.receiving import confirm_receipt
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import a_buyer, an_address, an_order, in_cart, place
from tests.checkout.pages import hidden_fields
from tests.payments.builders import pay
from tests.shipping.builders import send_all
from tests.stock.builders import a_stocked_sku

CLERK, FINANCE = Actor("clerk", 5), Actor("finance", 6)
FIREFOX = Browser("Firefox, Linux", "", is_trusted=False)


@pytest.fixture(autouse=True)
def the_amounts_of_a_real_shop(request: pytest.FixtureRequest) -> Iterator[None]:
    shop = request.getfixturevalue("pg_shop" if "pg_shop" in request.fixturenames else "app")
    kept = shop.extensions["settings"]
    shop.extensions["settings"] = replace(kept, unusual_order_from=500_000, unusual_order_if_new_from=100_000)
    yield
    shop.extensions["settings"] = kept


def of_amount(yuan: int, account: Account | None = None, **given: Any) -> Order:
    sku, _ = a_stocked_sku(9, price=Money.yuan(yuan))
    return an_order(sku, account=account, **given)


def stands(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def told(order: Order) -> list[str]:
    mine = select(OutboxMessage.code).where(OutboxMessage.about == order.number).distinct()
    return [code for code in db.session.scalars(mine) if code in ("order.checking", "order.released", "order.refused")]


def signed_in_before(account: Account, ago: timedelta, browser: str = "Firefox, Linux", place: str = "") -> None:
    with transaction() as session:
        event = SecurityEvent(account_id=account.id, at=now() - ago, kind=SIGNED_IN, browser=browser, place=place)
        session.add(event)


def one_who_bought_before() -> Account:
    account = a_buyer()
    order = of_amount(1000, account)
    pay(order)
    send_all(stands(order))
    confirm_receipt(order.parts[0].id, Actor("buyer", account.audit_ref), now())
    return account


@pytest.mark.clause("2.4")
def test_an_unusual_order_can_be_paid_but_not_shipped_until_it_is_released(app: Flask):
    order = of_amount(100_000)
    assert stands(order).is_being_checked and told(order) == ["order.checking"]
    pay(order)
    with pytest.raises(CheckAwaited):
        send_all(stands(order))
    release(order.id, CLERK, now())
    send_all(stands(order))
    assert stands(order).state == "awaiting_receipt" and "order.released" in told(order)
    assert [event.name for event in order.events][-2:] == ["release", "ship"]


def test_a_small_first_order_goes_on_by_itself(app: Flask):
    order = of_amount(50_000)
    assert not order.is_being_checked and order.check_reasons == "" and told(order) == []


def test_a_refused_paid_order_never_leaves_and_its_buyer_is_told(app: Flask):
    order = of_amount(100_000)
    pay(order)
    refuse(order.id, CLERK, now())
    with pytest.raises(OrderRefused):
        send_all(stands(order))
    assert "order.refused" in told(order) and stands(order).paid == order.total
    with pytest.raises(NothingToCheck):
        release(order.id, CLERK, now())


def test_a_refused_unpaid_order_is_cancelled_and_its_units_are_free(app: Flask):
    order = of_amount(100_000)
    refuse(order.id, CLERK, now())
    assert stands(order).state == CANCELLED and list(db.session.scalars(waiting_checks())) == []
    assert sorted(event.name for event in order.events) == ["cancel", "place", "refuse"]


def test_who_may_not_check_decides_nothing_and_a_cancelled_order_waits_no_more(app: Flask):
    order = of_amount(100_000)
    for act in (release, refuse):
        with pytest.raises(MoveNotAllowed):
            act(order.id, FINANCE, now())
    assert stands(order).is_being_checked
    refuse(order.id, CLERK, now())
    with pytest.raises(NothingToCheck):
        refuse(order.id, CLERK, now())


def test_the_reasons_are_codes_on_the_order_and_on_the_ledger(app: Flask):
    order = of_amount(600_000)
    assert stands(order).check_reasons == "high_amount new_address"
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "order.unusual")).one()
    assert entry.facts == {"order": order.number, "reasons": "high_amount new_address"}


def test_an_address_is_known_once_goods_were_received_there_however_it_is_written(app: Flask):
    account = one_who_bought_before()
    again = of_amount(100_000, account)
    assert not again.is_being_checked
    elsewhere = an_address(account, address="广东省深圳市南山区别处 9 号")
    sku, _ = a_stocked_sku(5, price=Money.yuan(100_000))
    in_cart(account, sku)
    assert place(account, address_id=elsewhere.id).check_reasons == "high_amount new_address"
    assert address_key_of("广东省 深圳市1号") == address_key_of("广东省深圳市１号")


def test_a_browser_is_known_a_day_after_it_signed_in_from_there_or_when_it_is_trusted(app: Flask):
    account = an_account()
    signed_in_before(account, timedelta(hours=23))

    def knows(browser: Browser) -> bool:
        return is_known_browser(db.session(), account.id, browser, now())

    assert not knows(FIREFOX) and knows(replace(FIREFOX, is_trusted=True))
    signed_in_before(account, timedelta(hours=25))
    assert knows(FIREFOX) and not knows(replace(FIREFOX, place="RU"))
    assert not knows(replace(FIREFOX, family="Chrome, Windows"))


@pytest.mark.clause("2.4")
def test_an_account_that_bought_before_waits_on_a_new_device_with_a_new_address(app: Flask, client: FlaskClient):
    account = one_who_bought_before()
    an_order_on_a_page(signed_in(client, account), account, address="广东省深圳市福田区 3 号")
    [order] = db.session.scalars(waiting_checks()).all()
    assert order.check_reasons == "new_device new_address"
    with transaction() as session:
        client.set_cookie("device", trust_device(session, account.id, "Firefox, Linux"))
    assert an_order_on_a_page(client, account, address="四川省成都市 4 号").status_code == 303
    assert db.session.scalars(waiting_checks()).all() == [order]


def an_order_on_a_page(client: FlaskClient, account: Account, address: str) -> Any:
    in_cart(account, a_stocked_sku(5, price=Money.yuan(1000))[0])
    chosen = an_address(account, address=address)
    page = client.get(f"/en/checkout?address={chosen.id}").text
    return client.post("/en/checkout", data=hidden_fields(page, "/en/checkout"))


@pytest.mark.clause("2.4")
def test_what_is_unusual_changes_no_price_and_no_term(app: Flask):
    sku, _ = a_stocked_sku(9, price=Money.yuan(100_000))
    usual, unusual = one_who_bought_before(), a_buyer()
    orders = [an_order(sku, account=account) for account in (usual, unusual)]
    assert [order.is_being_checked for order in orders] == [False, True]
    assert (
        len({(order.total, order.freight, order.deposit, order.hold_until - order.placed_at) for order in orders}) == 1
    )


def test_an_order_that_waits_for_more_than_a_day_is_an_alarm_until_somebody_looks(app: Flask, clock: Clock):
    order = of_amount(100_000)
    duty = DUTIES["orders.watch_checks"]
    clock.freeze(now() + timedelta(hours=23, minutes=59))
    assert run_duty(app, duty) and not standing(db.session())
    clock.travel(minutes=2)
    assert run_duty(app, duty)
    [alarm] = standing(db.session())
    assert (alarm.name, alarm.facts) == ("unusual", {"orders": 1})
    release(order.id, CLERK, now())
    assert run_duty(app, duty) and not standing(db.session())


@pytest.mark.parametrize(("lang", "said"), [("en", "Being checked by a person"), ("zh-cn", "正在人工核对")])
def test_the_buyer_reads_that_a_person_checks_and_never_why(app: Flask, client: FlaskClient, lang: str, said: str):
    account = an_account()
    an_address(account)
    order = of_amount(100_000, account)
    browser = signed_in(client, account)
    for page in (f"orders/{order.number}", f"orders/{order.number}/remittance"):
        text = browser.get(f"/{lang}/{page}").text
        assert said in text and "High amount" not in text and "金额较大" not in text
    release(order.id, CLERK, now())
    assert said not in browser.get(f"/{lang}/orders/{order.number}").text


def test_an_unusual_order_waits_and_is_released_on_postgresql_too(pg_shop: Flask):
    order = of_amount(100_000)
    pay(order)
    with pytest.raises(CheckAwaited):
        send_all(stands(order))
    release(order.id, CLERK, now())
    send_all(stands(order))
    assert stands(order).state == "awaiting_receipt"

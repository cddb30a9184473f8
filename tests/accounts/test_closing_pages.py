"""Closing one's account on its pages, and the desk that decides. Clause 5.2.2a."""

import pytest

from app.accounts.models import Account
from app.foundation.database import db
from app.privacy.closures import APPROVED, REFUSED, WAITING, WITHDRAWN, Closure
from tests.accounts.builders import PASSWORD, an_account, signed_in
from tests.accounts.visiting import send
from tests.backoffice.builders import Desk
from tests.checkout.builders import an_order
from tests.privacy.closures import all_of, applied, erased


def newest():
    db.session.expire_all()
    return all_of(Closure)[-1]


@pytest.mark.clause("5.2.2a")
def test_closing_takes_the_password_and_nothing_else(client):
    signed_in(client, an_account())
    assert send(client, "/en/account/closure", present="wrong password").status_code == 422 and not all_of(Closure)
    done = send(client, "/en/account/closure", present=PASSWORD)
    assert done.status_code == 303 and newest().state == WAITING
    page = client.get("/en/account/closure").text
    assert "Decision at the latest" in page and "/privacy/closure/" in page and "Withdraw the application" in page


def test_what_is_open_is_said_before_and_after_applying(client):
    order = an_order()
    signed_in(client, db.session.get(Account, order.account_id))
    assert order.spoken_number in client.get("/en/account/closure").text
    send(client, "/en/account/closure", present=PASSWORD)
    assert order.spoken_number in client.get("/zh-cn/account/closure").text


def test_the_application_can_be_withdrawn_on_the_page(client):
    signed_in(client, an_account())
    send(client, "/en/account/closure", present=PASSWORD)
    done = send(client, "/en/account/closure/withdrawal", client.get("/en/account/closure"))
    assert done.status_code == 303 and newest().state == WITHDRAWN


def test_the_status_is_read_without_an_account(client, app):
    signed_in(client, an_account())
    send(client, "/en/account/closure", present=PASSWORD)
    from app.privacy.closing import receipt_address

    address = receipt_address(newest())
    stranger = app.test_client()
    page = stranger.get(address[address.index("/", 8) :])
    assert page.status_code == 200 and "Being reviewed" in page.text or "审核中" in page.text


@pytest.mark.clause("5.2.2a")
def test_a_reviewer_approves_or_answers_at_the_desk(app):
    desk = Desk(app, "clerk")
    clean, with_order = applied(an_account()), applied(db.session.get(Account, an_order().account_id))
    page = desk.get("/closures").text
    assert "An order is not paid yet." in page
    assert desk.post(f"/closures/{clean.id}/approval", "closures.approve").status_code == 303
    assert desk.post(f"/closures/{with_order.id}/approval", "closures.approve").status_code == 409
    assert desk.post(f"/closures/{with_order.id}/refusal", "closures.refuse").status_code == 303
    db.session.expire_all()
    assert (db.session.get(Closure, clean.id).state, db.session.get(Closure, with_order.id).state) == (
        APPROVED,
        REFUSED,
    )
    assert "Being erased" in desk.get("/closures").text


def test_finance_does_not_decide_closures(app):
    closure = applied(an_account())
    assert Desk(app, "finance").post(f"/closures/{closure.id}/approval", "closures.approve").status_code == 403


@pytest.mark.clause("5.1.3b")
def test_the_desk_shows_every_rule_and_that_nothing_is_past_its_time(app):
    page = Desk(app, "manager").get("/keeping").text
    assert "security_events" in page and "Past its time: 0" in page


@pytest.mark.clause("3.2(1)b")
def test_the_receipt_takes_the_shops_cookies_and_the_counting_with_it(client, app):
    from app.privacy.erasure_receipt import receipt_token

    closure = erased(an_account())
    answer = client.get(f"/en/privacy/closure/{receipt_token(closure)}")
    deleted = {header.split("=")[0] for header in answer.headers.getlist("Set-Cookie") if "Max-Age=0" in header}
    assert {"sid", "device", "cart", "prefs"} <= deleted
    assert "/m/b.gif" in answer.text

"""After the last day one notice is served and nothing about anybody is left. Clause 5.2.3."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts import after_the_end
from app.accounts.after_the_end import erase_everybody
from app.accounts.ending import ServiceEndDelivery, announce_to_all
from app.accounts.models import Account
from app.accounts.registering import keep_registration
from app.foundation.clock import now, today
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.privacy.closures import ERASED, Closure
from app.privacy.erasing import carry_on_all
from app.privacy.service_end import announce_end, announced, announced_end, known_end, propose_end
from app.support.asking import Question, open_ticket
from app.support.models import Ticket
from tests.accounts.builders import a_staff_member, an_account
from tests.checkout.builders import an_address, an_order
from tests.payments.bank.builders import a_row
from tests.privacy.closures import all_of
from tests.privacy.publishers import ANOTHER, ONE

pytestmark = pytest.mark.clause("5.2.3")
BUYER = Actor("buyer", 7)


def the_end(clock: Any, *, years: int = 0) -> None:
    """Announced, told to everybody, and its last day over."""
    announce_end(propose_end(today() + timedelta(days=30), ONE, now()).id, ANOTHER, now())
    announce_to_all()
    clock.travel(days=32 + 365 * years)
    known_end().forget()


def a_shop_full_of_people() -> None:
    """Members with orders that are over, staff, a guest who asked, somebody who never finished registering."""
    for _ in range(3):
        account = an_account()
        an_address(account, consignee="Alice Wang")
        cancel(an_order(account=account).id, BUYER, now())
    a_staff_member("manager")
    open_ticket(Question("delivery", "Where is my machine?"), None, now())
    keep_registration("+8613977000002", "a good long password", None)


def keys() -> list[int]:
    return data_keys().after(0, 1000)


@pytest.mark.parametrize("years", [0, 3])
def test_nobody_is_left_and_no_key_opens_anything(app: Flask, clock, years):
    a_shop_full_of_people()
    orders = len(all_of(Order))
    the_end(clock, years=years)
    assert erase_everybody() == 4
    erase_everybody()
    assert all_of(Account) == all_of(Ticket) == all_of(OutboxMessage) == [] == keys()
    assert len(all_of(Order)) == orders and {order.account_id for order in all_of(Order)} == {None}
    assert {closure.state for closure in all_of(Closure)} == {ERASED} and len(all_of(ServiceEndDelivery)) == 8
    assert announced(db.session()).ended_at and erase_everybody() == 0


def test_before_the_last_day_is_over_nobody_is_erased(app: Flask, clock):
    an_account()
    announce_end(propose_end(today() + timedelta(days=30), ONE, now()).id, ANOTHER, now())
    announce_to_all()
    clock.travel(days=29)
    assert erase_everybody() == 0 and len(all_of(Account)) == 1


def test_whoever_has_an_open_order_and_the_staff_stay_until_it_is_settled(app: Flask, clock):
    buyer, order = an_account(), None
    an_address(buyer)
    order = an_order(account=buyer)
    an_account()
    a_staff_member()
    the_end(clock)
    assert erase_everybody() == 1 and announced_end().ended_at is None
    assert sorted(account.is_staff for account in all_of(Account)) == [False, True]
    cancel(order.id, BUYER, now())
    assert erase_everybody() == 2 and announced_end().ended_at


def test_what_accounting_law_asks_for_keeps_its_key(app: Flask, clock):
    row = a_row("100.00", "for what?", number="C0599ABC002")
    the_end(clock)
    erase_everybody()
    assert keys() == [row.subject_id] and announced_end().ended_at


@pytest.mark.parametrize("step", ["carry_on", "erase_outsiders", "destroy_idle_keys"])
def test_killed_in_the_middle_it_goes_on_to_the_same_end(app: Flask, clock, monkeypatch, step):
    class Killed(BaseException):
        pass

    whole, calls = getattr(after_the_end, step), iter(range(100))

    def dying(*args: Any) -> Any:
        done = whole(*args) if next(calls) == 0 else None
        if done is None or step != "carry_on":
            raise Killed
        return done

    a_shop_full_of_people()
    the_end(clock)
    with monkeypatch.context() as planted:
        planted.setattr(after_the_end, step, dying)
        with pytest.raises(Killed):
            erase_everybody()
    assert announced_end().ended_at is None
    carry_on_all()
    erase_everybody()
    assert all_of(Account) == [] == keys() and announced_end().ended_at


def test_from_then_on_one_notice_is_all_that_is_served(client, clock):
    an_account()
    the_end(clock)
    words = {"en": "This shop has closed", "zh-cn": "本店已停止运营"}
    for lang, said in words.items():
        for path in ("", "login", "products", "privacy/choices", "contact", "no-such-page"):
            answer = client.get(f"/{lang}/{path}") if path != "login" else client.get(f"/{lang}/register")
            assert answer.status_code == 410 and said in answer.text and "/m/b.gif" not in answer.text
            assert "Set-Cookie" not in answer.headers
    for path in ("/en/contact", "/en/register", "/en/privacy/choices"):
        assert client.post(path, data={"text": "hello"}).status_code == 410
    for path in ("/m/b.gif?t=x", "/m/mine", "/language/en", "/"):
        answer = client.get(path)
        assert answer.status_code == 410 and "Set-Cookie" not in answer.headers
    assert client.get("/healthz").status_code == 200


def test_the_desk_stays_until_the_last_account_is_erased(app: Flask, clock):
    the_end(clock)
    client = app.test_client()
    assert client.get("/en/login").status_code == 200
    erase_everybody()
    assert client.get("/en/login").status_code == 410


def test_counting_goes_on_until_the_last_day_is_over(client, clock):
    announce_end(propose_end(today() + timedelta(days=30), ONE, now()).id, ANOTHER, now())
    announce_to_all()
    clock.travel(days=29)
    assert client.get("/m/b.gif?t=x").status_code == 200 and client.get("/en/").status_code == 200

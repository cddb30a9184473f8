"""Asking the institution about attempts whose notice never came; and all that it ever gets to know. 1.1.4a, 1.1.4c."""

from urllib.parse import parse_qs

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from app.foundation.clock import Clock
from app.foundation.database import db
from app.foundation.jobs import DUTIES
from app.foundation.outbound import Disclosure, Ground, Share, ShareRefused, send
from app.foundation.personal_data import Purpose
from app.orders.queries import buyer_of
from app.payments.chinabank.asking import MOST_ASKED, ask_the_institution
from app.payments.chinabank.gateway import CHINABANK, gateway_of
from app.payments.chinabank.models import PaymentAttempt
from app.payments.chinabank.simulator import Simulator
from app.settings import current_settings
from tests.checkout.builders import CONSIGNEE
from tests.payments.online import a_running_institution, an_attempt, fresh, the_order, verdicts


@pytest.fixture
def institution(app: Flask):
    with a_running_institution(app) as simulator:
        yield simulator


def sent_there(institution: Simulator, attempt: PaymentAttempt, way: str) -> None:
    """The buyer's browser posted the form, and paid there in this way."""
    gateway = gateway_of(current_settings())
    form = gateway.form(attempt.oid, attempt.amount, "zh-cn")
    assert requests.post(gateway.action, data=form, timeout=5).status_code == 200
    institution.settle(institution.payments[attempt.oid], way)


def asked_later(clock: Clock, minutes: float = 2.1) -> int:
    clock.travel(minutes=minutes)
    return int(str(ask_the_institution()))


def test_money_whose_notice_never_came_is_found_by_asking(institution: Simulator, clock: Clock):
    attempt = an_attempt()
    sent_there(institution, attempt, "never")
    assert ask_the_institution() == 0 and verdicts() == []
    assert asked_later(clock) == 1
    assert (verdicts(), the_order(attempt).state) == (["applied"], "awaiting_shipment")
    assert asked_later(clock, 60) == 0 and fresh(attempt).next_ask_at is None


def test_a_failed_payment_is_found_too(institution: Simulator, clock: Clock):
    attempt = an_attempt()
    sent_there(institution, attempt, "never")
    institution.payments[attempt.oid].status = "30"
    assert asked_later(clock) == 1 and fresh(attempt).state == "failed"


@pytest.mark.parametrize("way", ["unpaid", "unknown", None])
def test_not_paid_yet_and_not_known_settle_nothing_and_are_asked_again(
    institution: Simulator, clock: Clock, way: str | None
):
    attempt = an_attempt()
    if way:
        sent_there(institution, attempt, way)
    assert asked_later(clock) == 0 and verdicts() == []
    assert fresh(attempt).asked == 1 and fresh(attempt).state == "open"
    assert asked_later(clock, 1) == 0 and fresh(attempt).asked == 1
    assert asked_later(clock, 2) == 0 and fresh(attempt).asked == 2


def test_the_questions_come_to_an_end(institution: Simulator, clock: Clock):
    attempt = an_attempt()
    for _ in range(MOST_ASKED + 3):
        asked_later(clock, 721)
    assert fresh(attempt).asked == MOST_ASKED and fresh(attempt).next_ask_at is None


@pytest.mark.parametrize(("way", "verdict"), [("wrong-amount", "wrong_amount"), ("wrong-signature", "wrong_signature")])
def test_a_wrong_answer_waits_at_the_desk_and_moves_nothing(
    institution: Simulator, clock: Clock, way: str, verdict: str
):
    attempt = an_attempt()
    sent_there(institution, attempt, "never")
    institution.payments[attempt.oid].way = way
    asked_later(clock)
    assert verdicts() == [verdict] and the_order(attempt).state == "awaiting_payment"


def test_an_institution_that_is_away_is_asked_again_after_the_pause(app: Flask, clock: Clock):
    with a_running_institution(app):
        attempts = [an_attempt(), an_attempt()]
    assert asked_later(clock) == 0
    assert sorted(fresh(attempt).asked for attempt in attempts) == [0, 1]
    assert all(fresh(attempt).state == "open" for attempt in attempts)


def test_a_slow_institution_holds_up_no_other_duty():
    assert DUTIES["payments.ask"].apart


@pytest.mark.clause("1.1.4c")
@pytest.mark.clause("4.1.3(1)")
def test_the_bytes_at_the_institution_hold_order_number_amount_and_technical_fields_alone(
    institution: Simulator, clock: Clock
):
    attempt = an_attempt()
    sent_there(institution, attempt, "never")
    asked_later(clock)
    form, query = (body.decode() for body in institution.received)
    assert set(parse_qs(form)) == {"v_mid", "v_oid", "v_amount", "v_moneytype", "v_url", "v_md5info", "remark2"}
    assert set(parse_qs(query)) == {"v_mid", "v_oid", "v_url", "billNo_md5"}
    order = the_order(attempt)
    said = "".join(str(value) for pairs in (form, query) for value in parse_qs(pairs).values())
    goods = [word for line in order.lines for word in (line.sku_code, line.slug, line.name_zh, line.name_en)]
    assert not any(word in said for word in [*CONSIGNEE.values(), *goods, str(order.account_id)])
    assert attempt.oid.split("-")[2] == order.number


@pytest.mark.clause("1.1.4c")
def test_each_share_is_on_the_disclosure_ledger_before_it_leaves(institution: Simulator, clock: Clock):
    attempt = an_attempt()
    [before] = db.session.scalars(select(Disclosure).where(Disclosure.recipient == "chinabank"))
    assert institution.received == []
    buyer = buyer_of(db.session(), attempt.order.number)
    assert (before.subject, before.about, before.ground) == (buyer, attempt.order.number, "4.1.1(4)")
    assert set(before.fields) == {"v_mid", "v_oid", "v_amount", "v_moneytype", "v_url", "v_md5info", "remark2"}
    asked_later(clock)
    shares = db.session.scalars(select(Disclosure).where(Disclosure.recipient == "chinabank")).all()
    assert len(shares) == 2 and {share.about for share in shares} == {attempt.order.number}


@pytest.mark.clause("1.1.4a")
@pytest.mark.parametrize(
    ("recipient", "fields", "about"),
    [
        ("another institution", {"v_oid": "1"}, "482109375562"),
        ("chinabank", {"v_oid": "1", "v_rcvname": "王小明"}, "482109375562"),
        ("chinabank", {"v_oid": "1", "pmode_id": "1025"}, "482109375562"),
        ("chinabank", {"v_oid": "1"}, None),
    ],
)
def test_the_gate_lets_nothing_else_through_and_to_nobody_else(
    institution: Simulator, recipient: str, fields: dict[str, str], about: str | None
):
    share = Share(recipient, Ground.CORE, Purpose.SERVICE, fields, subject=1, about=about)
    with pytest.raises(ShareRefused):
        send(share, lambda http, given: http.post(current_settings().chinabank_query, data=given, timeout=5))
    assert institution.received == []


@pytest.mark.clause("1.1.4b")
def test_the_list_of_what_may_be_given_has_no_field_about_a_person():
    assert not {name for name in CHINABANK.fields if name.startswith(("v_rcv", "v_order"))}


def test_the_simulator_refuses_a_pay_form_that_is_not_ours(institution: Simulator):
    gateway = gateway_of(current_settings())
    attempt = an_attempt()
    form = gateway.form(attempt.oid, attempt.amount, "en")
    for wrong in (
        {"v_amount": "1.00"},
        {"v_md5info": form["v_md5info"].lower()},
        {"v_mid": "1"},
        {"v_url": "http://x/"},
    ):
        assert "校验失败" in requests.post(gateway.action, data={**form, **wrong}, timeout=5).text
    assert institution.payments == {}

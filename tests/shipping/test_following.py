"""Parcels are followed at the tracking service, whatever it does: pushes, silence, faults, lies. Clauses 1.1.5a-b."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Account
from app.foundation.clock import Clock, now
from app.foundation.database import db, transaction
from app.foundation.jobs import DUTIES, run_duty
from app.foundation.outbound import Disclosure
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import AWAITING_RECEIPT, Actor
from app.orders.models import Order
from app.orders.receiving import confirm_receipt
from app.shipping import tracking
from app.shipping.following import GIVE_UP_AFTER, QUIET, follow
from app.shipping.kuaidi100.calling import salts_of
from app.shipping.kuaidi100.protocol import compact, sign_push
from app.shipping.kuaidi100.simulator import Simulator
from app.shipping.models import CarrierMessage, Parcel, TrackingEvent
from app.shipping.pushed import MOST_REFUSALS, take_push
from app.shipping.queries import parcels_of
from app.shipping.reporting import lock_parcel, report
from app.shipping.tracking import Happening
from tests.checkout.builders import CONSIGNEE
from tests.shipping.builders import send
from tests.shipping.simulating import a_tracking_service
from tests.shipping.test_handing_over import a_paid_order


@pytest.fixture
def service(app: Flask) -> Iterator[Simulator]:
    with a_tracking_service(app) as simulator:
        yield simulator


def a_parcel(carrier: str = "sf", number: str = "SF1234567890") -> Parcel:
    order = a_paid_order()
    send(order.parts[0], carrier, number)
    [parcel] = parcels_of(db.session(), order.id)[order.parts[0].id]
    return parcel


def fresh(parcel: Parcel) -> Parcel:
    db.session.expire_all()
    return db.session.get_one(Parcel, parcel.id)


def order_of(parcel: Parcel) -> Order:
    return db.session.scalars(select(Order).join(Order.parts).where(Order.parts.any(id=parcel.part_id))).one()


def told(code: str) -> int:
    """To how many channels the buyer was told something."""
    return db.session.scalar(select(func.count()).where(OutboxMessage.code == code)) or 0


def events(parcel: Parcel) -> int:
    return db.session.scalar(select(func.count()).where(TrackingEvent.parcel_id == parcel.id)) or 0


def verdicts() -> list[str]:
    return sorted(db.session.scalars(select(CarrierMessage.verdict)))


def test_the_worker_follows_parcels_in_a_thread_of_their_own(app: Flask, service: Simulator):
    parcel = a_parcel()
    assert DUTIES["shipping.follow"].apart and run_duty(app, DUTIES["shipping.follow"])
    assert fresh(parcel).subscribed_at


def test_a_parcel_is_subscribed_and_its_way_is_pushed_to_the_end(service: Simulator, clock: Clock):
    parcel = a_parcel()
    assert follow() == 1 and fresh(parcel).subscribed_at
    assert service.push_news() == 1 and fresh(parcel).state == tracking.COLLECTED
    clock.travel(hours=45)
    assert service.push_news() == 1 and fresh(parcel).state == tracking.DELIVERING
    clock.travel(hours=6)
    assert service.push_news() == 1
    found = fresh(parcel)
    assert (found.state, found.look_at, events(parcel)) == (tracking.SIGNED, None, 5) and found.signed_at
    assert told("parcel.delivering") == told("parcel.signed") == 2
    assert order_of(parcel).state == AWAITING_RECEIPT, "a carrier's word moves no order"


def test_where_no_push_comes_it_is_asked(service: Simulator, clock: Clock):
    parcel = a_parcel()
    follow()
    assert follow() == 0
    clock.travel(seconds=QUIET.total_seconds() + 1)
    assert follow() == 1 and fresh(parcel).state == tracking.UNDER_WAY
    clock.travel(hours=50)
    assert follow() == 1 and fresh(parcel).state == tracking.SIGNED
    clock.travel(days=3)
    assert follow() == 0


def test_nobody_is_asked_any_more_once_the_buyer_has_the_goods(service: Simulator, clock: Clock):
    parcel = a_parcel()
    confirm_receipt(parcel.part_id, Actor("buyer", 1), now())
    assert follow() == 0 and service.asked == [] and fresh(parcel).look_at is None


def test_a_parcel_of_which_nothing_is_heard_is_given_up_after_two_months(service: Simulator, clock: Clock):
    parcel = a_parcel()
    clock.travel(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    assert follow() == 0 and service.asked == [] and fresh(parcel).look_at is None


@pytest.mark.clause("1.1.5b")
@pytest.mark.clause("4.1.3(1)")
@pytest.mark.parametrize(("carrier", "number", "phone"), [("sf", "SF1234567890", "8000"), ("jd", "JDV0012345", None)])
def test_the_service_gets_carrier_number_and_four_digits_where_needed_and_nothing_else(
    service: Simulator, clock: Clock, carrier: str, number: str, phone: str | None
):
    parcel = a_parcel(carrier, number)
    follow()
    clock.travel(hours=7)
    follow()
    subscribed, asked = service.asked
    param = json.loads(asked["param"])
    assert set(param) == {"com", "num", "resultv2"} | ({"phone"} if phone else set()) and param.get("phone") == phone
    more = json.loads(subscribed["param"])["parameters"]
    assert set(more) == {"callbackurl", "salt", "resultv2"} | ({"phone"} if phone else set())
    order = order_of(parcel)
    said = json.dumps(service.asked, ensure_ascii=False)
    assert not [secret for secret in (*CONSIGNEE.values(), order.number, "13800138000") if secret in said]
    shares = db.session.scalars(select(Disclosure).where(Disclosure.recipient == "kuaidi100")).all()
    subject = db.session.scalar(select(Account.audit_ref).where(Account.id == order.account_id))
    fields = sorted({"carrier", "tracking_number"} | ({"mobile_last_four"} if phone else set()))
    assert [(share.subject, share.about, share.fields) for share in shares] == [(subject, order.number, fields)] * 2


def test_a_carrier_that_wants_the_four_digits_is_asked_once_more_with_them(service: Simulator, clock: Clock):
    parcel = a_parcel("jd", "JDV0012345")
    follow()
    clock.travel(hours=7)
    service.mode, service.times = "phone", 1
    assert follow() == 1 and fresh(parcel).state == tracking.UNDER_WAY
    assert json.loads(service.asked[-1]["param"])["phone"] == "8000"


@pytest.mark.parametrize("fault", ["dead", "garbage", "refused", "other"])
def test_a_service_that_is_away_or_lies_is_asked_again_with_growing_pauses(
    service: Simulator, clock: Clock, fault: str
):
    parcel = a_parcel()
    follow()
    service.mode = fault
    clock.travel(hours=7)
    pauses = []
    for _ in range(4):
        follow()
        found = fresh(parcel)
        pauses.append(found.look_at - now())
        clock.travel(seconds=pauses[-1].total_seconds() + 1)
    assert pauses == sorted(pauses) and pauses[0] > timedelta(minutes=1) and pauses[-1] > 3 * pauses[0]
    assert found.problem and found.state == tracking.HANDED and events(parcel) == 0
    service.mode = "none"
    assert follow() == 1 and fresh(parcel).looks == 0


def test_a_slow_service_costs_no_page_anything(app: Flask, client: FlaskClient, clock: Clock):
    with a_tracking_service(app, slow_seconds=0.5) as service:
        a_parcel()
        service.mode = "slow"
        assert client.get("/en/products").status_code == 200
        assert service.asked == []


@pytest.mark.parametrize(
    ("fault", "verdict", "state"),
    [
        ("unsigned", "wrong_signature", tracking.HANDED),
        ("other", "other_parcel", tracking.HANDED),
        ("shuffled", "applied", tracking.DELIVERING),
        ("repeated", "applied", tracking.DELIVERING),
        ("abort", "applied", tracking.HANDED),
    ],
)
def test_wrong_repeated_and_shuffled_pushes(service: Simulator, clock: Clock, fault: str, verdict: str, state: str):
    parcel = a_parcel()
    follow()
    clock.travel(hours=45)
    service.mode, service.times = fault, 1
    service.push_news()
    assert fresh(parcel).state == state and set(verdicts()) == {verdict}
    assert told("parcel.delivering") == (2 if state == tracking.DELIVERING else 0)
    assert told("parcel.problem") == 0


def test_after_three_days_without_a_record_it_is_subscribed_anew(service: Simulator, clock: Clock):
    parcel = a_parcel()
    follow()
    service.mode, service.times = "abort", 1
    service.push_news()
    assert fresh(parcel).problem == "abort" and parcel.subscribed_at is None
    clock.travel(days=1, minutes=1)
    assert follow() == 1 and fresh(parcel).subscribed_at


def a_message(parcel: Parcel, *lines: dict[str, str], state: str = "0", **more: str) -> tuple[str, str]:
    """A push and its signature."""
    track = {"com": "shunfeng", "nu": parcel.tracking_number, "state": state, "data": list(lines), **more}
    param = compact({"status": "polling", "message": "", "lastResult": track})
    return param, sign_push(param, salts_of(parcel.id)[0])


def test_the_address_answers_strangers_without_a_word_about_parcels(client: FlaskClient):
    parcel = a_parcel()
    param, sign = a_message(parcel)
    path = f"/carrier/kuaidi100/{parcel.id}"
    assert client.post(path, data={"param": param, "sign": "0" * 32}).status_code == 403
    assert client.post(path).status_code == 403
    assert client.post("/carrier/kuaidi100/1", data={"param": param, "sign": sign}).status_code == 404
    other = a_parcel(number="SF9999999999")
    assert client.post(f"/carrier/kuaidi100/{other.id}", data={"param": param, "sign": sign}).status_code == 403
    foreign = {"Origin": "https://poll.kuaidi100.com"}
    answer = client.post(path, data={"param": param, "sign": sign}, headers=foreign)
    assert answer.json == {"result": True, "returnCode": "200", "message": "成功"}


def test_forged_messages_fill_no_store(app: Flask):
    parcel = a_parcel()
    for number in range(MOST_REFUSALS + 20):
        take_push(parcel.id, f'{{"n":{number}}}', "0" * 32, now())
    assert len(verdicts()) == MOST_REFUSALS
    param, sign = a_message(parcel)
    assert take_push(parcel.id, param, sign, now()) == "applied"
    assert take_push(parcel.id, param, sign, now()) == "repeated"


def test_the_track_of_an_earlier_parcel_under_the_same_number_is_left_out(app: Flask):
    parcel = a_parcel()
    old = {"ftime": "2020-01-01 10:00:00", "context": "已签收", "status": "签收"}
    take_push(parcel.id, *a_message(parcel, old, state="3"), now())
    assert fresh(parcel).state == tracking.HANDED and events(parcel) == 0 and told("parcel.signed") == 0


def test_a_moment_still_to_come_freezes_nothing(app: Flask, clock: Clock):
    parcel = a_parcel()
    with transaction() as session:
        locked, order = lock_parcel(session, parcel.id)
        report(session, locked, order, [Happening(now() + timedelta(days=900), tracking.UNDER_WAY, "?")], now())
    clock.travel(hours=1)
    with transaction() as session:
        locked, order = lock_parcel(session, parcel.id)
        report(session, locked, order, [Happening(now(), tracking.DELIVERING, "out")], now())
    assert fresh(parcel).state == tracking.DELIVERING


WAY = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(sorted(tracking.STATES))), min_size=1, max_size=6)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(way=WAY, seed=st.randoms(use_true_random=False))
def test_in_whatever_order_and_however_often_reports_come_the_parcel_stands_at_the_newest(app: Flask, way, seed):
    parcel = a_parcel()
    begun = parcel.shipped_at
    happenings = [Happening(begun - timedelta(minutes=minute), state, f"{minute}") for minute, state in way]
    by_minute = {each.at: each for each in happenings}
    batches = [list(by_minute.values()) for _ in range(3)]
    for batch in batches:
        seed.shuffle(batch)
        with transaction() as session:
            locked, order = lock_parcel(session, parcel.id)
            report(session, locked, order, batch[: seed.randint(1, len(batch))], now())
    with transaction() as session:
        locked, order = lock_parcel(session, parcel.id)
        report(session, locked, order, by_minute.values(), now())
    found = fresh(parcel)
    assert found.state == by_minute[max(by_minute)].state and events(parcel) == len(by_minute)
    assert (found.signed_at is not None) == (found.state == tracking.SIGNED)


@pytest.mark.clause("5.1.1c")
def test_reports_lie_sealed_and_no_message_is_kept(app: Flask):
    parcel = a_parcel()
    line = {"ftime": f"{now():%Y-%m-%d} 23:59:59", "context": "canary-7f3a", "status": "在途"}
    take_push(parcel.id, *a_message(parcel, line), now())
    assert events(parcel) == 1
    connection = db.session.connection().connection.driver_connection
    assert connection and "canary-7f3a" not in "\n".join(connection.iterdump())

"""What the institution says: kept first, judged, applied once; everything wrong waits with its reason. FLOWS.md 2."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.money import ZERO, Money
from app.notifications.models import OutboxMessage
from app.orders.cancelling import cancel, expire_holds
from app.orders.models import Order, OrderEvent
from app.payments.chinabank.gateway import RETURN_PATH
from app.payments.chinabank.judging import DECIDE, DISTRUST, VERDICTS
from app.payments.chinabank.listening import FORGED_KEPT, forget_forged, judge, judge_left_behind, listen
from app.payments.chinabank.models import NOTICE, GatewayMessage, PaymentAttempt
from app.payments.chinabank.protocol import Merchant, word_in
from app.payments.chinabank.queries import DISTRUSTED, EVERY, TO_DECIDE, messages
from app.payments.chinabank.simulator import form_body
from app.payments.models import Allocation, Receipt
from app.payments.proving import differences
from app.payments.queries import unapplied
from tests.checkout.at_once import all_at_once
from tests.payments.builders import pay
from tests.payments.online import (
    BUYER,
    an_attempt,
    an_online_order,
    fresh,
    merchant,
    notify,
    said_about,
    the_order,
    verdicts,
)

OTHER = Merchant("9999", "another key, not ours")


@pytest.fixture
def attempt(app: Flask) -> PaymentAttempt:
    return an_attempt()


def count(model: type[Any]) -> int:
    return len(db.session.scalars(select(model)).all())


@pytest.mark.clause("1.1.5a")
def test_a_right_notice_pays_the_order_is_told_and_answered_with_ok(client: FlaskClient, attempt: PaymentAttempt):
    assert notify(client, said_about(attempt)) == "ok"
    order = the_order(attempt)
    assert (order.state, order.paid, fresh(attempt).state) == ("awaiting_shipment", order.total, "paid")
    assert verdicts() == ["applied"] and fresh(attempt).next_ask_at is None
    event = db.session.scalars(select(OrderEvent).where(OrderEvent.name == "pay")).one()
    assert (event.role, event.actor) == ("institution", None)
    told = db.session.scalars(select(OutboxMessage.channel).where(OutboxMessage.code == "order.paid")).all()
    assert sorted(told) == ["site", "sms"]
    assert differences(db.session()) == []


def bent(attempt: PaymentAttempt) -> dict[str, tuple[str, dict[str, str] | bytes, str]]:
    """By name: verdict, message and answer of every wrong notice."""
    right = said_about(attempt)
    amount, oid = str(attempt.amount), attempt.oid
    text = form_body(right, "gbk")
    foreign = oid.replace(f"-{merchant().number}-", "-9999-")
    return {
        "nothing at all": ("nothing_said", b"", "error"),
        "something else": ("nothing_said", b'{"v_oid": "1"}', "error"),
        "no order number": ("odd_order", {**right, "v_oid": ""}, "error"),
        "our order's number": ("odd_order", said_about(attempt, v_oid=attempt.order.number), "ok"),
        "an order number with a blank": ("odd_order", said_about(attempt, v_oid=f"{oid} "), "ok"),
        "two order numbers": ("odd_order", text + b"&v_oid=" + oid.encode(), "error"),
        "an end of text in the order number": ("odd_order", text.replace(b"-01", b"-01%00"), "error"),
        "not paid yet": ("odd_status", said_about(attempt, v_pstatus="10"), "ok"),
        "an unknown status": ("odd_status", said_about(attempt, v_pstatus="200"), "ok"),
        "digits moved to the amount": ("odd_status", said_about(attempt, v_pstatus="2", v_amount=f"0{amount}"), "ok"),
        "an amount without fen": ("odd_amount", said_about(attempt, v_amount=amount[:-3]), "ok"),
        "an amount with a leading zero": ("odd_amount", said_about(attempt, v_amount=f"0{amount}"), "ok"),
        "an amount below zero": ("odd_amount", said_about(attempt, v_amount=f"-{amount}"), "ok"),
        "another currency": ("other_currency", said_about(attempt, v_moneytype="USD"), "ok"),
        "no signature": ("unsigned", {**right, "v_md5str": ""}, "error"),
        "a made-up signature": ("wrong_signature", {**right, "v_md5str": "A" * 32}, "error"),
        "a lower-case signature": ("wrong_signature", {**right, "v_md5str": right["v_md5str"].lower()}, "error"),
        "a failure turned into success": (
            "wrong_signature", {**said_about(attempt, v_pstatus="30"), "v_pstatus": "20"}, "error",
        ),
        "the signature of the pay form": (
            "wrong_signature", {**right, "v_md5str": merchant().payment(oid, attempt.amount, "u", "n")["v_md5info"]},
            "error",
        ),
        "somebody else's key": (
            "wrong_signature", {**right, "v_md5str": OTHER.signed(oid, "20", amount)}, "error",
        ),
        "another merchant number": ("other_merchant", said_about(attempt, v_oid=foreign), "ok"),
        "an attempt that never was": ("unknown_attempt", said_about(attempt, v_oid=f"{oid[:-2]}77"), "ok"),
        "a fen too little": ("wrong_amount", said_about(attempt, v_amount=str(attempt.amount - Money(1))), "ok"),
        "a hundred times as much": ("wrong_amount", said_about(attempt, v_amount=str(attempt.amount * 100)), "ok"),
    }  # fmt: skip


@pytest.mark.clause("1.1.5a")
def test_each_kind_of_wrong_notice_is_refused_with_its_reason_and_waits_at_the_desk(app: Flask):
    each_kind_is_refused_and_waits(app)


@pytest.mark.clause("1.1.5a")
def test_each_kind_is_so_on_postgresql_too(pg_shop: Flask):
    each_kind_is_refused_and_waits(pg_shop)


def each_kind_is_refused_and_waits(app: Flask) -> None:
    client, attempt = app.test_client(), an_attempt()
    kinds = bent(attempt)
    assert len(kinds) >= 20
    for name, (verdict, message, answer) in kinds.items():
        assert (notify(client, message), verdicts()[-1]) == (answer, verdict), name
    assert count(Receipt) == 0 and the_order(attempt).paid == ZERO and fresh(attempt).state == "open"
    decide, distrust = ({row.verdict for row in db.session.scalars(messages(show))} for show in (TO_DECIDE, DISTRUSTED))
    assert decide == {code for code, *_ in kinds.values() if VERDICTS[code].kind == DECIDE}
    assert distrust == {code for code, *_ in kinds.values() if VERDICTS[code].kind == DISTRUST}
    assert len(db.session.scalars(messages(EVERY)).all()) == len(kinds)
    assert notify(client, said_about(attempt)) == "ok" and the_order(attempt).paid_at


def test_every_verdict_of_the_table_is_met_by_a_test_or_is_the_state_before():
    met = {"applied", "failed", "repeated", "shown", "late", "surplus", "contradicts"}
    wrong = {"nothing_said", "odd_order", "odd_status", "odd_amount", "other_currency", "unsigned", "wrong_signature"}
    assert set(VERDICTS) == met | wrong | {"other_merchant", "unknown_attempt", "wrong_amount", "unjudged"}


@pytest.mark.clause("1.1.4b")
def test_of_a_message_only_the_signed_fields_and_a_digest_are_kept(client: FlaskClient, attempt: PaymentAttempt):
    extra = {"v_rcvname": "王小明", "v_rcvtel": "13800138000", "v_cardno": "6222020200112233", "remark1": "hello"}
    notify(client, {**said_about(attempt), **extra})
    kept = db.session.scalars(select(GatewayMessage)).one()
    columns = {column.key for column in inspect(GatewayMessage).columns}
    assert columns - {"id", "came_by", "received_at", "verdict", "seen_at", "seen_by"} == {
        "v_oid", "v_pstatus", "v_amount", "v_moneytype", "v_md5str", "digest",
    }  # fmt: skip
    values = " ".join(str(getattr(kept, name)) for name in columns)
    assert kept.verdict == "applied" and len(kept.digest) == 64
    assert not any(value in values for value in [*extra.values(), "工商银行", "支付成功"])


def test_texts_in_raw_gbk_do_not_disturb_a_right_notice(client: FlaskClient, attempt: PaymentAttempt):
    assert notify(client, form_body(said_about(attempt), "gbk", raw=True)) == "ok"
    assert verdicts() == ["applied"]


def test_a_body_too_large_is_answered_with_error_and_leaves_only_a_trace(client: FlaskClient, attempt: PaymentAttempt):
    huge = form_body(said_about(attempt), "gbk") + b"&x=" + b"y" * 20_000
    assert notify(client, huge) == "error" and verdicts() == ["nothing_said"]


def test_a_notice_said_twice_is_booked_once(client: FlaskClient, attempt: PaymentAttempt, clock: Clock):
    assert notify(client, said_about(attempt)) == "ok"
    clock.travel(days=2)
    assert notify(client, said_about(attempt)) == "ok"
    assert verdicts() == ["applied", "repeated"] and count(Receipt) == count(Allocation) == 1


def test_a_failed_payment_leaves_the_order_to_be_tried_again(client: FlaskClient, attempt: PaymentAttempt):
    assert notify(client, said_about(attempt, v_pstatus="30")) == "ok"
    assert (fresh(attempt).state, the_order(attempt).state) == ("failed", "awaiting_payment")
    assert notify(client, said_about(attempt, v_pstatus="30")) == "ok"
    again = an_attempt(the_order(attempt))
    assert again.oid != attempt.oid and notify(client, said_about(again)) == "ok"
    assert verdicts() == ["failed", "repeated", "applied"]


def test_money_counts_even_where_failure_was_said_before(client: FlaskClient, attempt: PaymentAttempt):
    notify(client, said_about(attempt, v_pstatus="30"))
    notify(client, said_about(attempt))
    assert verdicts() == ["failed", "applied"] and the_order(attempt).paid_at


def test_a_failure_said_after_the_money_moves_nothing_and_goes_to_the_desk(
    client: FlaskClient, attempt: PaymentAttempt
):
    notify(client, said_about(attempt))
    notify(client, said_about(attempt, v_pstatus="30"))
    assert verdicts()[-1] == "contradicts" and the_order(attempt).paid_at and fresh(attempt).state == "paid"


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_money_for_an_order_that_ended_is_kept_unapplied_and_told(
    client: FlaskClient, attempt: PaymentAttempt, clock: Clock, end: str
):
    if end == "cancelled":
        cancel(attempt.order_id, BUYER, now())
    else:
        clock.travel(minutes=31)
        expire_holds()
    assert notify(client, said_about(attempt)) == "ok"
    order = the_order(attempt)
    assert (order.state, order.paid, verdicts()) == ("cancelled", ZERO, ["late"])
    [receipt] = db.session.scalars(unapplied())
    assert (receipt.reference, receipt.rest, receipt.meant_for) == (attempt.oid, attempt.amount, order.id)
    assert db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.code == "order.money_kept")).all()


def test_an_order_paid_in_two_windows_keeps_the_second_money_apart(client: FlaskClient, attempt: PaymentAttempt):
    second = an_attempt(the_order(attempt))
    notify(client, said_about(attempt))
    notify(client, said_about(second))
    order = the_order(attempt)
    assert verdicts() == ["applied", "surplus"] and order.paid == order.total
    assert [receipt.reference for receipt in db.session.scalars(unapplied())] == [second.oid]
    assert differences(db.session()) == []


def test_money_already_remitted_leaves_the_rest_unapplied(client: FlaskClient, attempt: PaymentAttempt):
    pay(the_order(attempt), Money(100))
    notify(client, said_about(attempt))
    assert verdicts() == ["surplus"] and the_order(attempt).paid == attempt.amount
    assert [receipt.rest for receipt in db.session.scalars(unapplied())] == [Money(100)]


def copies_at_once(app: Flask, attempt: PaymentAttempt, copies: int, most: int) -> Counter[str]:
    body = form_body(said_about(attempt), "gbk")
    answers = all_at_once(app, [lambda: notify(app.test_client(), body)] * copies, most=most)
    assert answers == ["ok"] * copies
    return Counter(verdicts())


@pytest.mark.clause("1.1.5a")
def test_fifty_copies_of_one_notice_at_once_are_applied_once(app: Flask, attempt: PaymentAttempt):
    assert copies_at_once(app, attempt, 50, 50) == {"applied": 1, "repeated": 49}
    assert count(Receipt) == count(Allocation) == 1 and the_order(attempt).paid == attempt.amount
    assert differences(db.session()) == []


@pytest.mark.clause("1.1.5a")
def test_fifty_copies_at_once_are_applied_once_on_postgresql(pg_shop: Flask):
    attempt = an_attempt()
    assert copies_at_once(pg_shop, attempt, 50, 12) == {"applied": 1, "repeated": 49}
    assert count(Receipt) == count(Allocation) == 1 and the_order(attempt).paid == attempt.amount


def test_two_attempts_of_one_order_noticed_at_once_do_not_block_each_other_on_postgresql(pg_shop: Flask):
    for _ in range(5):
        order = an_online_order()
        bodies = [form_body(said_about(an_attempt(order)), "gbk") for _ in range(4)]
        answers = all_at_once(pg_shop, [lambda body=body: notify(pg_shop.test_client(), body) for body in bodies])
        assert answers == ["ok"] * 4
        assert db.session.get_one(Order, order.id, populate_existing=True).paid == order.total
    assert Counter(verdicts()) == {"applied": 5, "surplus": 15}


def test_what_was_kept_by_a_process_that_died_is_judged_by_the_sweeper(
    client: FlaskClient, attempt: PaymentAttempt, clock: Clock
):
    body = form_body(said_about(attempt), "gbk")
    listen(word_in(body), body, NOTICE, now())
    assert judge_left_behind() == 0 and verdicts() == ["unjudged"]
    clock.travel(seconds=6)
    assert judge_left_behind() == 1 and verdicts() == ["applied"]
    assert judge_left_behind() == 0 and count(Receipt) == 1


def test_a_fault_while_judging_is_answered_with_ok_because_the_message_is_kept(
    client: FlaskClient, attempt: PaymentAttempt, clock: Clock, caplog: pytest.LogCaptureFixture
):
    db.session.connection().exec_driver_sql(
        "CREATE TRIGGER fault BEFORE INSERT ON receipts BEGIN SELECT RAISE(FAIL, 'x'); END"
    )
    assert notify(client, said_about(attempt)) == "ok" and verdicts() == ["unjudged"]
    assert "payments_root.notice" in caplog.text
    db.session.connection().exec_driver_sql("DROP TRIGGER fault")
    clock.travel(seconds=6)
    assert judge_left_behind() == 1 and the_order(attempt).paid_at


def test_messages_that_anybody_may_have_sent_go_after_thirty_days_and_signed_ones_stay(
    client: FlaskClient, attempt: PaymentAttempt, clock: Clock
):
    notify(client, b"v_oid=nonsense")
    notify(client, said_about(attempt, v_amount="0.01"))
    notify(client, said_about(attempt))
    clock.travel(days=FORGED_KEPT.days - 1)
    forget_forged()
    assert len(verdicts()) == 3
    clock.travel(days=2)
    forget_forged()
    assert sorted(verdicts()) == ["applied", "wrong_amount"]


def come_back(client: FlaskClient, fields: dict[str, str], lang: str = "en") -> str:
    """The browser is sent back from another site, without sign-in; gives where it is led."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "null"}
    answer = client.post(f"/{lang}{RETURN_PATH}", data=form_body(fields, "gbk"), headers=headers,
                         content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert answer.status_code == 303 and "Set-Cookie" not in answer.headers
    return str(answer.headers["Location"])


def test_the_browsers_return_shows_and_moves_nothing_and_has_the_institution_asked(
    client: FlaskClient, attempt: PaymentAttempt
):
    where = come_back(client, said_about(attempt))
    assert where == f"/en/orders/{attempt.order.number}/online/1/result"
    assert verdicts() == ["shown"] and the_order(attempt).paid == ZERO
    due = fresh(attempt).next_ask_at
    assert due and due - now() <= timedelta(0)


def test_a_forged_return_leads_nowhere_and_is_kept_with_its_reason(client: FlaskClient, attempt: PaymentAttempt):
    where = come_back(client, said_about(attempt, v_md5str="A" * 32), "zh-cn")
    assert where == "/zh-cn/orders?done=return_not_readable" and verdicts() == ["wrong_signature"]
    assert (fresh(attempt).next_ask_at or now()) - now() > timedelta(minutes=1)


def test_a_second_verdict_is_never_given(app: Flask, attempt: PaymentAttempt):
    body = form_body(said_about(attempt), "gbk")
    message = listen(word_in(body), body, NOTICE, now())
    assert judge(message, merchant(), now()) == judge(message, OTHER, now()) == "applied"

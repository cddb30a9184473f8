"""The desk of payment messages: each with its reason, until somebody of finance settles it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.foundation.audit import LedgerEntry
from app.foundation.database import db
from app.payments.chinabank.models import GatewayMessage, PaymentAttempt
from tests.accounts.builders import a_staff_member, signed_in
from tests.payments.online import an_attempt, notify, said_about


@pytest.fixture
def attempt(app: Flask) -> PaymentAttempt:
    return an_attempt()


def staff(app: Flask, role: str = "finance") -> FlaskClient:
    return signed_in(app.test_client(), a_staff_member(role))


def settle(browser: FlaskClient, message: GatewayMessage) -> int:
    page = browser.get("/en/desk/payments").text
    start = page.index(f"/en/desk/payments/{message.id}/settlement")
    token = page[page.index('value="', start) + 7 :].split('"', 1)[0]
    return browser.post(f"/en/desk/payments/{message.id}/settlement", data={"form_token": token}).status_code


@pytest.mark.parametrize(
    ("lang", "reason"),
    [("zh-cn", "签名正确，但金额与本次付款不符。"), ("en", "the amount is not the one of this attempt.")],
)
def test_what_must_be_decided_stands_there_with_order_amount_and_reason(
    app: Flask, client: FlaskClient, attempt: PaymentAttempt, lang: str, reason: str
):
    notify(client, said_about(attempt, v_amount="0.01"))
    page = staff(app).get(f"/{lang}/desk/payments").text
    assert reason in page and attempt.oid in page and "0.01" in page and attempt.order.spoken_number in page


def test_forged_messages_are_kept_apart_and_paid_ones_stand_under_all(
    app: Flask, client: FlaskClient, attempt: PaymentAttempt
):
    notify(client, said_about(attempt, v_md5str="A" * 32))
    notify(client, said_about(attempt))
    browser = staff(app)
    decide, distrust, every = (browser.get(f"/en/desk/payments?show={show}").text for show in ("", "distrust", "all"))
    assert "No message here." in decide
    assert "does not know our key" in distrust and "The money is on the order" not in distrust
    assert "The money is on the order" in every and "deleted after 30 days" in every


def test_hostile_text_of_a_message_is_shown_as_text(app: Flask, client: FlaskClient):
    notify(client, b"v_oid=%3Cscript%3Ealert(1)%3C/script%3E&v_amount=%3Cb%3E")
    page = staff(app).get("/en/desk/payments?show=distrust").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_finance_settles_a_message_once_and_the_ledger_knows(app: Flask, client: FlaskClient, attempt: PaymentAttempt):
    notify(client, said_about(attempt, v_amount="0.01"))
    message, browser = db.session.scalars(select(GatewayMessage)).one(), staff(app)
    assert settle(browser, message) == 303
    kept = db.session.get_one(GatewayMessage, message.id, populate_existing=True)
    assert kept.seen_at and kept.seen_by
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "payment.message_settled")).one()
    assert entry.actor == kept.seen_by and entry.facts == {"attempt": attempt.oid, "verdict": "wrong_amount"}
    assert "No message here." in browser.get("/en/desk/payments").text


def test_a_clerk_reads_and_does_not_settle(app: Flask, client: FlaskClient, attempt: PaymentAttempt):
    notify(client, said_about(attempt, v_amount="0.01"))
    message, browser = db.session.scalars(select(GatewayMessage)).one(), staff(app, "clerk")
    assert "/settlement" not in browser.get("/en/desk/payments").text
    assert browser.post(f"/en/desk/payments/{message.id}/settlement").status_code == 403
    assert staff(app).post(f"/en/desk/payments/{message.id}/settlement").status_code == 400
    assert client.get("/en/desk/payments").status_code == 302


def test_the_desk_asks_the_store_as_often_for_many_messages_as_for_one(
    app: Flask, client: FlaskClient, attempt: PaymentAttempt
):
    def asked() -> int:
        said: list[str] = []
        event.listen(db.engine, "before_cursor_execute", note := lambda *call: said.append(call[2]))
        assert browser.get("/en/desk/payments").status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(said)

    browser = staff(app)
    notify(client, said_about(attempt, v_amount="0.01"))
    once = asked()
    for _ in range(6):
        notify(client, said_about(an_attempt(), v_amount="0.02"))
    assert asked() == once

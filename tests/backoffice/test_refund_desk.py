"""The refund desk: asking, approving, the account, and money that was sent. Clauses 1.1.5a, 5.1.1e."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.backoffice.unmasking import ACCOUNT_READ, ACCOUNT_REASONS
from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, application_clock, today
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.foundation.money import Money
from app.privacy.who_saw import readings_of
from app.refunds.models import Refund
from app.refunds.queries import refund_numbered
from app.refunds.vocabulary import STATES
from tests.accounts.builders import PASSWORD
from tests.backoffice.builders import Desk
from tests.payments.test_reconciling import queries_of
from tests.refunds.builders import THEIR_ACCOUNT, a_paid_order, approved, ask_for, line_of
from tests.refunds.test_surplus import a_receipt

FIELDS = {"account_name": "上海云算力", "account_bank": "测试银行", "account_number": "6222 0000 1111 2222"}


def asked(desk: Desk, **said: str) -> Any:
    order = a_paid_order(3)
    line, part = line_of(order), order.parts[0]
    named = {"units": f"units{line.id}", "amount": f"amount{line.id}", "freight": f"freight{part.id}"}
    wanted = {named.get(name, name): value for name, value in {"reason": "price", **said}.items()}
    return desk.post(f"/orders/{order.number}/refund", "AskRefundForm", wanted)


def shown_in(desk: Desk, state: str) -> str:
    return desk.get(f"/refunds?state={state}").text


def the_refund() -> Refund:
    return refund_numbered(db.session(), db.session.scalars(select(Refund.number)).one())


def send(desk: Desk, refund: Refund, **said: str) -> Any:
    payout = refund.payouts[0]
    wanted = {"reference": "2026 1130 0042", "paid_on": today().isoformat(), **said}
    path = f"/refunds/{refund.number}/payouts/{payout.id}/number"
    return desk.post(path, "PayoutForm", wanted, prefix=f"payout{payout.id}-")


@pytest.mark.clause("1.1.5a")
def test_a_clerk_asks_a_manager_approves_and_finance_sends(app: Flask):
    clerk, manager, finance = (Desk(app, role) for role in ("clerk", "manager", "finance"))
    answer = asked(clerk, units="1", amount="90.00", freight="1.00", **FIELDS)
    refund = the_refund()
    assert answer.status_code == 303 and refund.number in answer.headers["Location"]
    assert refund.amount == Money.yuan("91.00")
    for lang in ("zh-cn", "en"):
        assert refund.spoken_number in clerk.get("/refunds", lang).text
        assert clerk.get(f"/refunds/{refund.number}", lang).status_code == 200
    assert manager.post(f"/refunds/{refund.number}/approval", "refunds.approve").status_code == 303
    assert send(finance, the_refund()).status_code == 303
    assert the_refund().state == "paid"
    shown = {state for state in (*STATES, "all", "nonsense") if refund.spoken_number in shown_in(finance, state)}
    assert shown == {"paid", "all", "nonsense"}


@pytest.mark.parametrize("said", [
    {}, {"units": "4"}, {"amount": "300.01"}, {"freight": "99999"}, {"units": "x"}, {"units": "1", "reason": ""},
    {"units": "1", "account_number": "12"}, {"units": "1", "account_name": "张三"},
    {"units": "1", "reason": "returned"},
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(app: Flask, said: dict[str, str]):
    answer = asked(Desk(app, "clerk"), **said)
    assert answer.status_code == 422 and ("error-summary" in answer.text or "notice--danger" in answer.text)
    assert db.session.scalars(select(Refund)).all() == []


@pytest.mark.clause("5.1.1e")
def test_who_asked_has_no_button_to_approve_and_the_act_refuses_it(app: Flask):
    finance = Desk(app, "finance")
    asked(finance, units="1")
    refund = the_refund()
    assert f"{refund.number}/approval" not in finance.get(f"/refunds/{refund.number}").text
    assert finance.post(f"/refunds/{refund.number}/approval", "refunds.approve").status_code == 403
    assert finance.post(f"/refunds/{refund.number}/refusal", "refunds.refuse").status_code == 303
    assert the_refund().state == "refused"


@pytest.mark.clause("5.1.1e")
def test_money_is_sent_with_a_fresh_proof_of_who_sends_it(app: Flask):
    refund, finance = approved(ask_for(a_paid_order(), 1)), Desk(app, "finance")
    application_clock.travel(minutes=16)
    assert send(finance, refund).status_code == 422
    assert send(finance, refund, password="not it at all").status_code == 422
    assert the_refund().state == "approved"
    assert send(finance, refund, password=PASSWORD).status_code == 303
    assert the_refund().state == "paid"
    application_clock.reset()


@pytest.mark.parametrize("said", [
    {"reference": ""}, {"reference": "!"}, {"paid_on": "yesterday"}, {"paid_on": "2026-01-01"},
    {"paid_on": "2999-01-01"},
])  # fmt: skip
def test_a_wrong_number_or_day_of_a_payout_is_named(app: Flask, said: dict[str, str]):
    refund, finance = approved(ask_for(a_paid_order(), 1)), Desk(app, "finance")
    answer = send(finance, refund, **said)
    assert answer.status_code == 422 and "error-summary" in answer.text and the_refund().state == "approved"


def read_account(desk: Desk, refund: Refund, **said: str) -> Any:
    return desk.post(f"/refunds/{refund.number}/account/reading", "ReadAccountForm", said, "read-")


def account_readings() -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == ACCOUNT_READ)))


@pytest.mark.clause("5.1.1d")
def test_the_account_is_masked_until_finance_says_why_and_then_it_is_on_the_ledger(app: Flask):
    refund = approved(ask_for(a_paid_order(), 1))
    clerk, finance = Desk(app, "clerk"), Desk(app, "finance")
    page = f"/refunds/{refund.number}"
    assert THEIR_ACCOUNT.number not in finance.get(page).text + clerk.get(page).text
    assert THEIR_ACCOUNT.number in read_account(finance, refund, reason="sending").text
    buyer = db.session.get_one(Account, refund.order.account_id)
    [entry] = account_readings()
    assert (entry.actor, entry.subject) == (finance.account.audit_ref, buyer.audit_ref)
    assert entry.facts == {"refund": refund.number, "order": refund.order.number, "reason": "sending"}
    assert [each.reason for each in readings_of(db.session(), buyer.audit_ref)] == [ACCOUNT_REASONS["sending"]]
    assert THEIR_ACCOUNT.number not in finance.get(page).text
    assert read_account(clerk, refund, reason="sending").status_code == 403


@pytest.mark.clause("5.1.1d")
@pytest.mark.parametrize("reason", ["", "curious", "<script>"])
def test_without_a_listed_reason_the_account_stays_masked(app: Flask, reason: str):
    refund = approved(ask_for(a_paid_order(), 1))
    answer = read_account(Desk(app, "finance"), refund, reason=reason)
    assert answer.status_code == 422 and 'id="read-reason-error"' in answer.text
    assert THEIR_ACCOUNT.number not in answer.text and account_readings() == []


@pytest.mark.clause("5.1.1e")
def test_after_a_quarter_of_an_hour_the_account_asks_for_the_password(app: Flask, clock: Clock):
    refund, finance = approved(ask_for(a_paid_order(), 1)), Desk(app, "finance")
    clock.travel(minutes=16)
    for password, shown in (("", False), ("wrong horse", False), (PASSWORD, True)):
        answer = read_account(finance, refund, reason="sending", password=password)
        assert (THEIR_ACCOUNT.number in answer.text) is shown
        assert answer.status_code == (200 if shown else 422)


def test_an_account_that_nobody_gave_or_can_open_is_not_shown(app: Flask):
    finance = Desk(app, "finance")
    none, erased = (approved(ask_for(a_paid_order(), 1, **given)) for given in ({"payee": None}, {}))
    data_keys().destroy(erased.order.subject_id)
    db.session.info.clear()
    assert read_account(finance, none, reason="sending").status_code == 404
    assert read_account(finance, erased, reason="sending").status_code == 410


def test_an_account_is_given_later_and_another_person_sends(app: Flask):
    refund = approved(ask_for(a_paid_order(), 1, payee=None))
    finance, manager = Desk(app, "finance"), Desk(app, "manager")
    path = f"/refunds/{refund.number}/account"
    assert finance.post(path, "PayeeForm", {"account_name": "x"}, prefix="account-").status_code == 422
    assert finance.post(path, "PayeeForm", FIELDS, prefix="account-").status_code == 303
    assert send(finance, refund).status_code == 403
    assert send(manager, refund).status_code == 303


def test_a_surplus_is_asked_for_on_the_page_of_its_receipt(app: Flask):
    clerk, receipt = Desk(app, "finance"), a_receipt()
    path = f"/receipts/{receipt.id}/refund"
    assert path in clerk.get(f"/receipts/{receipt.id}").text and clerk.get(path).status_code == 200
    for wrong in ("", "0", "100.01"):
        assert clerk.post(path, "AskSurplusForm", {"amount": wrong}).status_code == 422
    assert clerk.post(path, "AskSurplusForm", {"amount": "40.00", **FIELDS}).status_code == 303
    assert receipt.reference in clerk.get(f"/refunds/{the_refund().number}", "zh-cn").text


def test_nobodys_refund_and_payout_are_not_found(app: Flask):
    finance, refund = Desk(app, "finance"), approved(ask_for(a_paid_order(), 1))
    assert finance.get("/refunds/482109375562").status_code == 404
    assert finance.post(f"/refunds/{refund.number}/payouts/1/number", "PayoutForm").status_code == 404
    assert finance.post(f"/refunds/{refund.number}/approval", "refunds.refuse").status_code == 400


def test_the_list_asks_no_more_the_more_there_is(app: Flask):
    clerk = Desk(app, "clerk")

    def queries(count: int) -> int:
        for _ in range(count):
            ask_for(a_paid_order(), 1)
        return queries_of(lambda: clerk.get("/refunds"))

    queries(1)
    assert queries(1) == queries(3)

"""Our own account: changed by two people, announced, with a history that everybody can read. Clause 2.4."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.two_people import NotWaiting, SamePerson
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import CLOCK, Actor, MoveNotAllowed
from app.payments.payee import (
    Details,
    NothingChanges,
    ProposedAlready,
    account_number_in,
    approve_payee,
    our_payee,
    propose_payee,
    proposed_payee,
    withdraw_payee,
)
from tests.accounts.builders import signed_in
from tests.backoffice.builders import Desk
from tests.checkout.builders import a_buyer, an_order
from tests.payments.builders import FINANCE, MANAGER, an_account_of_ours, pay

OTHER = Details("云商", "另一家银行", "6200999988887777")


def announced() -> list[int | None]:
    sent = select(OutboxMessage.account_id).where(OutboxMessage.code == "order.payee_changed")
    return list(db.session.scalars(sent))


def events() -> list[str]:
    found = select(LedgerEntry.event).where(LedgerEntry.event.startswith("payee.")).order_by(LedgerEntry.at)
    return list(db.session.scalars(found))


@pytest.mark.clause("2.4")
def test_one_person_alone_changes_nothing(app, client):
    before = an_account_of_ours()
    proposal = propose_payee(OTHER, FINANCE, now())
    with pytest.raises(SamePerson):
        approve_payee(proposal.id, FINANCE, now())
    with pytest.raises(SamePerson):
        approve_payee(proposal.id, Actor("manager", FINANCE.audit_ref), now())
    assert our_payee(db.session()).account == before
    assert OTHER.bank not in client.get("/en/payee").text
    assert announced() == []


@pytest.mark.clause("2.4")
def test_another_person_puts_it_in_force_and_the_history_stays(app, client):
    before = an_account_of_ours()
    changed = approve_payee(propose_payee(OTHER, FINANCE, now()).id, MANAGER, now())
    payee = our_payee(db.session())
    assert (payee.account, payee.former) == (changed, [before])
    page = client.get("/en/payee").text
    assert "6200 9999 8888 7777" in page and "ends in 9012" in page
    assert "6200 1234 5678 9012" not in page
    assert events() == ["payee.proposed", "payee.changed"] * 2


@pytest.mark.clause("2.4")
def test_who_has_still_to_remit_is_told_and_nobody_else(app):
    an_account_of_ours()
    waiting, paid = an_order(), an_order()
    pay(paid)
    approve_payee(propose_payee(OTHER, FINANCE, now()).id, MANAGER, now())
    assert announced() == [waiting.account_id]


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(("lang", "said"), [("en", "Our account is new since"), ("zh-cn", "收款账户已于")])
def test_the_payment_page_names_the_account_in_force_and_says_for_thirty_days_that_it_is_new(app, client, lang, said):
    buyer = a_buyer()
    order = an_order(account=buyer)
    signed_in(client, buyer)
    address = f"/{lang}/orders/{order.number}/remittance"
    an_account_of_ours(at=now() - timedelta(days=90))
    assert said not in client.get(address).text
    approve_payee(propose_payee(OTHER, FINANCE, now()).id, MANAGER, now() - timedelta(days=29))
    page = client.get(address).text
    assert said in page and "6200 9999 8888 7777" in page and "6200 1234 5678 9012" not in page
    assert not our_payee(db.session()).is_new(now() + timedelta(days=1, seconds=1))


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(("lang", "said"), [("en", "Please do not remit yet."), ("zh-cn", "请暂勿汇款。")])
def test_without_an_account_buyers_are_told_not_to_remit(app, client, lang, said):
    buyer = a_buyer()
    order = an_order(account=buyer)
    signed_in(client, buyer)
    assert said in client.get(f"/{lang}/orders/{order.number}/remittance").text
    assert said in client.get(f"/{lang}/payee").text


def test_one_change_waits_at_a_time_and_can_be_withdrawn(app):
    proposal = propose_payee(OTHER, FINANCE, now())
    with pytest.raises(ProposedAlready):
        propose_payee(Details("云商", "第三家银行", "6200000011112222"), MANAGER, now())
    withdraw_payee(proposal.id, FINANCE, now())
    assert proposed_payee(db.session()) is None
    for act in (approve_payee, withdraw_payee):
        with pytest.raises(NotWaiting):
            act(proposal.id, MANAGER, now())


def test_the_account_in_force_is_no_change(app):
    an_account_of_ours(OTHER.name, OTHER.bank, OTHER.number)
    with pytest.raises(NothingChanges):
        propose_payee(OTHER, MANAGER, now())


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("by", [Actor("clerk", 1), Actor("marketer", 1), Actor("buyer", 1), CLOCK])
def test_only_finance_and_managers_change_it(app, by):
    with pytest.raises(MoveNotAllowed):
        propose_payee(OTHER, by, now())
    proposal = propose_payee(OTHER, FINANCE, now())
    for act in (approve_payee, withdraw_payee):
        with pytest.raises(MoveNotAllowed):
            act(proposal.id, by, now())


@pytest.mark.parametrize(
    ("typed", "read"),
    [("6200 9999-8888 7777", "6200999988887777"), ("gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
     ("1234567", None), ("1" * 35, None), ("6200 9999 8888 777?", None), ("", None)],
)  # fmt: skip
def test_a_number_is_read_as_it_is_typed(typed, read):
    assert account_number_in(typed) == read


@pytest.mark.clause("2.4")
def test_two_desks_change_the_account(app):
    finance, manager = Desk(app, "finance"), Desk(app, "manager")
    sent = finance.post("/payee", "PayeeForm", {"name": "云商", "bank": "另一家银行", "number": "6200 9999 8888 7777"})
    assert sent.headers["Location"].endswith("/desk/payee?done=desk_payee_proposed")
    proposal = proposed_payee(db.session())
    assert proposal and (proposal.proposed_by, proposal.number) == (finance.account.audit_ref, OTHER.number)
    assert "another person confirms" in finance.get("/payee").text
    refused = finance.post(f"/payee/{proposal.id}/confirmation", "payee.confirm")
    assert refused.status_code == 403 and our_payee(db.session()).account is None
    assert "Changes of our account to confirm" in manager.get("").text
    done = manager.post(f"/payee/{proposal.id}/confirmation", "payee.confirm")
    assert done.headers["Location"].endswith("/desk/payee?done=desk_payee_changed")
    assert our_payee(db.session()).account == proposal


@pytest.mark.parametrize("fields", [{"number": "12"}, {"bank": ""}, {"name": " "}, {"number": "a\x00b12345678"}])
def test_a_bad_proposal_is_refused_at_the_field_and_kept(app, fields):
    typed = {"name": "云商有限", "bank": "另一家银行", "number": "6200999988887777", **fields}
    answer = Desk(app, "finance").post("/payee", "PayeeForm", typed)
    assert answer.status_code == 422 and f'id="{next(iter(fields))}-error"' in answer.text
    assert proposed_payee(db.session()) is None
    assert "云商有限" in answer.text or "name" in fields


def test_a_second_proposal_is_refused_with_what_was_typed(app):
    propose_payee(OTHER, FINANCE, now())
    typed = {"name": "云商有限", "bank": "第三家银行", "number": "6200000011112222"}
    answer = Desk(app, "manager").post("/payee", "PayeeForm", typed)
    assert answer.status_code == 409 and "第三家银行" in answer.text and "waits already" in answer.text

"""Our own account: changed by two people, announced, with a history that everybody can read. Clause 2.4."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.second_factor import use_second_factor
from app.backoffice.staffing import shut_out
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.two_people import NotWaiting, SamePerson
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import CLOCK, Actor, MoveNotAllowed
from app.payments.payee import (
    Details,
    NothingChanges,
    PayeeAccount,
    ProposedAlready,
    account_number_in,
    approve_payee,
    our_payee,
    propose_payee,
    proposed_payee,
    withdraw_payee,
)
from tests.accounts.builders import a_factor_of, a_staff_member, signed_in
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


def confirmed(desk: Desk, proposal: PayeeAccount, code: str | None = None, steps: int = 0):
    """The second person's form, with a fresh code unless another is given."""
    fields = {"code": a_factor_of(desk.account, steps) if code is None else code}
    return desk.post(f"/payee/{proposal.id}/confirmation", "ConfirmPayeeForm", fields, "confirm-")


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("code", ["", "000000", "ABCD-EFGH-JKMN"])
def test_without_a_fresh_second_factor_nobody_proposes_or_confirms(app, code):
    finance, manager = Desk(app, "finance"), Desk(app, "manager")
    for desk in (finance, manager):
        a_factor_of(desk.account)
    typed = {"name": "云商", "bank": "另一家银行", "number": "6200 9999 8888 7777", "code": code}
    answer = finance.post("/payee", "PayeeForm", typed)
    assert answer.status_code == 422 and 'id="code-error"' in answer.text and "另一家银行" in answer.text
    assert proposed_payee(db.session()) is None
    answer = confirmed(manager, propose_payee(OTHER, FINANCE, now()), code)
    assert answer.status_code == 422 and 'id="confirm-code-error"' in answer.text
    assert our_payee(db.session()).account is None


@pytest.mark.clause("2.4")
def test_a_code_counts_once_and_after_many_wrong_ones_none_does(app):
    manager = Desk(app, "manager")
    proposal, code = propose_payee(OTHER, FINANCE, now()), a_factor_of(manager.account)
    use_second_factor(manager.account, code, address_key="elsewhere")
    assert confirmed(manager, proposal, code).status_code == 422
    for _ in range(12):
        confirmed(manager, proposal, "000000")
    refused = confirmed(manager, proposal, steps=1)
    assert refused.status_code == 422 and "Too many tries" in refused.text
    assert our_payee(db.session()).account is None


@pytest.mark.clause("2.4")
def test_managers_are_told_by_sms_when_a_change_is_proposed_and_when_it_counts(app):
    manager, gone = a_staff_member("manager"), a_staff_member("manager")
    shut_out(gone.id, manager)
    a_staff_member("clerk")
    approve_payee(propose_payee(OTHER, FINANCE, now()).id, MANAGER, now())
    sent = select(OutboxMessage.code, OutboxMessage.channel, OutboxMessage.account_id)
    told = sorted(tuple(row) for row in db.session.execute(sent.where(OutboxMessage.code.startswith("payee."))))
    both = [(code, channel, manager.id) for code in ("payee.changed", "payee.proposed") for channel in ("site", "sms")]
    assert told == both


@pytest.mark.clause("2.4")
def test_two_desks_change_the_account(app):
    finance, manager = Desk(app, "finance"), Desk(app, "manager")
    typed = {
        "name": "云商",
        "bank": "另一家银行",
        "number": "6200 9999 8888 7777",
        "code": a_factor_of(finance.account),
    }
    sent = finance.post("/payee", "PayeeForm", typed)
    assert sent.headers["Location"].endswith("/desk/payee?done=desk_payee_proposed")
    proposal = proposed_payee(db.session())
    assert proposal and (proposal.proposed_by, proposal.number) == (finance.account.audit_ref, OTHER.number)
    assert "another person confirms" in finance.get("/payee").text
    refused = confirmed(finance, proposal, steps=1)
    assert refused.status_code == 403 and our_payee(db.session()).account is None
    assert "Changes of our account to confirm" in manager.get("").text
    done = confirmed(manager, proposal)
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
    desk = Desk(app, "manager")
    typed = {"name": "云商有限", "bank": "第三家银行", "number": "6200000011112222", "code": a_factor_of(desk.account)}
    answer = desk.post("/payee", "PayeeForm", typed)
    assert answer.status_code == 409 and "第三家银行" in answer.text and "waits already" in answer.text

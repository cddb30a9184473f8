"""A consignee read whole: one order, with a reason, by somebody who proved who they are, on the ledger first. 1.1.6."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.backoffice.unmasking import ProveAnew, Reader, UnknownReason, unmask
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.orders.models import Order
from tests.accounts.builders import PASSWORD
from tests.backoffice.builders import Desk
from tests.checkout.builders import CONSIGNEE, an_order


def ask(desk: Desk, order, **fields: str):
    return desk.post(f"/orders/{order.number}/consignee", "UnmaskForm", fields, "unmask-")


def readings() -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "consignee.unmasked")))


def shows_all(answer) -> bool:
    page = answer.get_data(as_text=True)
    return all(value in page for part, value in CONSIGNEE.items() if part != "mobile") and "13800138000" in page


@pytest.mark.clause("1.1.6")
def test_a_reading_with_a_reason_shows_it_and_is_on_the_ledger_of_the_person(app):
    order, desk = an_order(), Desk(app, "clerk")
    assert shows_all(ask(desk, order, reason="delivery"))
    (entry,) = readings()
    buyer = db.session.get_one(Account, order.account_id)
    assert (entry.actor, entry.subject) == (desk.account.audit_ref, buyer.audit_ref)
    assert entry.facts == {"order": order.number, "reason": "delivery"}


@pytest.mark.clause("1.1.6")
@pytest.mark.parametrize("reason", ["", "curious", "<script>", "x" * 5000, "\x00"])
def test_without_a_listed_reason_nothing_is_shown_and_nothing_written(app, reason):
    order, desk = an_order(), Desk(app, "clerk")
    answer = ask(desk, order, reason=reason)
    assert (answer.status_code, shows_all(answer), readings()) == (422, False, [])
    assert 'id="unmask-reason-error"' in answer.get_data(as_text=True)


@pytest.mark.clause("5.1.1d")
def test_the_next_look_at_the_page_is_masked_again(app):
    order, desk = an_order(), Desk(app, "clerk")
    ask(desk, order, reason="delivery")
    assert not shows_all(desk.get(f"/orders/{order.number}"))


@pytest.mark.clause("5.1.1e")
def test_after_a_quarter_of_an_hour_the_password_is_asked_for_again(app, clock):
    order, desk = an_order(), Desk(app, "clerk")
    clock.travel(minutes=16)
    answer = ask(desk, order, reason="delivery")
    assert (answer.status_code, shows_all(answer)) == (422, False)
    assert 'id="unmask-password-error"' in answer.get_data(as_text=True)
    assert not shows_all(ask(desk, order, reason="delivery", password="wrong"))
    assert readings() == []
    assert shows_all(ask(desk, order, reason="delivery", password=PASSWORD))


@pytest.mark.clause("5.1.1e")
def test_a_proof_serves_for_a_quarter_of_an_hour_and_keeps_the_second_factor(app, clock):
    order, desk = an_order(), Desk(app, "clerk")
    clock.travel(minutes=16)
    ask(desk, order, reason="delivery", password=PASSWORD)
    clock.travel(minutes=14)
    assert shows_all(ask(desk, order, reason="caller"))


@pytest.mark.clause("5.1.1e")
def test_wrong_passwords_are_counted_and_soon_refused_even_when_right(app, clock):
    order, desk = an_order(), Desk(app, "clerk")
    clock.travel(minutes=16)
    for _ in range(12):
        assert not shows_all(ask(desk, order, reason="delivery", password="wrong"))
    assert not shows_all(ask(desk, order, reason="delivery", password=PASSWORD))


@pytest.mark.clause("5.1.1e")
def test_the_rule_holds_at_the_act_too():
    order = Order(number="1")
    with pytest.raises(UnknownReason):
        unmask(order, Reader(1, now()), "curious", now(), subject=None)
    with pytest.raises(ProveAnew):
        unmask(order, Reader(1, now() - timedelta(minutes=16)), "delivery", now(), subject=None)


@pytest.mark.clause("5.1.1e")
def test_finance_has_no_such_button_and_no_such_right(app):
    order, desk = an_order(), Desk(app, "finance")
    assert "/consignee" not in desk.get(f"/orders/{order.number}").get_data(as_text=True)
    assert ask(desk, order, reason="delivery").status_code == 403


def test_the_answer_is_kept_by_no_cache(app):
    order, desk = an_order(), Desk(app, "clerk")
    assert ask(desk, order, reason="delivery").headers["Cache-Control"] == "no-store"


@pytest.mark.clause("5.2.2c")
def test_an_erased_persons_order_shows_dashes_and_cannot_be_unmasked(app):
    order, desk = an_order(), Desk(app, "clerk")
    data_keys().destroy(order.subject_id)
    db.session.expunge_all()
    db.session.info.clear()
    assert desk.get(f"/orders/{order.number}").status_code == 200
    answer = ask(desk, order, reason="delivery")
    assert (answer.status_code, shows_all(answer)) == (410, False)

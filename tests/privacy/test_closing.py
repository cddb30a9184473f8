"""An application to close is decided within 48 hours, whoever is away. Clause 5.2.2a."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import CLOSED, OPEN, Account
from app.accounts.people import person_of
from app.foundation.alarms import Alarm
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.web_session import live_sessions
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.privacy.closing import (
    AppliedAlready,
    DecidedAlready,
    NothingOpen,
    StillOpen,
    approve,
    decide_due,
    refuse,
    warn,
    withdraw,
)
from app.privacy.closures import APPROVED, REFUSED, WAITING, WITHDRAWN
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.checkout.builders import an_order
from tests.conftest import empty
from tests.notifications.builders import sms_texts_to
from tests.payments.builders import pay
from tests.privacy.closures import REVIEWER, applied, fresh

BUYER = Actor("buyer", 7)


def account_of(closure):
    return db.session.get_one(Account, closure.account_id, populate_existing=True)


@pytest.mark.clause("5.2.2a")
def test_at_the_end_of_48_hours_an_application_with_nothing_open_is_approved_by_itself(app, clock):
    closure = applied(an_account())
    clock.travel(hours=48, seconds=-10)
    assert decide_due() == 0 and fresh(closure).state == WAITING
    clock.travel(seconds=9)
    assert decide_due() == 1
    assert (fresh(closure).state, closure.decided_by, account_of(closure).state) == (APPROVED, None, CLOSED)
    assert closure.decided_at <= closure.applied_at + timedelta(hours=48)


@pytest.mark.clause("5.2.2a")
def test_one_with_something_open_is_answered_with_what_it_is(app, clock):
    order = an_order()
    closure = applied(db.session.get(Account, order.account_id))
    clock.travel(hours=48)
    decide_due()
    assert (fresh(closure).state, closure.obstacles) == (REFUSED, [["order_unpaid", order.spoken_number]])
    assert account_of(closure).state == OPEN


@pytest.mark.clause("5.2.2a")
def test_a_paid_order_stands_in_the_way_until_it_arrived_and_a_cancelled_one_does_not(app):
    order = an_order()
    account = db.session.get(Account, order.account_id)
    cancelled = an_order(account=account)
    cancel(cancelled.id, BUYER, now())
    pay(order)
    assert applied(account).obstacles == [["order_open", order.spoken_number]]


@pytest.mark.clause("5.2.2a")
@given(hours=st.floats(0, 300), opened=st.booleans(), steps=st.lists(st.floats(0.1, 30), max_size=8))
def test_whenever_the_worker_comes_back_every_application_past_its_time_is_decided(shop, hours, opened, steps):
    """Also when it was away over the end, and however unevenly the clock moves."""
    from app.foundation.clock import application_clock as clock

    with shop.app_context():
        try:
            account = db.session.get(Account, an_order().account_id) if opened else an_account()
            closure = applied(account)
            for step in [*steps, hours]:
                clock.travel(hours=step)
                decide_due()
                over = now() >= closure.applied_at + timedelta(hours=48)
                assert (fresh(closure).state != WAITING) == over or closure.due_at - now() <= timedelta(seconds=5)
        finally:
            clock.reset()
            empty(db.engine, db.metadata)
            db.session.remove()


@pytest.mark.clause("5.2.2a")
def test_a_reviewer_approves_and_the_account_is_shut_at_once(client):
    account = an_account()
    signed_in(client, account)
    closure = applied(account)
    approve(closure.id, REVIEWER, now())
    assert account_of(closure).state == CLOSED and not list(live_sessions(account.id, now()))
    assert client.get("/en/account").status_code == 302
    with pytest.raises(DecidedAlready):
        refuse(closure.id, REVIEWER, now())


def test_nobody_approves_over_what_is_open_nor_refuses_without_a_reason(app):
    with_order, without = applied(db.session.get(Account, an_order().account_id)), applied(an_account())
    with pytest.raises(StillOpen):
        approve(with_order.id, REVIEWER, now())
    with pytest.raises(NothingOpen):
        refuse(without.id, REVIEWER, now())
    assert fresh(with_order).state == fresh(without).state == WAITING


def test_one_application_at_a_time_and_another_after_it_was_answered(app, clock):
    account = db.session.get(Account, an_order().account_id)
    closure = applied(account)
    with pytest.raises(AppliedAlready):
        applied(account)
    refuse(closure.id, REVIEWER, now())
    clock.travel(seconds=1)
    assert applied(account).state == WAITING


def test_while_it_waits_it_can_be_withdrawn_and_nothing_changes(app):
    account = an_account()
    closure = applied(account)
    withdraw(person_of(account), now())
    assert (fresh(closure).state, account_of(closure).state) == (WITHDRAWN, OPEN)
    with pytest.raises(DecidedAlready):
        withdraw(person_of(account), now())


def test_after_36_hours_an_alarm_stands_until_it_is_decided(app, clock):
    closure = applied(an_account())
    clock.travel(hours=35)
    warn()
    assert db.session.get(Alarm, "closures") is None
    clock.travel(hours=1, seconds=1)
    warn()
    assert db.session.get(Alarm, "closures").facts == {"waiting": 1}
    approve(closure.id, REVIEWER, now())
    warn()
    assert db.session.get(Alarm, "closures") is None


def test_a_member_of_staff_does_not_close_their_own_account(app):
    assert applied(a_staff_member()).obstacles == [["staff", ""]]


def test_each_turn_is_told_and_stands_on_the_ledger(app):
    account = an_account()
    closure = applied(account)
    number = person_of(account).number
    approve(closure.id, REVIEWER, now())
    assert [code for code, _ in sms_texts_to(number)] == ["closure.applied", "closure.erased"]
    events = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.subject == account.audit_ref)).all()
    assert {"closure.applied", "closure.approved"} <= set(events)

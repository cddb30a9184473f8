"""The demonstration shop: complete, made by the acts, safe to repeat and to interrupt, never in production."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from analytics.conversions import orders_by_source
from analytics.dashboard.panels import PANELS
from analytics.reading import Range
from analytics.reports import Reports
from app.accounts.models import Account
from app.accounts.password_rules import weakness_of
from app.accounts.passwords import is_password_of
from app.accounts.second_factor import use_second_factor
from app.catalog.telling import tell_past_price_changes
from app.demo import commands
from app.demo.commands import VISIT_DAYS, VISITS_A_DAY
from app.demo.people import CUSTOMERS, PASSWORD, PEOPLE, account_of
from app.foundation import data_keys
from app.foundation.alarms import Alarm
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.money import Money
from app.measurement.house import counting_house
from app.notifications.models import WAITING, OutboxMessage
from app.orders.lifecycle import STATES
from app.orders.models import Order, OrderEvent
from app.orders.telling import tell_days
from app.stock.queries import levels_off_ledger
from app.support.clocks import ALARM as REPLIES
from app.support.models import Ticket
from tests.accounts.builders import signed_in
from tests.conftest import empty, settings_for


@pytest.fixture(scope="module")
def demo_shop(shop: Flask) -> Iterator[Flask]:
    """The shop with its demo data, loaded once for the tests that only look at it."""
    result = shop.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    yield shop
    with shop.app_context():
        db.session.remove()
        empty(db.engine, db.metadata)
        empty(shop.extensions["data_keys"].engine, data_keys.metadata)


@pytest.fixture
def loaded(demo_shop: Flask) -> Iterator[Flask]:
    with demo_shop.app_context():
        yield demo_shop
        db.session.remove()


def run(app: Flask, *words: str):
    return app.test_cli_runner().invoke(args=["demo", *words])


def test_a_load_that_was_interrupted_goes_on_where_it_stopped(app):
    halfway = pytest.MonkeyPatch()
    halfway.setattr("app.demo.orders._happen", _stop_at_the_third_event())
    assert run(app, "load").exit_code != 0
    halfway.undo()
    assert run(app, "load").exit_code == 0
    named = select(OrderEvent.order_id, OrderEvent.part_id, OrderEvent.name)
    but_invoices = OrderEvent.name.not_like("invoice%")  # one of them is taken back and made anew
    events = db.session.execute(named.where(but_invoices)).all()
    assert len(events) == len(set(events))
    assert {order.state for order in db.session.scalars(select(Order))} == set(STATES)
    assert db.session.scalar(select(func.count()).select_from(Account)) == len(PEOPLE) + len(CUSTOMERS)


def _stop_at_the_third_event():
    from app.demo.orders import _happen

    left = iter(range(3))

    def happen(*arguments):
        if next(left, None) is None:
            raise RuntimeError("the power went out")
        _happen(*arguments)

    return happen


@pytest.mark.clause("5.1.1e")
@pytest.mark.parametrize("words", [("load",), ("accounts",), ("code", "clerk")])
def test_production_refuses_published_passwords(app, monkeypatch, tmp_path, words):
    settings = settings_for(tmp_path)
    assert not settings.is_production
    object.__setattr__(settings, "app_env", "production")
    monkeypatch.setitem(app.extensions, "settings", settings)
    result = run(app, *words)
    assert result.exit_code == 1 and "development only" in result.output
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0
    assert PASSWORD not in result.output


def test_the_demo_has_orders_in_every_state_and_they_obey_the_rules(loaded):
    orders = db.session.scalars(select(Order)).all()
    assert {order.state for order in orders} == set(STATES)
    for order in orders:
        assert order.total == Money.total(line.amount for line in order.lines) + order.freight
        assert all(event.at <= now() for event in order.events)
    assert levels_off_ledger(db.session()) == []


LIFE = ["place", "pay", "cancel", "expire", "ship", "receive"]
"""Refunds, cases and invoices have an order of their own."""


def test_the_past_lies_in_the_order_in_which_it_happened(loaded):
    for order in db.session.scalars(select(Order)):
        names = [event.name for event in order.events if event.name in LIFE]
        assert names[0] == "place" == order.events[0].name
        assert names == sorted(names, key=LIFE.index)


def test_loading_again_changes_nothing(loaded):
    before = [(order.id, order.state) for order in db.session.scalars(select(Order).order_by(Order.id))]
    assert "already" in run(loaded, "load").output
    assert before == [(order.id, order.state) for order in db.session.scalars(select(Order).order_by(Order.id))]


def test_everybody_of_the_list_can_sign_in_with_what_is_printed(loaded):
    printed = run(loaded, "accounts").output
    assert PASSWORD in printed
    for person in PEOPLE:
        account = account_of(person.name)
        assert account and account.role == person.role
        assert is_password_of(account.password_hash, PASSWORD)
        assert re.search(rf"{person.name}\b.*{person.secret if person.role != 'buyer' else ''}", printed)


@pytest.mark.parametrize("name", [person.name for person in PEOPLE if person.role != "buyer"])
def test_the_printed_secret_and_the_printed_code_open_the_second_factor(loaded, clock, name):
    account = account_of(name)
    assert account
    code = run(loaded, "code", name).output.strip()
    assert code == pyotp.TOTP(next(each.secret for each in PEOPLE if each.name == name)).at(now())
    use_second_factor(account, code, address_key="here")


def test_the_published_password_would_be_taken_by_the_registration():
    for person in PEOPLE:
        assert weakness_of(PASSWORD, name=person.name, number=person.phone) is None


def test_no_message_of_the_past_is_sent_today(loaded):
    waiting = select(OutboxMessage).where(OutboxMessage.state == WAITING)
    assert db.session.scalars(waiting).all() == []


def test_questions_wait_at_the_desk_and_some_are_answered(loaded):
    tickets = db.session.scalars(select(Ticket)).all()
    assert {ticket.answered_at is None for ticket in tickets} == {True, False}
    assert {ticket.channel for ticket in tickets} == {"page", "mail", "hotline", "letter"}
    assert {"question", "complaint", "leak", "data"} == {ticket.kind for ticket in tickets}
    assert any(ticket.held_at for ticket in tickets) and any(ticket.reviews_id for ticket in tickets)
    assert any(ticket.is_to_be_told for ticket in tickets)
    assert db.session.get(Alarm, REPLIES) is None


def test_the_visits_are_counted_by_the_real_counting_code(loaded):
    house = counting_house()
    totals = Reports(house.store, {}).totals(Range(house.today() - VISIT_DAYS + 1, house.today()))
    assert totals.visits > VISIT_DAYS * VISITS_A_DAY / 2
    assert totals.views > totals.visits


def test_every_panel_of_the_dashboard_has_something_to_show(loaded):
    """But perhaps faults: the demonstration makes none up."""
    tell_days(today() - timedelta(days=VISIT_DAYS), today())
    tell_past_price_changes()
    client = loaded.test_client()
    signed_in(client, account_of("marketer"))
    answers = {name: client.get(f"/en/dashboard/{name}.json").get_json() for name in PANELS}
    assert {name for name, answer in answers.items() if not answer["rows"]} <= {"faults"}
    products = answers["products"]["rows"]
    for figure in ("views", "in_cart", "placed", "out_of_stock", "price_changed"):
        assert any(row[figure] for row in products), figure
    assert {bool(row["search_result"]) for row in answers["searches"]["rows"]} == {True, False}


def test_most_orders_were_seen_being_placed_and_never_more_than_there_are(loaded):
    house = counting_house()
    seen = sum(row.orders for row in orders_by_source(house.store, Range(house.today() - VISIT_DAYS, house.today())))
    placed = db.session.scalar(select(func.count()).select_from(Order))
    assert placed and 0.5 < seen / placed < 1


def test_an_unknown_name_has_no_code(app):
    assert run(app, "code", "nobody").exit_code == 2


def test_the_commands_are_those_that_make_run_calls():
    assert set(commands.demo_commands.commands) == {"load", "accounts", "code"}

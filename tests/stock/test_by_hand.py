"""The goods desk receives, corrects and moves, each time with a reason, and never touches what orders hold."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.foundation.alarms import standing
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.jobs import DUTIES, run_duty
from app.stock.errors import NotThatMany, ReasonMissing
from app.stock.moving import move
from app.stock.queries import levels_off_ledger, movements_of
from app.stock.receiving import adjust, receive
from app.stock.taking import take
from tests.stock.builders import LOT, a_stocked_sku, a_warehouse, level_of, lots_in

pytestmark = pytest.mark.usefixtures("app")


def test_a_receipt_is_in_the_ledger_with_its_reason_and_in_the_audit():
    sku, [place] = a_stocked_sku(0)
    receive(sku.id, place.id, 7, now(), reason="container 12", actor=99)
    [movement] = db.session.scalars(movements_of(sku.id))
    assert (movement.kind, movement.on_hand_delta, movement.reason, movement.actor) == (
        "received",
        7,
        "container 12",
        99,
    )
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "stock.received")).one()
    assert (entry.actor, entry.facts) == (
        99, {"sku": sku.id, "warehouse": place.id, "lot": movement.lot_id, "units": 7}
    )  # fmt: skip


def test_a_count_can_correct_down_to_what_orders_hold_and_no_further():
    sku, [place] = a_stocked_sku(5)
    with transaction() as session:
        take(session, {sku.id: 2}, 1, now())
    adjust(sku.id, place.id, -3, now(), lot=LOT, reason="count")
    with pytest.raises(NotThatMany):
        adjust(sku.id, place.id, -1, now(), lot=LOT, reason="count")
    assert level_of(sku, place) == (2, 2)


def test_a_move_takes_from_one_place_what_it_gives_to_the_other():
    sku, [here] = a_stocked_sku(5)
    there = a_warehouse()
    move(sku.id, here.id, there.id, 3, now(), lot=LOT, reason="nearer to the buyer")
    assert (level_of(sku, here), level_of(sku, there)) == ((2, 0), (3, 0))


def test_a_move_of_more_than_is_free_moves_nothing():
    sku, [here] = a_stocked_sku(5)
    there = a_warehouse()
    with pytest.raises(NotThatMany):
        move(sku.id, here.id, there.id, 6, now(), lot=LOT, reason="too much")
    assert level_of(sku, here) == (5, 0)
    assert levels_off_ledger(db.session()) == []


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_changed_by_hand_without_a_reason(reason: str):
    sku, [place] = a_stocked_sku(5)
    other = a_warehouse()
    with pytest.raises(ReasonMissing):
        receive(sku.id, place.id, 1, now(), reason=reason)
    with pytest.raises(ReasonMissing):
        adjust(sku.id, place.id, -1, now(), lot=LOT, reason=reason)
    with pytest.raises(ReasonMissing):
        move(sku.id, place.id, other.id, 1, now(), lot=LOT, reason=reason)
    assert level_of(sku, place) == (5, 0)


@pytest.mark.parametrize("quantity", [0, -4, 1_000_001, 10**30])
def test_a_receipt_is_of_at_least_one_and_at_most_a_million(quantity: int):
    sku, [place] = a_stocked_sku(5)
    with pytest.raises(NotThatMany):
        receive(sku.id, place.id, quantity, now(), reason="delivery")


def test_a_receipt_opens_a_lot_or_adds_to_a_known_one_and_without_a_name_it_is_the_lot_of_the_day_in_china():
    sku, [place] = a_stocked_sku(5)
    receive(sku.id, place.id, 2, datetime(2026, 11, 30, 17, tzinfo=UTC), reason="by night")
    receive(sku.id, place.id, 4, now(), lot=" C-12 ", reason="container")
    receive(sku.id, place.id, 1, now(), lot="C-12", reason="the last box")
    assert lots_in(sku, place) == {"1": (5, 0, 0), "2026-12-01": (2, 0, 0), "C-12": (5, 0, 0)}


def test_units_of_a_lot_are_counted_and_moved_as_that_lot():
    sku, [here] = a_stocked_sku(5)
    there = a_warehouse()
    receive(sku.id, here.id, 3, now(), lot="B", reason="delivery")
    move(sku.id, here.id, there.id, 2, now(), lot="B", reason="nearer")
    with pytest.raises(NotThatMany):
        adjust(sku.id, here.id, -2, now(), lot="B", reason="count")
    assert (lots_in(sku, here)["B"], lots_in(sku, there)) == ((1, 0, 0), {"B": (2, 0, 0)})


def test_a_lot_of_another_sku_is_none_of_this_one():
    sku, [here] = a_stocked_sku(5)
    other, _ = a_stocked_sku(0)
    receive(other.id, here.id, 3, now(), lot="B", reason="delivery")
    with pytest.raises(NotFound):
        adjust(sku.id, here.id, 1, now(), lot="B", reason="count")
    with pytest.raises(NotFound):
        move(sku.id, here.id, a_warehouse().id, 1, now(), lot="B", reason="count")


@pytest.mark.parametrize("counter", ["on_hand", "held", "shipped"])
def test_a_level_that_left_its_ledger_is_found(counter: str):
    sku, [place] = a_stocked_sku(5)
    damage(counter, 1)
    assert levels_off_ledger(db.session()) == [(sku.id, place.id)]


def test_the_alarm_stands_on_desk_and_health_page_until_the_levels_are_right_again(app: Flask, client: FlaskClient):
    sku, [place] = a_stocked_sku(5)
    assert run_duty(app, DUTIES["stock.prove_levels"])
    damage("held", 1)
    assert not run_duty(app, DUTIES["stock.prove_levels"])
    [alarm] = standing(db.session())
    assert (alarm.name, alarm.facts) == ("stock", {"levels": 1, "first": [[sku.id, place.id]]})
    assert client.get("/readyz").json["alarms"] == ["stock"]
    assert not run_duty(app, DUTIES["stock.prove_levels"])
    damage("held", -1)
    assert run_duty(app, DUTIES["stock.prove_levels"])
    assert client.get("/readyz").json["alarms"] == []
    events = select(LedgerEntry.event).where(LedgerEntry.event.startswith("alarm."))
    assert sorted(db.session.scalars(events)) == ["alarm.cleared", "alarm.stock"]


def damage(counter: str, by: int) -> None:
    with transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE stock_levels SET {counter} = {counter} + {by}")

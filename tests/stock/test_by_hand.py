"""The goods desk receives, corrects and moves, each time with a reason, and never touches what orders hold."""

import pytest
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.errors import NotThatMany, ReasonMissing
from app.stock.moving import move
from app.stock.queries import levels_off_ledger, movements_of
from app.stock.receiving import adjust, receive
from app.stock.taking import take
from tests.stock.builders import a_stocked_sku, a_warehouse, level_of

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
    assert (entry.actor, entry.facts) == (99, {"sku": sku.id, "warehouse": place.id, "units": 7})


def test_a_count_can_correct_down_to_what_orders_hold_and_no_further():
    sku, [place] = a_stocked_sku(5)
    with transaction() as session:
        take(session, {sku.id: 2}, 1, now())
    adjust(sku.id, place.id, -3, now(), reason="count")
    with pytest.raises(NotThatMany):
        adjust(sku.id, place.id, -1, now(), reason="count")
    assert level_of(sku, place) == (2, 2)


def test_a_move_takes_from_one_place_what_it_gives_to_the_other():
    sku, [here] = a_stocked_sku(5)
    there = a_warehouse()
    move(sku.id, here.id, there.id, 3, now(), reason="nearer to the buyer")
    assert (level_of(sku, here), level_of(sku, there)) == ((2, 0), (3, 0))


def test_a_move_of_more_than_is_free_moves_nothing():
    sku, [here] = a_stocked_sku(5)
    there = a_warehouse()
    with pytest.raises(NotThatMany):
        move(sku.id, here.id, there.id, 6, now(), reason="too much")
    assert level_of(sku, here) == (5, 0)
    assert levels_off_ledger(db.session()) == []


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_changed_by_hand_without_a_reason(reason: str):
    sku, [place] = a_stocked_sku(5)
    other = a_warehouse()
    with pytest.raises(ReasonMissing):
        receive(sku.id, place.id, 1, now(), reason=reason)
    with pytest.raises(ReasonMissing):
        adjust(sku.id, place.id, -1, now(), reason=reason)
    with pytest.raises(ReasonMissing):
        move(sku.id, place.id, other.id, 1, now(), reason=reason)
    assert level_of(sku, place) == (5, 0)


@pytest.mark.parametrize("quantity", [0, -4, 1_000_001, 10**30])
def test_a_receipt_is_of_at_least_one_and_at_most_a_million(quantity: int):
    sku, [place] = a_stocked_sku(5)
    with pytest.raises(NotThatMany):
        receive(sku.id, place.id, quantity, now(), reason="delivery")


def test_a_level_that_left_its_ledger_is_found():
    sku, [place] = a_stocked_sku(5)
    with transaction() as session:
        session.connection().exec_driver_sql("UPDATE stock_levels SET on_hand = 6")
    assert levels_off_ledger(db.session()) == [(sku.id, place.id)]

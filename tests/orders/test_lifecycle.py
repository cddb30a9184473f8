"""The table of moves, walked in every direction. Clause 1.1.5a."""

import pytest

from app.foundation.permissions import ROLES
from app.orders.lifecycle import (
    AWAITING_PAYMENT,
    AWAITING_RECEIPT,
    AWAITING_SHIPMENT,
    CANCELLED,
    CHECK_EVENTS,
    CLOCK,
    COMPLETED,
    EVENTS,
    INVOICE_EVENTS,
    MARKS,
    MONEY_EVENTS,
    MOVES,
    STATES,
    Actor,
    least_advanced,
    moves_from,
)

BUYER, CLERK, FINANCE = (Actor(role, 1) for role in ("buyer", "clerk", "finance"))


def names(state: str, actor: Actor) -> set[str]:
    return {move.name for move in moves_from(state, actor)}


@pytest.mark.clause("1.1.5a")
def test_nothing_leaves_before_it_is_paid():
    to_the_buyer = {move.name: move.start for move in MOVES.values() if move.end == AWAITING_RECEIPT}
    assert to_the_buyer == {"ship": AWAITING_SHIPMENT, "call_off_rest": AWAITING_SHIPMENT}
    assert [move.name for move in MOVES.values() if move.end == AWAITING_SHIPMENT] == ["pay"]


@pytest.mark.parametrize(
    ("state", "actor", "allowed"),
    [
        (AWAITING_PAYMENT, BUYER, {"cancel"}),
        (AWAITING_PAYMENT, CLERK, {"cancel"}),
        (AWAITING_PAYMENT, FINANCE, {"pay"}),
        (AWAITING_PAYMENT, CLOCK, {"expire"}),
        (AWAITING_SHIPMENT, BUYER, set()),
        (AWAITING_SHIPMENT, CLERK, {"ship"}),
        (AWAITING_SHIPMENT, FINANCE, {"call_off", "call_off_rest"}),
        (AWAITING_RECEIPT, BUYER, {"receive"}),
        (AWAITING_RECEIPT, CLOCK, {"complete"}),
        (AWAITING_RECEIPT, FINANCE, set()),
    ],
)
def test_each_may_do_what_the_table_says_and_no_more(state: str, actor: Actor, allowed: set[str]):
    assert names(state, actor) == allowed


@pytest.mark.parametrize("role", sorted(ROLES))
def test_nobody_moves_an_order_that_is_closed(role: str):
    assert names(COMPLETED, Actor(role, 1)) == names(CANCELLED, Actor(role, 1)) == set()


def test_an_unknown_role_may_do_nothing():
    assert not any(Actor("owner", 1).may(name) for name in MOVES)


def test_nobody_passes_for_the_clock_by_calling_himself_so():
    assert not any(Actor("clock", 7).may(name) for name in MOVES)


def test_every_state_and_move_has_its_words_and_its_mark():
    assert set(MARKS) == set(STATES)
    beside = {*MONEY_EVENTS, *CHECK_EVENTS, *INVOICE_EVENTS}
    assert set(EVENTS) == set(MOVES) | {"place", "way", "postpone", "parcel"} | beside
    assert {move.start for move in MOVES.values()} | {move.end for move in MOVES.values()} == set(STATES)


@pytest.mark.parametrize(
    ("parts", "order"),
    [
        ([AWAITING_SHIPMENT, AWAITING_RECEIPT], AWAITING_SHIPMENT),
        ([COMPLETED, AWAITING_RECEIPT], AWAITING_RECEIPT),
        ([COMPLETED, CANCELLED], COMPLETED),
        ([CANCELLED, CANCELLED], CANCELLED),
        ([COMPLETED], COMPLETED),
    ],
)
def test_an_order_stands_where_its_least_advanced_part_stands(parts: list[str], order: str):
    assert least_advanced(parts) == order

"""The table of a case's life: everything follows from it. Each state has a way out, each move its people."""

import pytest

from app.after_sales.lifecycle import (
    ACCEPTED,
    AWAITING_RETURN,
    AWAITING_SELLER,
    CLOSED,
    EVENTS,
    HERE,
    LIMITS,
    MARKS,
    MOVES,
    PLATFORM,
    REFUNDING,
    REFUSED,
    RETURNING,
    STATES,
    TO_REFUND,
    TO_SEND,
    WITH_BUYER,
    end_of,
    may,
    moves_from,
)
from app.after_sales.trade_rules import EXCHANGE, KINDS, REFUND_ONLY, REPAIR, RETURN, SHORT_HASHRATE
from app.orders.lifecycle import CLOCK, Actor
from tests.after_sales.builders import BUYER, CLERK, FINANCE, MANAGER

WHO = {
    "buyer": (BUYER, {"supply", "escalate", "hand_in", "withdraw"}),
    "clerk": (CLERK, {"accept", "ask_more", "refuse", "examine", "reject_goods", "refund_again", "send"}),
    "manager": (
        MANAGER,
        {"accept", "ask_more", "refuse", "examine", "reject_goods", "refund_again", "send", "uphold", "dismiss"},
    ),
    "finance": (FINANCE, set()),
    "marketer": (Actor("marketer", 9), set()),
    "clock": (CLOCK, {"escalate", "lapse"}),
}


@pytest.mark.parametrize("role", WHO)
def test_each_role_makes_its_own_moves_and_no_others(role: str):
    by, allowed = WHO[role]
    assert {name for name in MOVES if may(by, name)} == allowed


def test_nobody_presses_a_button_for_what_a_refund_does():
    follows = {name for name, move in MOVES.items() if move.follows}
    assert follows == {"refund_refused", "refund_paid"}
    assert not any(may(by, name) for by, _ in WHO.values() for name in follows)


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_word_a_mark_and_unless_it_is_the_end_a_way_out(state: str):
    assert MARKS[state]
    leads_on = {name for name, move in MOVES.items() if state in move.starts}
    assert bool(leads_on) == (state != CLOSED)
    assert (state in LIMITS) == (state not in (REFUNDING, CLOSED))


@pytest.mark.parametrize("state", LIMITS)
def test_the_move_of_a_clock_begins_where_the_clock_runs(state: str):
    then = LIMITS[state].then
    assert then is None or (may(CLOCK, then) and state in MOVES[then].starts)


def test_every_move_has_its_words():
    assert set(EVENTS) == {"open", "split", *MOVES}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MOVES)
def test_every_move_leads_somewhere_that_exists(name: str, kind: str):
    if name == "examine" and kind in (REFUND_ONLY, SHORT_HASHRATE):
        pytest.raises(KeyError, end_of, name, kind, WITH_BUYER)
    else:
        assert end_of(name, kind, WITH_BUYER) in STATES


@pytest.mark.parametrize("name", ["withdraw", "lapse", "dismiss"])
def test_a_case_that_ends_while_goods_lie_with_us_sends_them_back_first(name: str):
    assert end_of(name, RETURN, HERE) == TO_SEND
    assert end_of(name, RETURN, WITH_BUYER) == CLOSED


@pytest.mark.parametrize(("came_from", "goods", "kind", "end"), [
    (AWAITING_SELLER, WITH_BUYER, REFUND_ONLY, REFUNDING), (AWAITING_SELLER, WITH_BUYER, EXCHANGE, AWAITING_RETURN),
    (REFUSED, WITH_BUYER, REPAIR, AWAITING_RETURN), (REFUSED, HERE, RETURN, RETURNING),
    (RETURNING, "way", RETURN, RETURNING), (TO_REFUND, WITH_BUYER, REFUND_ONLY, TO_REFUND),
    (TO_SEND, HERE, REPAIR, TO_SEND), (TO_SEND, "taken", EXCHANGE, TO_SEND),
])  # fmt: skip
def test_a_decision_for_the_buyer_goes_on_where_the_case_stood(came_from: str, goods: str, kind: str, end: str):
    assert end_of("uphold", kind, goods, came_from) == end


def test_the_buttons_are_those_of_the_table():
    assert moves_from(AWAITING_SELLER, CLERK) == ["accept", "ask_more", "refuse"]
    assert moves_from(PLATFORM, CLERK) == [] and moves_from(PLATFORM, MANAGER) == ["uphold", "dismiss"]
    assert moves_from(REFUSED, BUYER) == ["escalate", "withdraw"]
    assert {kind: end_of("accept", kind, WITH_BUYER) for kind in KINDS} == ACCEPTED

"""The clocks of both sides: warned a day before, ended by the worker, nothing before its time. FLOWS.md 4."""

import pytest
from flask import Flask

from app.after_sales.answering import escalate
from app.after_sales.deadlines import end_times, warn
from app.after_sales.deciding import ask_more, refuse
from app.after_sales.examining import reject_goods
from app.after_sales.lifecycle import CLOSED, LAPSED, LIMITS, PLATFORM, TO_SEND
from app.after_sales.models import Case
from app.after_sales.talking import Saying, say
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, REPAIR, RETURN
from app.foundation.clock import Clock, now
from app.refunds import approving
from tests.after_sales.builders import (
    BUYER,
    CLERK,
    MANAGER,
    a_case,
    a_case_to_send,
    agreed,
    fresh,
    machines_of,
    sent_back,
    standing,
    told,
)


def more_asked() -> Case:
    case = a_case()
    ask_more(case.id, "请补充", CLERK, now())
    return case


def refused() -> Case:
    case = a_case()
    refuse(case.id, "不支持", CLERK, now())
    return case


def at_the_platform() -> Case:
    case = refused()
    escalate(case.id, BUYER, now())
    return case


def refund_refused() -> Case:
    case = agreed(a_case(kind=REFUND_ONLY))
    approving.refuse(case.refund_id or 0, MANAGER, now())
    return case


STANDING = {
    "awaiting_seller": a_case,
    "awaiting_buyer": more_asked,
    "refused": refused,
    "platform": at_the_platform,
    "awaiting_return": lambda: agreed(a_case(kind=EXCHANGE)),
    "returning": lambda: sent_back(agreed(a_case(kind=RETURN))),
    "to_refund": refund_refused,
    "to_send": lambda: a_case_to_send(REPAIR),
}


def test_every_clock_is_tried_here():
    assert set(STANDING) == set(LIMITS)


@pytest.mark.parametrize("state", STANDING)
def test_the_clock_makes_its_move_when_the_time_is_over_and_not_before(app: Flask, clock: Clock, state: str):
    case = fresh(STANDING[state]())
    limit = LIMITS[state]
    assert case.state == state and case.deadline_at is not None
    clock.travel(seconds=(case.deadline_at - now()).total_seconds() - 5)
    assert end_times() == 0 and fresh(case).state == state
    clock.travel(seconds=10)
    assert end_times() == (1 if limit.then else 0)
    after = {"escalate": PLATFORM, "lapse": CLOSED, None: state}[limit.then]
    assert fresh(case).state == after and fresh(case).is_late(now()) == (limit.then is None)
    assert end_times() == 0


@pytest.mark.parametrize("state", STANDING)
def test_the_buyer_is_warned_once_a_day_before_his_own_time_ends(app: Flask, clock: Clock, state: str):
    case = fresh(STANDING[state]())
    assert case.deadline_at is not None and warn() == 0
    clock.travel(seconds=(case.deadline_at - now()).total_seconds() - 23 * 3600)
    expected = 1 if LIMITS[state].whose == "buyer" else 0
    assert (warn(), warn()) == (expected, 0)
    assert told(case).count("case.due_tomorrow") == expected


def test_a_new_turn_is_a_new_clock_and_a_new_warning(app: Flask, clock: Clock):
    case = more_asked()
    clock.travel(days=6.5)
    assert warn() == 1
    case = fresh(case)
    say(case.id, case.order.subject_id, Saying("见照片"), BUYER, now(), None, "/")
    assert fresh(case).warned_at is None and end_times() == 0
    ask_more(case.id, "还需要视频", CLERK, now())
    clock.travel(days=6.5)
    assert warn() == 1


def test_what_lapses_is_free_for_another_case(app: Flask, clock: Clock):
    case = refused()
    clock.travel(days=8)
    assert end_times() == 1 and fresh(case).outcome == LAPSED and told(case)[-1] == "case.ended"
    assert not any(unit.open_case for unit in machines_of(standing(case.order)))


def test_goods_of_a_case_that_lapses_are_sent_back(app: Flask, clock: Clock):
    case = sent_back(agreed(a_case(kind=RETURN)))
    reject_goods(case.id, "不是原机", CLERK, now())
    clock.travel(days=8)
    assert end_times() == 1 and (fresh(case).state, fresh(case).outcome) == (TO_SEND, LAPSED)


def test_the_clock_of_a_year_ends_each_case_once(app: Flask, clock: Clock):
    cases = [refused(), more_asked(), a_case()]
    clock.travel(days=365)
    assert end_times() == 3 and end_times() == 0
    assert [fresh(case).state for case in cases] == [CLOSED, CLOSED, PLATFORM]

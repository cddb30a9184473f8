"""The seller's answers and the platform's decisions. FLOWS.md 4."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.after_sales.answering import WaybillMissing, escalate, hand_in, withdraw
from app.after_sales.deciding import (
    AmountMissing,
    ReturnPlaceMissing,
    SameHand,
    Terms,
    WordsMissing,
    accept,
    ask_more,
    dismiss,
    refuse,
    uphold,
)
from app.after_sales.examining import reject_goods
from app.after_sales.lifecycle import (
    AWAITING_BUYER,
    AWAITING_RETURN,
    AWAITING_SELLER,
    CLOSED,
    DISMISSED,
    PLATFORM,
    REFUNDING,
    REFUSED,
    RETURNING,
    TO_SEND,
    WITHDRAWN,
    AgreedAlready,
    CaseMoved,
    GoodsAreAway,
    NotYetLate,
)
from app.after_sales.opening import MoreThanItCost
from app.after_sales.sending import send
from app.after_sales.talking import Saying, say
from app.after_sales.trade_rules import EXCHANGE, REFUND_ONLY, REPAIR, RETURN
from app.foundation.audit import LedgerEntry
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.lifecycle import Actor, MoveNotAllowed
from tests.after_sales.builders import (
    BUYER,
    CLERK,
    COLLEAGUE,
    MANAGER,
    a_case,
    a_case_to_send,
    agreed,
    examined,
    fresh,
    home_of,
    machines_of,
    sent_back,
    standing,
    terms,
    told,
)


def refused(case):
    refuse(case.id, "人为损坏，不在保修范围", CLERK, now())
    return fresh(case)


def at_the_platform(case):
    escalate(refused(case).id, BUYER, now())
    return fresh(case)


def test_goods_that_come_back_are_told_where_to_go(app: Flask):
    case = agreed(a_case(kind=RETURN))
    assert case.state == AWAITING_RETURN and case.return_to == home_of(case)
    assert case.agreed_amount == Money.yuan(1000) and case.handled_by == CLERK.audit_ref
    assert told(case)[-1] == "case.agreed_return"


@pytest.mark.parametrize("place", [None, 0, 999999])
def test_a_return_names_a_warehouse_that_takes_goods_in(app: Flask, place: int | None):
    case = a_case(kind=EXCHANGE)
    with pytest.raises(ReturnPlaceMissing):
        accept(case.id, Terms(return_to=place), "", CLERK, now())
    assert fresh(case).state == AWAITING_SELLER


def test_where_nothing_comes_back_the_refund_is_asked_for_at_once(app: Flask):
    case = agreed(a_case(kind=REFUND_ONLY), amount="80")
    assert case.state == REFUNDING and case.refund.amount == Money.yuan(80)
    assert case.refund.asked_by == CLERK.audit_ref and case.refund.lines[0].quantity == 0


@pytest.mark.parametrize(("amount", "freight", "refusal"), [
    (None, "0", AmountMissing), ("0", "0", AmountMissing), ("1000.01", "0", MoreThanItCost),
    ("10", "-1", MoreThanItCost),
])  # fmt: skip
def test_money_is_named_and_is_no_more_than_was_paid(app: Flask, amount: str | None, freight: str, refusal: type):
    case = a_case(kind=REFUND_ONLY)
    wanted = Terms(Money.yuan(amount) if amount else None, Money.yuan(freight))
    with pytest.raises(refusal):
        accept(case.id, wanted, "", CLERK, now())
    assert fresh(case).state == AWAITING_SELLER and fresh(case).refund is None


def test_whoever_refuses_or_asks_for_more_says_why(app: Flask):
    case = a_case()
    for act in (refuse, ask_more):
        with pytest.raises(WordsMissing):
            act(case.id, "  ", CLERK, now())
    assert refused(case).messages[-1].side == "staff"


def test_the_buyer_gives_what_was_asked_for_and_the_case_is_ours_again(app: Flask):
    case = a_case()
    ask_more(case.id, "请补充铭牌照片", CLERK, now())
    assert fresh(case).state == AWAITING_BUYER and told(case)[-1] == "case.more_asked"
    say(case.id, case.order.subject_id, Saying("铭牌号见照片"), BUYER, now(), None, "/")
    assert fresh(case).state == AWAITING_SELLER
    assert [event.name for event in fresh(case).events] == ["open", "ask_more", "supply"]


def test_after_a_refusal_the_platform_steps_in_and_another_person_decides(app: Flask):
    case = a_case(kind=RETURN)
    refuse(case.id, "不在保修范围", MANAGER, now())
    escalate(case.id, BUYER, now())
    with pytest.raises(SameHand):
        uphold(case.id, terms(case), "支持", MANAGER, now())
    with pytest.raises(SameHand):
        dismiss(case.id, "不支持", MANAGER, now())
    with pytest.raises(MoveNotAllowed):
        dismiss(case.id, "不支持", COLLEAGUE, now())
    uphold(case.id, terms(case), "支持买家", Actor("manager", 99), now())
    assert fresh(case).state == AWAITING_RETURN and told(case)[-2:] == ["case.platform", "case.upheld"]


def test_what_the_platform_decided_is_not_refused_afterwards(app: Flask):
    case = at_the_platform(a_case(kind=RETURN))
    uphold(case.id, terms(case), "支持买家", MANAGER, now())
    sent_back(case)
    with pytest.raises(AgreedAlready):
        reject_goods(case.id, "不收", CLERK, now())
    assert examined(case).state == REFUNDING


def test_the_platform_decides_against_a_claim_and_says_why(app: Flask):
    case = at_the_platform(a_case())
    with pytest.raises(WordsMissing):
        dismiss(case.id, "", MANAGER, now())
    dismiss(case.id, "证据不足", MANAGER, now())
    assert (fresh(case).state, fresh(case).outcome) == (CLOSED, DISMISSED)
    assert machines_of(standing(case.order))[0].open_case is None


def test_the_platform_steps_in_when_our_time_is_over_and_not_before(app: Flask, clock: Clock):
    case = a_case()
    with pytest.raises(NotYetLate):
        escalate(case.id, BUYER, now())
    clock.travel(days=2, seconds=1)
    escalate(case.id, BUYER, now())
    assert fresh(case).state == PLATFORM and fresh(case).came_from == AWAITING_SELLER


def test_a_buyer_withdraws_until_the_goods_have_left(app: Flask):
    case = a_case()
    withdraw(case.id, BUYER, now())
    assert (fresh(case).state, fresh(case).outcome, told(case)[-1]) == (CLOSED, WITHDRAWN, "case.ended")
    away = sent_back(agreed(a_case(kind=EXCHANGE)))
    with pytest.raises(CaseMoved):
        withdraw(away.id, BUYER, now())


def test_goods_under_way_bind_a_buyer_whose_case_went_to_the_platform(app: Flask, clock: Clock):
    case = sent_back(agreed(a_case(kind=EXCHANGE)))
    clock.travel(days=16)
    escalate(case.id, BUYER, now())
    with pytest.raises(GoodsAreAway):
        withdraw(case.id, BUYER, now())
    uphold(case.id, Terms(), "继续查找", MANAGER, now())
    assert fresh(case).state == RETURNING


def test_goods_that_are_not_accepted_go_back_when_the_case_ends(app: Flask):
    case = sent_back(agreed(a_case(kind=RETURN)))
    reject_goods(case.id, "寄回的不是原机", CLERK, now())
    assert fresh(case).state == REFUSED and told(case)[-1] == "case.goods_rejected"
    withdraw(case.id, BUYER, now())
    assert (fresh(case).state, fresh(case).outcome) == (TO_SEND, WITHDRAWN)
    send(case.id, "sf", "SF5566778899", CLERK, now())
    assert (fresh(case).state, fresh(case).outcome) == (CLOSED, WITHDRAWN)
    [unit] = [each for each in machines_of(standing(case.order)) if each.id == case.units[0].unit_id]
    assert unit.returned_at is None and unit.open_case is None


def test_what_was_agreed_and_carried_out_is_carried_on_by_the_platform(app: Flask, clock: Clock):
    case = a_case_to_send(REPAIR)
    clock.travel(days=8)
    escalate(case.id, BUYER, now())
    with pytest.raises(AgreedAlready):
        dismiss(case.id, "不支持", MANAGER, now())
    uphold(case.id, Terms(), "请尽快发出", MANAGER, now())
    assert fresh(case).state == TO_SEND


@pytest.mark.parametrize("by", [Actor("finance", 1), Actor("marketer", 1), Actor("buyer", 815)])
def test_only_the_desk_answers(app: Flask, by: Actor):
    case = a_case()
    for act in (lambda: accept(case.id, terms(case), "", by, now()), lambda: refuse(case.id, "不", by, now())):
        with pytest.raises(MoveNotAllowed):
            act()


def test_two_answers_one_counts(app: Flask):
    case = agreed(a_case())
    for act in (
        lambda: accept(case.id, terms(case), "", COLLEAGUE, now()),
        lambda: refuse(case.id, "不", COLLEAGUE, now()),
        lambda: ask_more(case.id, "补充", COLLEAGUE, now()),
    ):
        with pytest.raises(CaseMoved):
            act()


def test_each_move_leaves_evidence_of_who_made_it(app: Flask):
    case = sent_back(agreed(a_case(kind=RETURN)))
    rows = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event.like("after_sales.%"))).all()
    found = {entry.event: entry for entry in rows}
    assert {"after_sales.open", "after_sales.said", "after_sales.accept", "after_sales.hand_in"} == set(found)
    assert found["after_sales.accept"].actor == CLERK.audit_ref
    assert found["after_sales.accept"].facts["case"] == case.number
    assert "开机" not in str([entry.facts for entry in rows])


def test_no_buyer_hands_in_without_a_number(app: Flask):
    case = agreed(a_case())
    for carrier, number in (("", "SF123456"), ("sf", "12"), ("nobody", "SF123456")):
        with pytest.raises(WaybillMissing):
            hand_in(case.id, carrier, number, BUYER, now())
    hand_in(case.id, "other", "AB 1234567", BUYER, now())
    assert fresh(case).return_tracking == "AB1234567"

"""Any sequence of moves in cases and refunds whatever: units, money and machines add up after each. FLOWS.md 4."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.after_sales.answering import escalate, hand_in, withdraw
from app.after_sales.deadlines import end_times
from app.after_sales.deciding import Terms, accept, ask_more, dismiss, refund_again, refuse, uphold
from app.after_sales.examining import Found, examine, reject_goods
from app.after_sales.lifecycle import CLOSED, REFUNDED, REFUNDING, STATES, TAKEN, TO_REFUND
from app.after_sales.models import Case
from app.after_sales.opening import open_case
from app.after_sales.sending import send
from app.after_sales.splitting import Rest
from app.after_sales.talking import Saying, say
from app.after_sales.trade_rules import EXCHANGE, KINDS, REPAIR, RETURN
from app.foundation.clock import application_clock, now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.money import Money
from app.orders.models import OrderLine
from app.payments.proving import differences
from app.refunds import approving
from app.refunds.payees import give_payee
from app.refunds.vocabulary import ASKED
from app.shipping.models import ParcelUnit
from app.stock.queries import levels_off_ledger
from tests.after_sales.builders import (
    BUYER,
    CLERK,
    FINANCE,
    MANAGER,
    OTHER_MANAGER,
    a_claim,
    a_machine,
    a_received_order,
    claimable,
    fresh,
    standing,
)
from tests.refunds.builders import THEIR_ACCOUNT, send_back
from tests.shipping.builders import serials
from tests.stock.builders import level_of

BOUGHT, IN_STOCK = 4, 9
WHICH, YES = st.integers(0, 5), st.booleans()
MANAGERS = st.sampled_from([MANAGER, OTHER_MANAGER])


class Cases(RuleBasedStateMachine):
    """An order of four machines, received; cases and their refunds go where they may, time passes, clerks err."""

    def __init__(self) -> None:
        super().__init__()
        self.sku, [self.place] = a_machine(IN_STOCK)
        self.order = a_received_order(self.sku, quantity=BOUGHT)
        self.cases: list[Case] = []
        self.restocked = self.replaced = 0

    def one(self, which: int) -> Case | None:
        return fresh(self.cases[which % len(self.cases)]) if self.cases else None

    def attempt(self, act: object) -> bool:
        """What the rules refuse leaves nothing behind: the invariants say so."""
        try:
            act()  # type: ignore[operator]
        except BusinessError:
            return False
        return True

    @rule(kind=st.sampled_from(sorted(KINDS)), units=st.integers(1, 2))
    def open(self, kind: str, units: int) -> None:
        if len(claimable(self.order).machines) < units:
            return
        claim = a_claim(self.order, kind, units)
        self.attempt(lambda: self.cases.append(open_case(self.order.id, "1-1", claim, [], BUYER, now())))

    @rule(which=WHICH, share=st.integers(0, 11), name=st.sampled_from(["accept", "refund_again"]))
    def agree(self, which: int, share: int, name: str) -> None:
        if case := self.one(which):
            wanted = Terms(Money((case.asked_amount or Money(0)).fen * share // 10), return_to=self.place.id)
            act = accept if name == "accept" else refund_again
            self.attempt(lambda: act(case.id, wanted, "同意", CLERK, now()))

    @rule(which=WHICH, act=st.sampled_from([refuse, ask_more, reject_goods]))
    def say_no_or_ask(self, which: int, act: object) -> None:
        if case := self.one(which):
            self.attempt(lambda: act(case.id, "原因", CLERK, now()))  # type: ignore[operator]

    @rule(which=WHICH)
    def answer(self, which: int) -> None:
        if case := self.one(which):
            self.attempt(lambda: say(case.id, self.order.subject_id, Saying("补充"), BUYER, now(), None, "/"))

    @rule(which=WHICH, act=st.sampled_from([withdraw, escalate]))
    def press(self, which: int, act: object) -> None:
        if case := self.one(which):
            self.attempt(lambda: act(case.id, BUYER, now()))  # type: ignore[operator]

    @rule(which=WHICH, by=MANAGERS, for_buyer=YES)
    def decide(self, which: int, by: object, for_buyer: bool) -> None:
        if case := self.one(which):
            wanted = Terms(case.asked_amount, return_to=self.place.id)
            decision = (lambda: uphold(case.id, wanted, "支持", by, now())) if for_buyer else (  # type: ignore[arg-type]
                lambda: dismiss(case.id, "不支持", by, now())  # type: ignore[arg-type]
            )  # fmt: skip
            self.attempt(decision)

    @rule(which=WHICH)
    def hand_in(self, which: int) -> None:
        if case := self.one(which):
            self.attempt(lambda: hand_in(case.id, "sf", "SF135791357", BUYER, now()))

    @rule(which=WHICH, units=st.integers(0, 2), refused=st.integers(0, 2))
    def examine(self, which: int, units: int, refused: int) -> None:
        """Some go on sale, some of the last ones are not accepted, all others are written off."""
        case = self.one(which)
        if case is None:
            return
        positions = [each.position for each in case.units]
        machines, rest = tuple(positions[:units]), tuple(positions[len(positions) - refused :])
        found = Found(self.place.id, machines, rest=Rest(rest) if refused else None)
        if self.attempt(lambda: examine(case.id, found, "外壳破损", CLERK, now())):
            self.restocked += len(machines) if case.kind != REPAIR else 0
            self.cases += db.session.scalars(select(Case).where(Case.split_from == case.id)).all() if refused else []

    @rule(which=WHICH, beyond_repair=YES)
    def send(self, which: int, beyond_repair: bool) -> None:
        case = self.one(which)
        if case is None:
            return
        new = case.outcome is None and (case.kind == EXCHANGE or (case.kind == REPAIR and beyond_repair))
        numbers = serials(case.quantity) if new else ()
        parcel = f"SF{case.id % 10**10:010d}"
        act = lambda: send(case.id, "sf", parcel, CLERK, now(), serials=numbers, warehouse_id=self.place.id)  # noqa: E731
        if self.attempt(act):
            self.replaced += len(numbers)

    @rule(which=WHICH, approves=YES)
    def two_people(self, which: int, approves: bool) -> None:
        case = self.one(which)
        if case is None or case.refund is None or case.refund.state != ASKED:
            return
        refund_id = case.refund.id
        if not approves:
            self.attempt(lambda: approving.refuse(refund_id, FINANCE, now()))
        elif self.attempt(lambda: approving.approve(refund_id, FINANCE, now())):
            give_payee(refund_id, THEIR_ACCOUNT, MANAGER, now())
            refund = fresh(case).refund
            assert refund is not None
            send_back(refund, FINANCE)

    @rule(days=st.sampled_from([1, 3, 8]))
    def time_passes(self, days: int) -> None:
        application_clock.travel(days=days)
        end_times()

    @invariant()
    def every_unit_is_somewhere(self) -> None:
        assert levels_off_ledger(db.session()) == []
        assert level_of(self.sku, self.place) == (IN_STOCK - BOUGHT + self.restocked - self.replaced, 0)
        line = db.session.get_one(OrderLine, self.order.lines[0].id, populate_existing=True)
        returned = sum(
            fresh(case).quantity for case in self.cases if case.kind == RETURN and fresh(case).goods == TAKEN
        )
        assert line.shipped == BOUGHT and line.came_back == returned

    @invariant()
    def the_buyer_has_as_many_machines_as_he_should(self) -> None:
        mine = (ParcelUnit.line_id == self.order.lines[0].id, ParcelUnit.returned_at.is_(None))
        away = select(func.count()).select_from(ParcelUnit).where(*mine)
        taken = [fresh(case) for case in self.cases if fresh(case).goods == TAKEN]
        waiting = sum(case.quantity for case in taken if case.kind == RETURN or case.state != CLOSED)
        assert db.session.scalar(away) == BOUGHT - waiting

    @invariant()
    def a_machine_is_in_its_one_open_case(self) -> None:
        mine = (ParcelUnit.line_id == self.order.lines[0].id, ParcelUnit.open_case.is_not(None))
        rows = select(ParcelUnit.open_case, func.count()).where(*mine)
        claimed = {case_id: count for case_id, count in db.session.execute(rows.group_by(ParcelUnit.open_case))}
        assert claimed == {case.id: case.quantity for case in self.cases if fresh(case).state != CLOSED}

    @invariant()
    def money_adds_up(self) -> None:
        assert differences(db.session()) == []
        order, cases = standing(self.order), [fresh(case) for case in self.cases]
        paid = [case.refund for case in cases if case.outcome == REFUNDED]
        assert order.refunded == Money.total(refund.amount for refund in paid if refund)
        assert order.refunded <= order.paid

    @invariant()
    def states_follow_refunds(self) -> None:
        for case in map(fresh, self.cases):
            assert case.state in STATES
            if case.state == REFUNDING:
                assert case.refund is not None and case.refund.state in (ASKED, "approved")
            if case.state == TO_REFUND:
                assert case.refund is not None and case.refund.state == "refused"


@pytest.mark.clause("5.1.1a")
def test_units_and_money_add_up_whatever_happens_in_cases(app: Flask):
    examples = settings(
        max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Cases, settings=examples)

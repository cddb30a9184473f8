"""Any sequence of buying, cancelling, paying, shipping, waiting: stock, sums and keys stay sound. 1.1.3a, 1.1.5a."""

from collections import Counter
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from app.cart.changing import add, change
from app.cart.fitting import TooFewLeft
from app.cart.holding import MemberCart
from app.catalog.futures import STANDARD, terms_id
from app.checkout.limits import MOST_ORDERS, TooManyUnpaidOrders
from app.checkout.placing import NothingToOrder, place_order
from app.checkout.reviewing import review
from app.foundation.clock import application_clock, now, today
from app.foundation.database import db, transaction
from app.foundation.money import ZERO, Money
from app.orders.cancelling import cancel, expire_holds
from app.orders.guards import BalanceUnpaid, RefundWaits
from app.orders.lifecycle import (
    AWAITING_PAYMENT,
    AWAITING_RECEIPT,
    AWAITING_SHIPMENT,
    CANCELLED,
    COMPLETED,
    Actor,
    MoveRefused,
    least_advanced,
)
from app.orders.models import Order
from app.orders.receiving import complete_received, confirm_receipt
from app.payments.proving import differences
from app.refunds.approving import approve, refuse
from app.refunds.asking import Reduction, ask, units_left
from app.refunds.errors import NothingAsked, NotThatMuchPaid, TooManyUnits
from app.refunds.models import Refund
from app.refunds.payees import Account
from app.refunds.paying import paid_out
from app.refunds.vocabulary import APPROVED, ASKED, MISTAKE, PAID, RETURNED
from app.shipping.handing_over import Packed, ship
from app.shipping.queries import parcels_of
from app.stock.models import StockLevel
from app.stock.queries import levels_off_ledger
from app.stock.taking import still_held
from tests.accounts.builders import an_account
from tests.catalog.builders import a_service
from tests.checkout.builders import an_address, as_buyer
from tests.payments.builders import FINANCE, MANAGER, pay
from tests.shipping.builders import all_of
from tests.stock.builders import a_stocked_sku

ACCOUNT = Account("上海云算力", "测试银行", "6222000011112222")
BUYER, CLERK = Actor("buyer", 1), Actor("clerk", 2)
UNITS, WHO, WHAT = st.integers(1, 4), st.integers(0, 1), st.integers(0, 3)
PICK = st.randoms(use_true_random=False)


class Shop(RuleBasedStateMachine):
    """Two buyers, a machine in stock, futures with and without a deposit, and a service.

    The model counts what each order should do to the stock, and what its money lets it do.
    """

    def __init__(self) -> None:
        super().__init__()
        spot, _ = a_stocked_sku(6, 3)
        futures, _ = a_stocked_sku(5, delivery="futures", delivery_month="2027-01", price=Money.yuan("0.99"))
        with transaction() as session:
            known = terms_id(session, STANDARD)
        firm, _ = a_stocked_sku(
            4, 2, delivery="futures", delivery_month="2027-03", price=Money.yuan("7.77"), futures_terms_id=known
        )
        self.skus = [spot, futures, firm, a_service()]
        self.start = {spot.id: 9, futures.id: 5, firm.id: 6}
        self.buyers = [an_account(), an_account()]
        self.addresses = [an_address(buyer).id for buyer in self.buyers]
        self.forms: dict[str, int] = {}
        self.labels = count(1)

    def orders(self, *states: str) -> list[Order]:
        """In the order in which they were placed: their numbers are random, and a replay must pick the same ones."""
        mine = Order.account_id.in_([buyer.id for buyer in self.buyers])
        placed = {order_id: place for place, order_id in enumerate(self.forms.values())}
        rows = sorted(db.session.scalars(select(Order).where(mine)), key=lambda order: placed.get(order.id, -1))
        return [order for order in rows if not states or order.state in states]

    def refunds(self, state: str) -> list[Refund]:
        """In the order in which they were asked for."""
        mine = select(Refund).where(Refund.order_id.in_(self.forms.values()), Refund.state == state)
        return list(db.session.scalars(mine.order_by(Refund.asked_at)))

    @rule(who=WHO, what=WHAT, units=UNITS)
    def put_in_cart(self, who: int, what: int, units: int) -> None:
        cart = MemberCart(db.session(), self.buyers[who].id)
        try:
            add(db.session(), cart, self.skus[what].id, units, now())
        except TooFewLeft:
            assert self.free(self.skus[what].id) == 0

    @rule(who=WHO, what=WHAT, units=st.integers(0, 4))
    def change_cart(self, who: int, what: int, units: int) -> None:
        cart = MemberCart(db.session(), self.buyers[who].id)
        try:
            change(db.session(), cart, self.skus[what].id, units, now())
        except TooFewLeft:
            assert self.free(self.skus[what].id) == 0

    @rule(who=WHO, key=st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"]))
    def place(self, who: int, key: str) -> None:
        buyer = self.buyers[who]
        offer = review(db.session(), buyer.id, None).offer
        form = f"{who}{key}"
        if offer is None or form in self.forms:
            return
        try:
            order = place_order(as_buyer(buyer), self.addresses[who], form, offer.fingerprint, now())
        except TooManyUnpaidOrders:
            assert len([1 for each in self.orders(AWAITING_PAYMENT) if each.account_id == buyer.id]) == MOST_ORDERS
        except NothingToOrder:
            pytest.fail("what the review offered could not be ordered a moment later")
        else:
            self.forms[form] = order.id
            assert order.total == offer.total
            again = place_order(as_buyer(buyer), self.addresses[who], form, offer.fingerprint, now())
            assert again.id == order.id

    @precondition(lambda self: self.orders())
    @rule(pick=PICK)
    def cancel(self, pick) -> None:
        order = pick.choice(self.orders())
        could = order.state == AWAITING_PAYMENT
        try:
            cancel(order.id, BUYER, now())
            assert could
        except MoveRefused:
            assert not could

    @precondition(lambda self: self.orders())
    @rule(pick=PICK, fen=st.integers(-1, 1), whole=st.booleans())
    def confirm(self, pick, fen: int, whole: bool) -> None:
        """The total or the deposit arrives, to the fen or one beside it."""
        order = pick.choice(self.orders())
        needed, waited, deposit, paid = order.unpaid, order.state == AWAITING_PAYMENT, order.deposit, order.paid
        arrived = (order.total if whole else order.deposit) + Money(fen)
        received = pay(order, arrived)
        assert received.applied == min(arrived, needed)
        assert received.order.is_unpaid == (waited and paid + received.applied < deposit)

    @precondition(lambda self: self.orders())
    @rule(pick=PICK, most=st.integers(1, 4))
    def ship(self, pick, most: int) -> None:
        """All that is left of a part, or only so many units of each line."""
        part = pick.choice(pick.choice(self.orders()).parts)
        ready, owes = part.state == AWAITING_SHIPMENT, part.terms is not None and bool(part.order.unpaid)
        called_off = part.is_service and any(line.halted for line in part.lines)
        parcel = (None, None) if part.is_service else ("sf", f"SF{next(self.labels):010d}")
        packed = [
            Packed(each.line_id, units, each.serials[:units])
            for each in all_of(part)
            if (units := min(most, each.quantity))
        ]
        try:
            ship(part.id, *parcel, CLERK, now(), packed)
            assert ready and not owes and not called_off
        except MoveRefused:
            assert not ready
        except RefundWaits:
            assert ready and called_off
        except BalanceUnpaid:
            assert ready and owes

    @precondition(lambda self: self.orders())
    @rule(pick=PICK)
    def receive(self, pick) -> None:
        part = pick.choice(pick.choice(self.orders()).parts)
        could = part.state == AWAITING_RECEIPT
        try:
            confirm_receipt(part.id, BUYER, now())
            assert could
        except MoveRefused:
            assert not could

    @precondition(lambda self: self.orders())
    @rule(pick=PICK, units=st.integers(0, 3), fen=st.integers(0, 3), freight=st.booleans(), back=st.booleans())
    def ask_for_a_refund(self, pick, units: int, fen: int, freight: bool, back: bool) -> None:
        """Of some line of a part, units at their price or for some fen, with the part's freight or without."""
        order = pick.choice(self.orders())
        part = pick.choice(order.parts)
        line, reason = pick.choice(part.lines), RETURNED if back else MISTAKE
        is_paid, are_there = order.paid_at is not None, units <= units_left(line, part, reason)
        wanted = Reduction(line.id, units, None if units and not fen else Money(fen))
        taken = {part.id: part.freight_left} if freight and part.freight_left else {}
        is_enough = fen <= line.amount_left.fen
        try:
            with transaction() as session:
                ask(session, order.id, [wanted], taken, reason, BUYER, now(), payee=ACCOUNT)
            assert is_paid and are_there and is_enough
        except TooManyUnits:
            assert is_paid and not are_there
        except NotThatMuchPaid:
            assert not is_paid or not is_enough
        except NothingAsked:
            assert is_paid and not units and not fen and not taken

    @precondition(lambda self: self.refunds(ASKED))
    @rule(pick=PICK, well=st.booleans())
    def decide_a_refund(self, pick, well: bool) -> None:
        refund = pick.choice(self.refunds(ASKED))
        (approve if well else refuse)(refund.id, MANAGER, now())

    @precondition(lambda self: self.refunds(APPROVED))
    @rule(pick=PICK)
    def send_a_refund(self, pick) -> None:
        refund = pick.choice(self.refunds(APPROVED))
        for payout in refund.payouts:
            paid_out(payout.id, f"BACK{next(self.labels)}", today(), FINANCE, now())
        assert db.session.get_one(Refund, refund.id).state == PAID

    @rule(days=st.integers(1, 11))
    def wait(self, days: int) -> None:
        application_clock.travel(days=days)
        expire_holds()
        complete_received()
        assert not [order for order in self.orders(AWAITING_PAYMENT) if order.hold_until <= now()]

    def free(self, sku_id: int) -> int:
        rows = db.session.scalars(select(StockLevel).where(StockLevel.sku_id == sku_id))
        return sum(level.left for level in rows)

    @invariant()
    def the_stock_ledger_is_the_stock(self) -> None:
        assert levels_off_ledger(db.session()) == []

    @invariant()
    def an_order_holds_exactly_its_lines_until_they_leave_or_come_back(self) -> None:
        gone: Counter[int] = Counter()
        for order in self.orders():
            should_hold: Counter[int] = Counter()
            for part in order.parts:
                for line in part.lines if not part.is_service else ():
                    if part.state in (AWAITING_PAYMENT, AWAITING_SHIPMENT):
                        should_hold[line.sku_id] += line.to_ship + line.halted
                    gone[line.sku_id] += line.shipped
                    assert part.state not in (AWAITING_RECEIPT, COMPLETED) or not line.is_open
                    assert part.state not in (AWAITING_PAYMENT, CANCELLED) or not line.shipped
            held = Counter()
            for taken in still_held(db.session(), order.id):
                held[taken.sku_id] += taken.quantity
            assert held == should_hold
        for sku_id, units in self.start.items():
            rows = db.session.scalars(select(StockLevel).where(StockLevel.sku_id == sku_id)).all()
            assert sum(level.on_hand for level in rows) == units - gone[sku_id]

    @invariant()
    def what_has_left_of_a_line_is_the_sum_of_its_parcels_and_every_machine_has_its_number(self) -> None:
        for order in self.orders():
            parcels = [parcel for some in parcels_of(db.session(), order.id).values() for parcel in some]
            sent: Counter[int] = Counter()
            for parcel in parcels:
                sent.update(parcel.quantities)
            assert sent == Counter({line.id: line.shipped for line in order.lines if line.shipped})
            assert sum(sent.values()) == sum(len(parcel.units) for parcel in parcels)

    @invariant()
    def every_order_adds_up_and_stands_where_its_parts_stand(self) -> None:
        for order in self.orders():
            assert order.state == least_advanced(part.state for part in order.parts)
            assert order.goods == Money.total(line.unit_price * line.quantity for line in order.lines)
            assert order.total == order.goods + Money.total(part.freight for part in order.parts)
            assert (order.state == CANCELLED) == (order.cancelled_at is not None)
            assert (order.state == COMPLETED) == (order.completed_at is not None)
            assert order.paid_at is not None or order.state in (AWAITING_PAYMENT, CANCELLED)

    @invariant()
    def every_fen_is_where_its_rows_say(self) -> None:
        assert differences(db.session()) == []

    @invariant()
    def no_order_keeps_more_than_it_costs_or_gives_back_more_than_it_was_paid(self) -> None:
        for order in self.orders():
            assert ZERO <= order.refunded + order.promised <= order.paid
            assert ZERO <= order.kept <= order.net <= order.total
            assert order.reduced == Money.total(
                each.amount for each in self.refunds(APPROVED) + self.refunds(PAID) if each.order_id == order.id
            )

    @invariant()
    def nothing_of_futures_with_a_deposit_has_left_before_all_was_paid(self) -> None:
        for order in self.orders():
            left = [line for part in order.parts if part.terms for line in part.lines if line.shipped]
            assert not left or not order.unpaid

    @invariant()
    def one_order_for_each_form(self) -> None:
        assert sorted(order.id for order in self.orders()) == sorted(self.forms.values())

    def teardown(self) -> None:
        application_clock.reset()


@pytest.mark.clause("1.1.3a")
@pytest.mark.clause("1.1.5a")
def test_any_sequence_of_acts_keeps_stock_sums_and_keys_sound(app: Flask):
    checks = settings(
        max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(Shop, settings=checks)

"""Any receipts applied to any orders, in any order and at once: no fen is lost, made or used twice. FLOWS.md 2, 3."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.foundation.alarms import standing
from app.foundation.clock import application_clock, now, today
from app.foundation.database import db, new_id, transaction
from app.foundation.errors import NotFound
from app.foundation.jobs import DUTIES, run_duty
from app.foundation.money import ZERO, Money
from app.orders.cancelling import cancel, expire_holds
from app.orders.lifecycle import Actor, MoveNotAllowed, MoveRefused
from app.orders.models import Order, OrderLine
from app.payments.applying import LateMoney, NotThatMuch, ReferenceReused, record
from app.payments.approving import use as use_receipt
from app.payments.confirming import confirm_remittance
from app.payments.models import BY_CHINABANK, BY_REMITTANCE, Allocation, Receipt
from app.payments.proving import differences
from app.payments.queries import unapplied
from app.refunds.approving import approve, refuse
from app.refunds.errors import NotThatMuchPaid
from app.refunds.payees import Account
from app.refunds.paying import paid_out
from app.refunds.surplus import ask_surplus
from tests.accounts.builders import an_account
from tests.checkout.at_once import Act, all_at_once
from tests.checkout.builders import an_address, an_order
from tests.payments.builders import FINANCE, MANAGER, pay
from tests.stock.builders import a_stocked_sku

SOME_FEN = st.sampled_from([1, 2, 50, 51, 99, 100, 101, 150, 1000])
WHICH = st.integers(0, 5)


DAY = date(2026, 11, 23)
CLERK, ACCOUNT = Actor("clerk", 7), Account("上海云算力", "测试银行", "6222000011112222")


def arrived(fen: int, reference: str | None = None, channel: str = BY_REMITTANCE) -> Receipt:
    with transaction() as session:
        return record(session, channel, reference or f"R{new_id():X}", Money(fen), DAY, FINANCE, now())


def use(receipt: Receipt, order: Order, fen: int, by: Actor = FINANCE) -> Order:
    return use_receipt(receipt.id, order.id, Money(fen), by, now())


class Books(RuleBasedStateMachine):
    """Orders of 1.00, some with half of it as deposit; the model says where every fen that arrived should be."""

    def __init__(self) -> None:
        super().__init__()
        self.sku, _ = a_stocked_sku(100, price=Money(100))
        self.books = new_id()
        self.orders: list[Order] = []
        self.receipts: dict[str, tuple[int, int]] = {}
        self.used: dict[tuple[int, int], int] = {}
        self.gone: dict[int, int] = {}

    @rule(half=st.booleans())
    def place(self, half: bool) -> None:
        account = an_account()
        an_address(account)
        order = an_order(self.sku, account=account)
        if half:
            with transaction():
                order.deposit = order.total.share(1, 2)
        self.orders.append(order)

    @rule(number=WHICH, fen=SOME_FEN)
    def money_arrives(self, number: int, fen: int) -> None:
        reference = f"{self.books}/{number}"
        try:
            receipt = arrived(fen, reference)
        except ReferenceReused:
            assert self.receipts[reference][1] != fen
        else:
            assert self.receipts.setdefault(reference, (receipt.id, fen)) == (receipt.id, fen)

    @rule(which=WHICH, what=WHICH, fen=SOME_FEN)
    def apply(self, which: int, what: int, fen: int) -> None:
        if not self.orders or not self.receipts:
            return
        order = self.orders[which % len(self.orders)]
        receipt_id, arrived_fen = list(self.receipts.values())[what % len(self.receipts)]
        standing = db.session.get_one(Order, order.id, populate_existing=True)
        ended = standing.state == "cancelled"
        rest = arrived_fen - self._used_of(receipt_id)
        room = order.total.fen - sum(used for (_, paid), used in self.used.items() if paid == order.id)
        try:
            use_receipt(receipt_id, order.id, Money(fen), FINANCE, now())
        except LateMoney:
            assert ended
        except NotThatMuch:
            assert not ended and fen > min(rest, room)
        else:
            assert not ended and fen <= min(rest, room)
            self.used[receipt_id, order.id] = self.used.get((receipt_id, order.id), 0) + fen

    @rule(what=WHICH, fen=SOME_FEN, refused=st.booleans())
    def send_back(self, what: int, fen: int, refused: bool) -> None:
        """Somebody asks that so much of a receipt's rest goes back; it does, or is refused."""
        if not self.receipts:
            return
        receipt_id, arrived_fen = list(self.receipts.values())[what % len(self.receipts)]
        rest = arrived_fen - self._used_of(receipt_id)
        try:
            with transaction() as session:
                refund = ask_surplus(session, receipt_id, Money(fen), CLERK, now(), payee=ACCOUNT)
        except NotThatMuchPaid:
            assert fen > rest
            return
        assert fen <= rest
        if refused:
            refuse(refund.id, MANAGER, now())
            return
        self.gone[receipt_id] = self.gone.get(receipt_id, 0) + fen
        for payout in approve(refund.id, MANAGER, now()).payouts:
            paid_out(payout.id, f"B{new_id():X}", today(), FINANCE, now())

    def _used_of(self, receipt_id: int) -> int:
        """What of a receipt pays for orders or went back."""
        of_orders = sum(used for (receipt, _), used in self.used.items() if receipt == receipt_id)
        return of_orders + self.gone.get(receipt_id, 0)

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        if self.orders:
            order = self.orders[which % len(self.orders)]
            try:
                cancel(order.id, Actor("buyer", 1), now())
            except MoveRefused:
                return
            self._money_comes_free(order)

    @rule()
    def wait(self) -> None:
        waiting = [order for order in self.orders if db.session.get_one(Order, order.id).is_unpaid]
        application_clock.travel(days=6)
        expire_holds()
        for order in waiting:
            self._money_comes_free(order)

    def _money_comes_free(self, order: Order) -> None:
        self.used = {pair: fen for pair, fen in self.used.items() if pair[1] != order.id}

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        db.session.expire_all()
        mine = [receipt_id for receipt_id, _ in self.receipts.values()]
        rows = db.session.scalars(select(Allocation).where(Allocation.receipt_id.in_(mine))).all()
        assert {(row.receipt_id, row.order_id): row.amount.fen for row in rows} == self.used

    @invariant()
    def stored_sums_are_proven_and_states_follow_the_money(self) -> None:
        assert differences(db.session()) == []
        for order in self.orders:
            standing = db.session.get_one(Order, order.id)
            assert standing.paid.fen == sum(fen for (_, paid), fen in self.used.items() if paid == order.id)
            assert standing.is_unpaid or standing.paid >= standing.deposit or standing.state == "cancelled"

    @invariant()
    def the_desk_shows_exactly_what_is_left(self) -> None:
        mine = Receipt.reference.in_(self.receipts)
        left = sum(receipt.rest.fen for receipt in db.session.scalars(unapplied().where(mine)))
        all_of_it = sum(fen for _, fen in self.receipts.values())
        assert left == all_of_it - sum(self.used.values()) - sum(self.gone.values())

    def teardown(self) -> None:
        application_clock.reset()


@pytest.mark.clause("1.1.5a")
def test_any_sequence_of_receipts_and_applications_keeps_every_sum(app: Flask):
    checks = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(Books, settings=checks)


def test_a_deposit_moves_the_order_on_and_the_balance_follows(app: Flask):
    order = an_order()
    with transaction():
        order.deposit = order.total.share(3, 10)
    assert order.due_now == order.deposit
    pay(order, order.deposit)
    standing = db.session.get_one(Order, order.id, populate_existing=True)
    assert (standing.state, standing.due_now) == ("awaiting_shipment", order.total - order.deposit)
    pay(order, order.total - order.deposit)
    assert db.session.get_one(Order, order.id, populate_existing=True).due_now == ZERO


@pytest.mark.parametrize("fen", [0, -1, 101])
def test_not_more_than_is_left_and_never_nothing(app: Flask, fen: int):
    order, receipt = an_order(), arrived(100)
    with pytest.raises(NotThatMuch):
        use(receipt, order, fen)
    assert db.session.scalars(select(Allocation)).all() == []


def test_late_money_stays_on_its_receipt(app: Flask):
    order, receipt = an_order(), arrived(100)
    cancel(order.id, Actor("buyer", 1), now())
    with pytest.raises(LateMoney):
        use(receipt, order, 100)
    assert [each.rest for each in db.session.scalars(unapplied())] == [Money(100)]


def test_only_finance_applies_money(app: Flask):
    with pytest.raises(MoveNotAllowed):
        use(arrived(100), an_order(), 100, Actor("clerk", 1))


def test_nobodys_receipt_or_order_is_not_found(app: Flask):
    order, receipt = an_order(), arrived(100)
    for receipt_id, order_id in ((receipt.id + 1, order.id), (receipt.id, order.id + 1)):
        with pytest.raises(NotFound):
            use_receipt(receipt_id, order_id, Money(100), FINANCE, now())


def test_the_bank_and_the_institution_number_apart(app: Flask):
    assert arrived(100, "1001").id != arrived(200, "1001", BY_CHINABANK).id


@pytest.mark.parametrize(
    ("damage", "repair"),
    [
        (update(Order).values(paid=Order.paid + Money(1)), update(Order).values(paid=Order.paid - Money(1))),
        (
            update(Receipt).values(applied=Receipt.applied - Money(1)),
            update(Receipt).values(applied=Receipt.applied + Money(1)),
        ),
        (update(Order).values(state="awaiting_payment"), update(Order).values(state="awaiting_shipment")),
        (
            update(Allocation).values(amount=Allocation.amount - Money(1)),
            update(Allocation).values(amount=Allocation.amount + Money(1)),
        ),
        (update(Allocation).values(returned=Money(1)), update(Allocation).values(returned=Money(0))),
        (update(Order).values(promised=Money(1)), update(Order).values(promised=Money(0))),
        (update(OrderLine).values(claimed=Money(1)), update(OrderLine).values(claimed=Money(0))),
    ],
    ids=["paid", "applied", "state", "row", "returned", "promised", "line"],
)
def test_a_damaged_sum_is_an_alarm_until_it_is_right_again(app: Flask, client: FlaskClient, damage, repair):
    order = an_order()
    with transaction():
        order.deposit = order.total - Money(1)
    pay(order, order.total - Money(1))
    duty = DUTIES["payments.prove_sums"]
    assert run_duty(app, duty) and differences(db.session()) == []
    with transaction() as session:
        session.execute(damage, execution_options={"synchronize_session": False})
    found = differences(db.session())
    assert found and not run_duty(app, duty)
    [alarm] = standing(db.session())
    first = [[each.of, each.key, str(each.stored), str(each.proven)] for each in found]
    assert (alarm.name, alarm.facts) == ("money", {"sums": len(found), "first": first})
    assert client.get("/readyz").json["alarms"] == ["money"]
    with transaction() as session:
        session.execute(repair, execution_options={"synchronize_session": False})
    assert run_duty(app, duty) and not standing(db.session())


@pytest.mark.parametrize("column", ["paid", "refunded", "deposit"])
def test_the_store_itself_refuses_a_fen_more_than_the_total(app: Flask, column: str):
    order = an_order()
    with pytest.raises(IntegrityError), transaction():
        setattr(order, column, order.total + Money(1))


def two_clerks_and_a_buyer() -> tuple[Order, list[Act]]:
    """Ten times the same transfer, ten other transfers of half the amount, and the buyer who cancels."""
    order = an_order()
    order_id, whole, half = order.id, order.total, order.total.share(1, 2)

    def confirm(reference: str, amount: Money) -> Money:
        return confirm_remittance(order_id, reference, amount, today(), FINANCE, now()).applied

    acts: list[Act] = []
    for number in range(10):
        acts.append(lambda: confirm("2026112300417", whole))
        acts.append(lambda number=number: confirm(f"HALF{number}", half))
    acts.insert(7, lambda: cancel(order_id, Actor("buyer", 1), now()))
    return order, acts


def one_receipt_for_many() -> tuple[Receipt, list[Order], list[Act]]:
    """One transfer that would pay for two orders and a half, given to eight orders by eight clerks at once."""
    orders = [an_order() for _ in range(8)]
    receipt = arrived(orders[0].total.fen * 5 // 2)
    claims = [(receipt.id, order.id, order.total, FINANCE, now()) for order in orders]
    return receipt, orders, [lambda claim=claim: use_receipt(*claim).id for claim in claims]


def check_clerks(app: Flask) -> None:
    order, acts = two_clerks_and_a_buyer()
    answers = all_at_once(app, acts, most=8)
    assert {answer for answer in answers if isinstance(answer, type)} <= {MoveRefused}
    standing = db.session.get_one(Order, order.id, populate_existing=True)
    assert (standing.state, standing.paid) in {("awaiting_shipment", order.total), ("cancelled", ZERO)}
    assert len(db.session.scalars(select(Receipt)).all()) == 11
    assert differences(db.session()) == []


def check_one_receipt(app: Flask) -> None:
    receipt, orders, acts = one_receipt_for_many()
    answers = all_at_once(app, acts, most=8)
    assert answers.count(NotThatMuch) == 6
    assert db.session.get_one(Receipt, receipt.id, populate_existing=True).rest == orders[0].total.share(1, 2)
    assert differences(db.session()) == []


@pytest.mark.clause("1.1.5a")
def test_many_clerks_on_one_order_at_once(app: Flask):
    check_clerks(app)


def test_one_receipt_given_to_many_orders_at_once(app: Flask):
    check_one_receipt(app)


@pytest.mark.clause("1.1.5a")
@pytest.mark.part("postgresql")
def test_many_clerks_on_one_order_at_once_on_postgresql(pg_shop: Flask):
    check_clerks(pg_shop)


@pytest.mark.part("postgresql")
def test_one_receipt_given_to_many_orders_at_once_on_postgresql(pg_shop: Flask):
    check_one_receipt(pg_shop)

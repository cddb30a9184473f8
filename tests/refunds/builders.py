"""Refunds as people ask for them, approve them and pay them out."""

from datetime import date

from app.foundation.clock import now, today
from app.foundation.database import db, new_id, transaction
from app.foundation.money import Money
from app.orders.lifecycle import Actor
from app.orders.models import Order, OrderLine
from app.refunds.approving import approve
from app.refunds.asking import Reduction, ask
from app.refunds.models import Refund
from app.refunds.payees import Account
from app.refunds.paying import paid_out
from app.refunds.vocabulary import MISTAKE
from tests.checkout.builders import an_order
from tests.payments.builders import FINANCE, MANAGER, pay
from tests.stock.builders import a_stocked_sku

BUYER, CLERK = Actor("buyer", 815), Actor("clerk", 4713)
THEIR_ACCOUNT = Account("上海云算力有限公司", "测试银行上海分行", "6222000011112222")


def a_paid_order(quantity: int = 3, price: str = "100.00") -> Order:
    """An order of so many units of one SKU, five of which lie in a warehouse; paid in full by one transfer."""
    order = an_order(a_stocked_sku(price=Money.yuan(price))[0], quantity=quantity)
    pay(order)
    return standing(order)


def standing(order: Order) -> Order:
    """The order as the store has it now."""
    return db.session.get_one(Order, order.id, populate_existing=True)


def line_of(order: Order) -> OrderLine:
    return standing(order).lines[0]


def ask_for(
    order: Order,
    quantity: int = 0,
    amount: str | None = None,
    *,
    freight: str | None = None,
    reason: str = MISTAKE,
    by: Actor = CLERK,
    payee: Account | None = THEIR_ACCOUNT,
) -> Refund:
    """Ask for units of the first line, an amount of it, and freight of its part."""
    line, part = line_of(order), standing(order).parts[0]
    reductions = [Reduction(line.id, quantity, None if amount is None else Money.yuan(amount))]
    freights = {} if freight is None else {part.id: Money.yuan(freight)}
    wanted = [] if not quantity and amount is None else reductions
    with transaction() as session:
        return ask(session, order.id, wanted, freights, reason, by, now(), payee=payee)


def approved(refund: Refund, by: Actor = MANAGER) -> Refund:
    return approve(refund.id, by, now())


def send_back(refund: Refund, by: Actor = FINANCE, on: date | None = None) -> Refund:
    """Every payout of it has gone, each under a number of its own."""
    for payout in refund.payouts:
        refund = paid_out(payout.id, f"B{new_id():X}", on or today(), by, now())
    return refund

"""The life of an order, as chance has it: cancelled, expired, paid by transfer or online, sent, refunded."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from app.cart.holding import MemberCart
from app.checkout.placing import Buyer, place_order
from app.checkout.reviewing import review
from app.foundation.clock import now, today
from app.foundation.database import db, new_id, transaction
from app.foundation.money import Money
from app.orders.cancelling import cancel
from app.orders.lifecycle import AWAITING_PAYMENT, AWAITING_SHIPMENT, HOLDS, ONLINE, REMITTANCE, Actor
from app.orders.models import Order, OrderPart
from app.payments.chinabank.attempting import begin_attempt
from app.payments.chinabank.gateway import gateway_of
from app.payments.chinabank.listening import judge, listen
from app.payments.chinabank.models import NOTICE
from app.payments.chinabank.protocol import CNY, PAID, word_in
from app.payments.chinabank.queries import attempt_numbered
from app.payments.chinabank.simulator import form_body
from app.payments.confirming import confirm_remittance
from app.refunds.approving import approve, refuse
from app.refunds.asking import Reduction, ask, units_left
from app.refunds.models import Refund
from app.refunds.payees import Account
from app.refunds.paying import paid_out
from app.refunds.vocabulary import MISTAKE, RETURNED
from app.settings import current_settings
from app.shipping.handing_over import Packed, ship
from app.shipping.queries import machine_lines

FINANCE, CLERK, MANAGER = Actor("finance", 1), Actor("clerk", 2), Actor("manager", 3)
THEIR_ACCOUNT = Account("测试云算力有限公司", "测试银行", "6222000011112222")


@dataclass
class Life:
    """One buyer after another order. `tell` is called with what was done and the number of order or refund."""

    buyer: Buyer
    dice: random.Random
    tell: Callable[[str, str], None]

    def live(self, skus: list[int]) -> None:
        """One order to its end, from the cart or from where a death left it. Raises BusinessError where refused."""
        order = self._left_unpaid() or self._place(skus)
        if order is None:
            return
        self.tell("placed", order.number)
        if self.dice.random() < 0.2:
            cancel(order.id, self.buyer.actor, now())
            self.tell("cancelled", order.number)
        elif order.hold_until > now():
            self._go_on(order)

    def _left_unpaid(self) -> Order | None:
        """Taken up first: more than a few unpaid orders nobody may have, and each death can leave one."""
        mine = select(Order).where(Order.account_id == self.buyer.account_id, Order.hold_until > now())
        return db.session.scalars(mine.where(Order.state == AWAITING_PAYMENT).limit(1)).first()

    def _go_on(self, order: Order) -> None:
        """Paid, sent in parcels, and with luck refunded: before, while or after it leaves."""
        self._pay(order)
        if order.paid_at is None:
            return
        self.tell("paid", order.number)
        if self.dice.random() < 0.5:
            self._refund(order, MISTAKE)
        self._leave(order)
        if self.dice.random() < 0.5:
            self._refund(order, RETURNED)

    def _place(self, skus: list[int]) -> Order | None:
        """An order of these; one in five is so old already that the next sweep ends it, whatever was paid of it."""
        cart = MemberCart(db.session(), self.buyer.account_id)
        cart.remove([line.sku_id for line in cart.lines()])
        for sku_id in skus:
            cart.put(sku_id, self.dice.randint(1, 2), None, now())
        seen = review(db.session(), self.buyer.account_id, None)
        if seen.offer is None or seen.address is None:
            return None
        method = self.dice.choice([REMITTANCE, REMITTANCE, ONLINE])
        placed_at = now() - HOLDS[method] if self.dice.random() < 0.2 else now()
        shown, key = seen.offer.fingerprint, f"{new_id():x}"
        order = place_order(self.buyer, seen.address.id, key, shown, placed_at, method=method)
        if placed_at < order.hold_until <= now() and method == REMITTANCE:
            confirm_remittance(order.id, f"B{new_id():X}", Money(1), today(), FINANCE, now())
        return order

    def _pay(self, order: Order) -> None:
        """The deposit, and mostly the balance too."""
        for _ in range(2 if self.dice.random() < 0.7 else 1):
            if not order.due_now:
                return
            if order.payment_method == ONLINE:
                self._pay_online(order)
            else:
                confirm_remittance(order.id, f"B{new_id():X}", order.due_now, today(), FINANCE, now())
            db.session.refresh(order)

    def _pay_online(self, order: Order) -> None:
        """The buyer goes to the institution, and its notice comes twice."""
        gateway = gateway_of(current_settings())
        number = begin_attempt(order.id, gateway, "zh-cn", now())
        attempt = attempt_numbered(db.session(), order, number)
        amount = str(attempt.amount)
        said = {"v_oid": attempt.oid, "v_pstatus": PAID, "v_amount": amount, "v_moneytype": CNY}
        body = form_body({**said, "v_md5str": gateway.merchant.signed(attempt.oid, PAID, amount)}, "gbk")
        for _ in range(2):
            judge(listen(word_in(body), body, NOTICE, now()), gateway.merchant, now())

    def _leave(self, order: Order) -> None:
        """Each part whose money is there, line by line in parcels of its own."""
        db.session.refresh(order)
        machines = machine_lines(db.session(), order)
        for part in order.parts:
            if (part.terms and order.unpaid) or part.state != AWAITING_SHIPMENT:
                continue
            self._pack(part, machines)
        if not any(line.is_open for part in order.parts if not part.is_service for line in part.lines):
            self.tell("left", order.number)

    def _pack(self, part: OrderPart, machines: set[int]) -> None:
        if part.is_service:
            ship(part.id, None, None, CLERK, now())
            return
        for line in [line for line in part.lines if line.to_ship]:
            units = line.to_ship
            serials = tuple(f"B{new_id():016X}" for _ in range(units)) if line.id in machines else ()
            number = f"SF{self.dice.randrange(10**12):012d}"
            ship(part.id, "sf", number, CLERK, now(), [Packed(line.id, units, serials)])
            db.session.refresh(line)

    def _refund(self, order: Order, reason: str) -> None:
        """A clerk asks for a unit of a line; a manager approves or refuses, and finance pays it out."""
        db.session.refresh(order)
        for part in order.parts:
            for line in part.lines:
                if units_left(line, part, reason):
                    with transaction() as session:
                        refund = ask(
                            session, order.id, [Reduction(line.id, 1)], {}, reason, CLERK, now(), payee=THEIR_ACCOUNT
                        )  # fmt: skip
                    self.tell("asked", refund.number)
                    self._decide(refund)
                    return

    def _decide(self, refund: Refund) -> None:
        if self.dice.random() < 0.2:
            refuse(refund.id, MANAGER, now())
            self.tell("refused", refund.number)
            return
        approve(refund.id, MANAGER, now())
        self.tell("approved", refund.number)
        for payout in refund.payouts:
            paid_out(payout.id, f"P{new_id():X}", today(), FINANCE, now())
        self.tell("refunded", refund.number)

"""What the bank says, what was recorded, and what orders were paid with: by day and in all it must sum to zero.

Three sums that nobody makes of one another: rows of statements, receipts, and allocations with what orders hold. What
went back is held against the payouts that clerks recorded: of a statement only what came in is kept. Where they differ
the page says by how much and of which rows. A handful of queries, however much there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from app.foundation.money import ZERO, Money, MoneyType
from app.orders.lifecycle import AWAITING_PAYMENT
from app.orders.models import Order
from app.payments.bank.models import SET_ASIDE, BankRow
from app.payments.chinabank.models import PAID, PaymentAttempt
from app.payments.models import BY_CHINABANK, BY_REMITTANCE, Allocation, Payout, Receipt
from app.payments.proving import Difference, differences

AGES: dict[str, tuple[int, LazyString]] = {
    "day": (1, _l("Less than a day")),
    "three": (3, _l("1 to 3 days")),
    "five": (5, _l("3 to 5 days")),
    "older": (36500, _l("More than 5 days")),
}
"""Unpaid orders by how long they wait: each age ends before so many days."""


@dataclass
class Books:
    """The sums of one day, or of all. Days are those on which the bank received the money."""

    bank: Money = ZERO
    """Rows of statements, without those set aside."""
    undecided: Money = ZERO
    """Of these, what no receipt was made of yet."""
    remitted: Money = ZERO
    """Receipts of transfers."""
    unseen: Money = ZERO
    """Of these, what no statement shows yet: typed by hand."""
    online: Money = ZERO
    """Receipts of the institution."""
    institution: Money = ZERO
    """What the institution says was paid, by the day of its receipts."""
    allocated: Money = ZERO
    """What orders were paid with, by allocations of the day's receipts."""
    returned: Money = ZERO
    """What no order used and goes back, or somebody asks to send back."""
    unapplied: Money = ZERO
    """What the receipts themselves say is left of them."""

    @property
    def bank_difference(self) -> Money:
        """Statement against receipts; zero where every row is one receipt of its amount."""
        return (self.bank - self.undecided) - (self.remitted - self.unseen)

    @property
    def receipt_difference(self) -> Money:
        """Receipts against what was done with them."""
        return self.remitted + self.online - self.allocated - self.returned - self.unapplied

    @property
    def institution_difference(self) -> Money:
        """The institution's word against its receipts."""
        return self.institution - self.online

    @property
    def differences(self) -> tuple[Money, Money, Money]:
        return self.bank_difference, self.institution_difference, self.receipt_difference

    @property
    def sums_to_zero(self) -> bool:
        return not any(self.differences)

    def add(self, other: "Books") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Age:
    """Unpaid orders of one age: how many, and what is still due of them."""

    text: LazyString
    orders: int
    due: Money


@dataclass
class Reconciliation:
    """Everything that was held against each other."""

    days: dict[date, Books] = field(default_factory=dict)
    total: Books = field(default_factory=Books)
    held: Money = ZERO
    """What orders say they were paid, in all."""
    said: Money = ZERO
    """What the institution says was paid, in all, whether or not there is a receipt."""
    going_back: Money = ZERO
    """What orders say went back or is promised to, in all."""
    promised: Money = ZERO
    """Payouts of orders that are still to be sent."""
    sent: Money = ZERO
    """Payouts of orders that were sent."""
    proofs: list[Difference] = field(default_factory=list)
    """Stored sums that their rows do not prove."""

    @property
    def order_difference(self) -> Money:
        """What orders hold against the allocations that pay for them."""
        return self.held - self.total.allocated

    @property
    def word_difference(self) -> Money:
        """What the institution said against all of its receipts."""
        return self.said - self.total.online

    @property
    def payout_difference(self) -> Money:
        """What orders say of money that goes back against the payouts that were recorded."""
        return self.going_back - self.promised - self.sent

    @property
    def is_sound(self) -> bool:
        """Whether everything sums to zero; what is undecided, unseen or promised is work to do, not a difference."""
        in_all = not (self.proofs or self.order_difference or self.word_difference or self.payout_difference)
        return in_all and all(day.sums_to_zero for day in self.days.values())


def reconcile(session: Session) -> Reconciliation:
    """Hold bank, receipts, allocations and orders against each other, over all days there are."""
    found = Reconciliation(proofs=differences(session))
    for name, query in _sums().items():
        for day, amount in session.execute(query):
            setattr(found.days.setdefault(day, Books()), name, amount)
    for books in found.days.values():
        found.total.add(books)
    said = select(func.sum(PaymentAttempt.amount, type_=MoneyType())).where(PaymentAttempt.state == PAID)
    found.held = session.scalar(select(func.sum(Order.paid, type_=MoneyType()))) or ZERO
    found.said = session.scalar(said) or ZERO
    back = select(func.sum(Order.refunded + Order.promised, type_=MoneyType()))
    found.going_back = session.scalar(back) or ZERO
    payouts = select(func.sum(Payout.amount, type_=MoneyType())).where(Payout.order_id.is_not(None))
    found.promised = session.scalar(payouts.where(Payout.paid_at.is_(None))) or ZERO
    found.sent = session.scalar(payouts.where(Payout.paid_at.is_not(None))) or ZERO
    return found


def days_of(found: Reconciliation, until: date, count: int = 31) -> list[tuple[date, Books]]:
    """So many days up to one, the last on top; days on which nothing came are left out."""
    first = until - timedelta(days=count - 1)
    return sorted(((day, books) for day, books in found.days.items() if first <= day <= until), reverse=True)


def undecided_rows() -> Select[BankRow]:
    """Rows of which no receipt was made yet, oldest first."""
    undecided = select(BankRow).where(BankRow.state != SET_ASIDE, BankRow.receipt_id.is_(None))
    return undecided.order_by(BankRow.day, BankRow.id)


def unseen_receipts() -> Select[Receipt]:
    """Transfers that were typed by hand and stand in no statement yet, oldest first."""
    return select(Receipt).where(*_unseen()).order_by(Receipt.received_on, Receipt.id)


def ages(session: Session, at: datetime) -> list[Age]:
    """Unpaid orders by how long they wait, every age."""
    steps = [(Order.placed_at > at - timedelta(days=days), name) for name, (days, _) in AGES.items()]
    age = case(*steps, else_="older").label("age")
    due = func.sum(Order.deposit - Order.paid, type_=MoneyType())
    counted = select(age, func.count(), due).where(Order.state == AWAITING_PAYMENT).group_by(age)
    found = {name: (count, amount) for name, count, amount in session.execute(counted)}
    return [Age(text, *found.get(name, (0, ZERO))) for name, (_, text) in AGES.items()]


def _sums() -> dict[str, Select[Any]]:
    """By the name of each sum the query that gives it for every day."""
    kept, open_row = BankRow.state != SET_ASIDE, BankRow.receipt_id.is_(None)
    rest = Receipt.amount - Receipt.applied - Receipt.returned
    of_receipt = select(Receipt.received_on, func.sum(Allocation.amount)).join(
        Allocation, Allocation.receipt_id == Receipt.id
    )
    of_attempt = select(Receipt.received_on, func.sum(PaymentAttempt.amount)).join(
        PaymentAttempt, (PaymentAttempt.oid == Receipt.reference) & (Receipt.channel == BY_CHINABANK)
    )
    return {
        "bank": _by_day(BankRow.day, BankRow.amount, kept),
        "undecided": _by_day(BankRow.day, BankRow.amount, kept, open_row),
        "remitted": _by_day(Receipt.received_on, Receipt.amount, Receipt.channel == BY_REMITTANCE),
        "unseen": _by_day(Receipt.received_on, Receipt.amount, *_unseen()),
        "online": _by_day(Receipt.received_on, Receipt.amount, Receipt.channel == BY_CHINABANK),
        "institution": of_attempt.where(PaymentAttempt.state == PAID).group_by(Receipt.received_on),
        "allocated": of_receipt.group_by(Receipt.received_on),
        "returned": _by_day(Receipt.received_on, Receipt.returned, Receipt.returned > ZERO),
        "unapplied": _by_day(Receipt.received_on, rest, Receipt.amount > Receipt.applied + Receipt.returned),
    }


def _by_day(day: Any, amount: Any, *which: ColumnElement[bool]) -> Select[Any]:
    return select(day, func.sum(amount, type_=MoneyType())).where(*which).group_by(day)


def _unseen() -> Iterable[ColumnElement[bool]]:
    seen = select(BankRow.receipt_id).where(BankRow.receipt_id == Receipt.id).exists()
    return Receipt.channel == BY_REMITTANCE, ~seen

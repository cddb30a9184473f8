"""Orders that are paid, as a clerk of finance confirms it."""

from datetime import date, datetime

from app.foundation.clock import now, today
from app.foundation.database import new_id
from app.foundation.money import Money
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.payments.applying import Received
from app.payments.confirming import confirm_remittance
from app.payments.payee import Details, PayeeAccount, account_number_in, approve_payee, propose_payee

FINANCE = Actor("finance", 4711)
MANAGER = Actor("manager", 4712)


def an_account_of_ours(
    name: str = "云商", bank: str = "测试银行", number: str = "6200123456789012", at: datetime | None = None
) -> PayeeAccount:
    """An account for remittances, proposed by one person and confirmed by another."""
    moment = at or now()
    details = Details(name, bank, account_number_in(number) or "")
    return approve_payee(propose_payee(details, FINANCE, moment).id, MANAGER, moment)


def pay(
    order: Order,
    amount: Money | None = None,
    *,
    reference: str | None = None,
    day: date | None = None,
    by: Actor = FINANCE,
    at: datetime | None = None,
) -> Received:
    """Confirm a remittance: the whole amount, today, under a bank's number of its own, unless told otherwise."""
    return confirm_remittance(
        order.id, reference or f"B{new_id():X}", amount or order.total, day or today(), by, at or now()
    )

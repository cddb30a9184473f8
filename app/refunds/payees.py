"""The account that a refund goes to by transfer: typed by the buyer or a clerk, held against the declared company.

Money goes back to who paid it. Another holder than the company of the account is shown to whoever approves and pays;
it is theirs to judge, because people also buy for companies that they have not declared. Clause 1.1.4b.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.companies.declaring import company_of
from app.companies.names import name_key_of
from app.foundation.audit import record
from app.foundation.data_keys import create_subject
from app.foundation.database import transaction
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.refunds.errors import PaidOtherwise
from app.refunds.locking import lock_refund
from app.refunds.models import Payee, Refund
from app.refunds.people import PAY, check
from app.refunds.vocabulary import PAID, REFUSED


@dataclass(frozen=True)
class Account:
    """Whose account it is, at which bank, and its number without spaces."""

    name: str
    bank: str
    number: str


def payee_for(
    session: Session, refund: Refund, order: Order | None, account: Account, by: Actor, at: datetime
) -> Payee:
    """Write the account down, under the buyer's key; under one of its own where nobody knows whose money it was."""
    company = company_of(session, order.account_id) if order and order.account_id else None
    payee = Payee(
        subject_id=order.subject_id if order else create_subject(),
        name=account.name, bank=account.bank, account_number=account.number,
        is_of_company=name_key_of(account.name) == company.name_key if company else None,
        given_at=at, given_by=by.audit_ref,
    )  # fmt: skip
    session.add(payee)
    session.flush()
    record("refund.payee", actor=by.audit_ref, refund=refund.number)
    return payee


def give_payee(refund_id: int, account: Account, by: Actor, at: datetime) -> None:
    """Finance gives or corrects the account; somebody else must then send the money. Raises MoveNotAllowed, NotFound.

    Raises PaidOtherwise where nothing is left to be sent.
    """
    with transaction() as session:
        refund = lock_refund(session, refund_id)
        check(by, PAY)
        if refund.state in (PAID, REFUSED):
            raise PaidOtherwise
        whose = refund.order or (refund.receipt.meant_order if refund.receipt else None)
        refund.payee = payee_for(session, refund, whose, account, by, at)

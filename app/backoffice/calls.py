"""What a colleague sees of the account of whoever is on the phone: masked, one at a time, each look on the ledger.

There is no list of people and no search for one. Whole values take a reason of a closed list, and the person reads who
looked and why. Clauses 1.1.6, 5.1.1d.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.after_sales.models import Case
from app.backoffice.unmasking import ProveAnew, Reader, UnknownReason
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.personal_data import Purpose, masked, purpose
from app.foundation.unusual_reading import declare_reading
from app.orders.models import Order
from app.support.calling import call_of
from app.support.models import SupportCall, Ticket
from app.support.queries import tickets_of

REASONS: dict[str, LazyString] = {
    "call_back": _l("The caller is to be called back"),
    "compare": _l("The caller says that name or number is wrong"),
    "paper": _l("A letter or an invoice goes to the caller"),
}
SEEN, UNMASKED = "call.seen", declare_reading("account.unmasked")
NEWEST = 10
T = TypeVar("T")


@dataclass(frozen=True)
class Caller:
    """The account on the phone, as far as a colleague sees it: name and number masked, the newest of its trade."""

    call: SupportCall
    account: Account
    name: str
    phone: str
    orders: Sequence[Order]
    cases: Sequence[Case]
    tickets: Sequence[Ticket]


def caller_of(session: Session, by: Account, at: datetime) -> Caller:
    """The one account that is open to a colleague; the look is on the ledger first. Raises NoCall."""
    call = call_of(session, by, at)
    account = session.get_one(Account, call.account_id)
    with transaction():
        record(SEEN, actor=by.audit_ref, subject=account.audit_ref, reason="caller")
    return Caller(
        call=call,
        account=account,
        name=masked(account, "name"),
        phone=masked(account, "phone"),
        orders=_newest(session, select(Order).where(Order.account_id == account.id).order_by(Order.placed_at.desc())),
        cases=_newest(session, select(Case).where(Case.account_id == account.id).order_by(Case.opened_at.desc())),
        tickets=_newest(session, tickets_of(account.id)),
    )


def reveal(caller: Caller, reader: Reader, reason: str, at: datetime) -> tuple[str, str]:
    """Name and number whole, for this one answer. Raises UnknownReason, ProveAnew."""
    if reason not in REASONS:
        raise UnknownReason
    if not reader.has_proven_lately(at):
        raise ProveAnew
    with transaction():
        record(UNMASKED, actor=reader.audit_ref, subject=caller.account.audit_ref, reason=reason)
    with purpose(Purpose.SERVICE):
        return str(caller.account.name), str(caller.account.phone)


def _newest(session: Session, rows: Select[T]) -> Sequence[T]:
    return session.scalars(rows.limit(NEWEST)).all()

"""How staff see a consignee: masked everywhere; whole for one order at a time, with a reason, on the ledger.

The reason is one of a closed list, so that the ledger, which is kept, cannot come to hold anything personal. The person
finds each reading among what was done with their data. Clauses 1.1.6, 5.1.1d, 5.1.1e.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.signing_in import is_own_password
from app.accounts.undertaking import undertaking_of
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.permissions import NotUndertaken
from app.foundation.personal_data import Purpose, mask_consignee, purpose
from app.foundation.unusual_reading import declare_reading
from app.foundation.web_session import renew_session
from app.orders.models import Order

PARTS = ("consignee", "mobile", "warehouse", "address")
PROOF_LASTS = timedelta(minutes=15)
REASONS: dict[str, LazyString] = {
    "delivery": _l("The carrier cannot deliver as it stands"),
    "caller": _l("The buyer is on the phone and was recognised"),
    "label": _l("Writing the label by hand"),
    "suspicion": _l("The order looks unusual and is being checked"),
}
EVENT = declare_reading("consignee.unmasked")


class UnknownReason(BusinessError):
    """An unmasking without one of the listed reasons."""

    message = _l("Please choose why you need to see it.")
    status = 422


class ConsigneeErased(BusinessError):
    """The person closed the account: the consignee can no longer be read by anybody."""

    message = _l("This person's data was erased. The consignee can no longer be read.")
    status = 410


@dataclass(frozen=True)
class Reader:
    """Who reads: an audit reference, and when they last proved who they are."""

    audit_ref: int
    proven_at: datetime | None

    def has_proven_lately(self, at: datetime) -> bool:
        """Whether password or second factor were given within the last quarter of an hour."""
        return self.proven_at is not None and at - self.proven_at <= PROOF_LASTS


class ProveAnew(BusinessError):
    """Staff must give their password again before they see personal data."""

    message = _l("Please confirm your password first: it was given too long ago.")
    status = 403


class WrongPassword(BusinessError):
    """The password given to prove who reads is not theirs."""

    message = _l("The password is wrong.")
    status = 422


def prove(person: Account, password: str, *, address_key: str) -> None:
    """Take the password once more: this browser's session counts as proven from now on, under a new value.

    Raises WrongPassword, and TooManyTries where too many were wrong.
    """
    if not is_own_password(person, password, address_key=address_key):
        raise WrongPassword
    renew_session()


def audit_ref_of(session: Session, order: Order) -> int | None:
    """The audit reference of the person whose order it is."""
    return session.scalar(select(Account.audit_ref).where(Account.id == order.account_id))


def masked_consignee(order: Order) -> dict[str, str]:
    """The four parts with their middles replaced; dashes once the person's data was erased."""
    try:
        return mask_consignee(Order.consignee.read(order))
    except KeyDestroyed:
        return dict.fromkeys(PARTS, "-")


def unmask(order: Order, reader: Reader, reason: str, at: datetime, *, subject: int | None) -> dict[str, Any]:
    """The consignee of one order as it was given. The reading is on the ledger before anything is shown.

    `subject` is the audit reference of the person. Raises UnknownReason, ProveAnew, NotUndertaken,
    ConsigneeErased.
    """
    if reason not in REASONS:
        raise UnknownReason
    if not reader.has_proven_lately(at):
        raise ProveAnew
    with transaction() as session:
        if undertaking_of(session, reader.audit_ref, at.astimezone(SHANGHAI).date()) is None:
            raise NotUndertaken
        record(EVENT, actor=reader.audit_ref, subject=subject, order=order.number, reason=reason)
    try:
        with purpose(Purpose.SERVICE):
            block: dict[str, Any] = order.consignee
    except KeyDestroyed:
        raise ConsigneeErased from None
    return {part: block.get(part) for part in PARTS}

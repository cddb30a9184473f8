"""How staff see a consignee, or an account for a refund: masked everywhere; whole one at a time, with a reason, on the
ledger.

The reason is one of a closed list, so that the ledger, which is kept, cannot come to hold anything personal. The person
finds each reading among what was done with their data. Clauses 1.1.6, 5.1.1d, 5.1.1e.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from app.accounts.models import Account
from app.accounts.signing_in import is_own_password
from app.accounts.undertakings import undertaking_of
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.permissions import NotUndertaken
from app.foundation.personal_data import Purpose, mask_consignee, masked, purpose
from app.foundation.unusual_reading import declare_reading
from app.foundation.web_session import renew_session
from app.orders.models import Order
from app.refunds.models import Payee, Refund

PARTS = ("consignee", "mobile", "warehouse", "address")
PROOF_LASTS = timedelta(minutes=15)
REASONS: dict[str, LazyString] = {
    "delivery": _l("The carrier cannot deliver as it stands"),
    "caller": _l("The buyer is on the phone and was recognised"),
    "label": _l("Writing the label by hand"),
    "suspicion": _l("The order looks unusual and is being checked"),
}
ACCOUNT_REASONS: dict[str, LazyString] = {
    "sending": _l("Sending the money back"),
    "comparing": _l("Comparing the holder with who paid"),
    "caller": _l("The buyer is on the phone and was recognised"),
}
EVENT = declare_reading("consignee.unmasked")
ACCOUNT_READ = declare_reading("refund.account_read")
ACCOUNT = ("name", "bank", "account_number")


class UnknownReason(BusinessError):
    """An unmasking without one of the listed reasons."""

    message = _l("Please choose why you need to see it.")
    status = 422


class ConsigneeErased(BusinessError):
    """The person closed the account: the consignee can no longer be read by anybody."""

    message = _l("This person's data was erased. The consignee can no longer be read.")
    status = 410


class AccountErased(BusinessError):
    """The person closed the account of the shop: where the money went can no longer be read by anybody."""

    message = _l("This person's data was erased. The account can no longer be read.")
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
    _write_down(EVENT, REASONS, reader, reason, at, subject=subject, order=order.number)
    try:
        with purpose(Purpose.SERVICE):
            block: dict[str, Any] = order.consignee
    except KeyDestroyed:
        raise ConsigneeErased from None
    return {part: block.get(part) for part in PARTS}


def masked_account(payee: Payee) -> dict[str, str]:
    """The account of a refund with its middles replaced; dashes once the person's data was erased."""
    return {part: masked(payee, part) for part in ACCOUNT}


def read_account(refund: Refund, reader: Reader, reason: str, at: datetime) -> dict[str, str]:
    """The account that a refund goes to, as it was given. The reading is on the ledger before anything is shown.

    Raises UnknownReason, ProveAnew, NotUndertaken, AccountErased, and NotFound where nobody gave one.
    """
    if refund.payee is None:
        raise NotFound
    whose = refund.order or (refund.receipt.meant_order if refund.receipt else None)
    session = object_session(refund)
    subject = audit_ref_of(session, whose) if session and whose else None
    told = {"order": whose.number} if whose else {}
    _write_down(ACCOUNT_READ, ACCOUNT_REASONS, reader, reason, at, subject=subject, refund=refund.number, **told)
    try:
        with purpose(Purpose.SERVICE):
            return {part: getattr(refund.payee, part) for part in ACCOUNT}
    except KeyDestroyed:
        raise AccountErased from None


def _write_down(
    event: str, reasons: dict[str, LazyString], reader: Reader, reason: str, at: datetime, *, subject: int | None,
    **facts: str,
) -> None:  # fmt: skip
    if reason not in reasons:
        raise UnknownReason
    if not reader.has_proven_lately(at):
        raise ProveAnew
    with transaction() as session:
        if undertaking_of(session, reader.audit_ref, at.astimezone(SHANGHAI).date()) is None:
            raise NotUndertaken
        record(event, actor=reader.audit_ref, subject=subject, reason=reason, **facts)

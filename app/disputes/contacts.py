"""Contact data of the two sides: exchanged once both have agreed, never before. Clause 4.1.1(5).

Either side may take its word back until the other has given its own. What each reads then goes through the gate.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.disputes.ending import DisputeMoved, tell_member
from app.disputes.finding import locked
from app.disputes.lifecycle import MEMBER
from app.disputes.models import Dispute, DisputeSide
from app.disputes.sharing import RECIPIENT, SharedDispute
from app.foundation.audit import record
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError
from app.foundation.grounds import Share, ShareRefused
from app.foundation.outbound import disclose
from app.foundation.personal_data import Purpose, purpose
from app.foundation.recipients import Ground


class ContactsExchanged(BusinessError):
    """Both have agreed and may have read each other's already."""

    message = _l("Both sides have agreed: the contacts are exchanged, and this cannot be taken back.")


def agree(dispute: Dispute, side: str, contact: str, at: datetime) -> None:
    """One side leaves how it is reached, for the moment in which the other has done so too.

    In the caller's transaction, with the dispute locked. Raises ContactsExchanged.
    """
    if dispute.have_both_agreed:
        raise ContactsExchanged
    row = _row(dispute, side)
    row.contact, row.contact_at = contact, at
    record("dispute.contact_agreed", subject=dispute.audit_ref, number=dispute.number, side=side)
    if dispute.have_both_agreed:
        record("dispute.contacts_exchanged", subject=dispute.audit_ref, number=dispute.number)
        tell_member(db.session(), dispute, "dispute.contacts")


def take_back(dispute: Dispute, side: str) -> None:
    """What was left is deleted. In the caller's transaction, with the dispute locked. Raises ContactsExchanged."""
    if dispute.have_both_agreed:
        raise ContactsExchanged
    row = _row(dispute, side)
    row.contact = row.contact_at = None
    record("dispute.contact_withdrawn", subject=dispute.audit_ref, number=dispute.number, side=side)


def agree_as_member(dispute_id: int, contact: str, at: datetime) -> None:
    """Raises DisputeMoved unless the dispute is open, ContactsExchanged."""
    with transaction():
        agree(_open(dispute_id, at), MEMBER, contact, at)


def take_back_as_member(dispute_id: int, at: datetime) -> None:
    """Raises DisputeMoved unless the dispute is open, ContactsExchanged."""
    with transaction():
        take_back(_open(dispute_id, at), MEMBER)


def contact_for_member(dispute_id: int, at: datetime) -> str | None:
    """How the other side is reached, on the ledger about the other side first; None where nothing may be said."""
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if not dispute.have_both_agreed or not dispute.is_open_at(at):
            return None
        try:
            with purpose(Purpose.SERVICE):
                contact = dispute.side.contact
            share = Share(
                RECIPIENT, Ground.DISPUTE, Purpose.SERVICE, {"contact": contact}, subject=dispute.side.audit_ref,
                basis=SharedDispute(dispute, MEMBER), until=dispute.expires_at,
            )  # fmt: skip
            disclose(share)
        except (KeyDestroyed, ShareRefused):
            return None
    return str(contact)


def _open(dispute_id: int, at: datetime) -> Dispute:
    dispute = locked(db.session(), dispute_id)
    if not dispute.is_open_at(at):
        raise DisputeMoved
    return dispute


def _row(dispute: Dispute, side: str) -> Dispute | DisputeSide:
    return dispute if side == MEMBER else dispute.side

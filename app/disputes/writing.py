"""The member's acts: write a dispute and choose what is shown, send it, write in it, withdraw it. Clause 4.1.1(5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.after_sales.queries import own_case
from app.after_sales.talking import photograph_of
from app.disputes.choosing import Item, items_of
from app.disputes.ending import DisputeMoved, end, move
from app.disputes.finding import locked, unsettled_of
from app.disputes.forgetting import forget_disputes
from app.disputes.lifecycle import DRAFT, MEMBER, MOST_DRAFTS_AND_LIVE, MOST_ENTRIES, SEND, WITHDRAW
from app.disputes.models import Dispute, DisputeEntry, DisputeSide
from app.disputes.sharing import is_covered
from app.disputes.undertaking import digest_in
from app.foundation.audit import record
from app.foundation.data_keys import create_subject, data_keys
from app.foundation.database import db, new_id, transaction
from app.foundation.errors import BusinessError
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import remove_private, uploading
from app.orders.numbers import new_order_number
from app.payments.elsewhere import offers_elsewhere
from app.privacy.service_end import refuse_beginnings


class NotCovered(BusinessError):
    """The version of the policy that the member runs under does not know the other side of a dispute. 6.1a."""

    message = _l(
        "The privacy policy that you agreed to does not provide for disputes yet. Please agree to the newest version "
        "under “My agreements” first."
    )


class TooManyDisputes(BusinessError):
    """More than somebody can settle at a time."""

    message = _l("Ten of your disputes are not settled yet. Please withdraw or delete one first.")


class EnoughWritten(BusinessError):
    """A dispute holds two hundred messages."""

    message = _l("So much was written in this dispute that it takes no more.")
    status = 422


@dataclass(frozen=True)
class Complaint:
    """What the member says: with whom the dispute is, what happened, and which items the other side may see."""

    name: str
    mobile: str
    statement: str
    codes: Collection[str]
    language: str


def draft(member: Account, kind: str, number: str, said: Complaint, at: datetime) -> Dispute:
    """A dispute that nobody but the member sees yet, with a copy of what was chosen, as it is now.

    Raises NotFound for a matter that is not the member's own, NotCovered, TooManyDisputes, ServiceEnds.
    """
    refuse_beginnings()
    if not is_covered(db.session(), member.audit_ref, at):
        raise NotCovered
    chosen = _chosen(member.id, kind, number, said.codes, at)
    other_subject = create_subject()
    try:
        with uploading(member.subject_id, _photographs(member.id, number, chosen)) as copies, transaction() as session:
            if unsettled_of(session, member.id) >= MOST_DRAFTS_AND_LIVE:
                raise TooManyDisputes
            dispute = _new(member, kind, number, said, other_subject, at)
            _write(dispute, said, chosen, copies.names)
            session.add(dispute)
            record("dispute.drafted", actor=member.audit_ref, subject=member.audit_ref, number=dispute.number)
            copies.keep()
            return dispute
    except BusinessError:
        data_keys().destroy(other_subject)
        raise


def change_draft(dispute_id: int, said: Complaint, at: datetime) -> Dispute:
    """Write a draft anew: what is shown is copied again. Raises DisputeMoved once it was sent."""
    with transaction() as session:
        dispute = locked(session, dispute_id)
    owner, about = dispute.account_id, dispute.about
    chosen = _chosen(owner, dispute.about_kind, about, said.codes, at)
    with uploading(dispute.subject_id, _photographs(owner, about, chosen)) as copies:
        with transaction() as session:
            dispute = locked(session, dispute_id)
            if dispute.state != DRAFT:
                raise DisputeMoved
            dispute.side.name, dispute.side.mobile = said.name, said.mobile
            with purpose(Purpose.SERVICE):
                before = list(dispute.pictures or ())
            _write(dispute, said, chosen, copies.names)
        copies.keep()
    for name in before:
        remove_private(name)
    return dispute


def delete_draft(dispute_id: int, at: datetime) -> None:
    """Nothing of it is left. Raises DisputeMoved once it was sent."""
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if dispute.state != DRAFT:
            raise DisputeMoved
        forget_disputes(session, [dispute.id], at)


def send(dispute_id: int, at: datetime) -> None:
    """Hand a draft to us, exactly as the preview showed it. Raises DisputeMoved, NotCovered, ServiceEnds."""
    refuse_beginnings()
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if not is_covered(session, dispute.audit_ref, at):
            raise NotCovered
        move(dispute, SEND, dispute.audit_ref)
        dispute.sent_at = at


def withdraw(dispute_id: int, at: datetime) -> None:
    """The other side sees nothing from this moment on. Raises DisputeMoved."""
    with transaction() as session:
        dispute = locked(session, dispute_id)
        end(session, dispute, WITHDRAW, dispute.audit_ref, at)


def say(dispute_id: int, text: str, at: datetime) -> None:
    """The member writes to the other side. Raises DisputeMoved unless the dispute is open, EnoughWritten."""
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if not dispute.is_open_at(at):
            raise DisputeMoved
        add_entry(dispute, MEMBER, dispute.subject_id, text, at)


def add_entry(dispute: Dispute, side: str, subject_id: int, text: str, at: datetime) -> DisputeEntry:
    """Write into a locked dispute, sealed under the key of `subject_id`. Raises EnoughWritten."""
    if len(dispute.entries) >= MOST_ENTRIES:
        raise EnoughWritten
    entry = DisputeEntry(subject_id=subject_id, side=side, at=at, text=text)
    dispute.entries.append(entry)
    offers = sorted(offers_elsewhere(text))
    record("dispute.said", subject=dispute.audit_ref, number=dispute.number, side=side, offers=offers)
    return entry


def _new(member: Account, kind: str, number: str, said: Complaint, other_subject: int, at: datetime) -> Dispute:
    dispute = Dispute(
        id=new_id(), subject_id=member.subject_id, account_id=member.id, audit_ref=member.audit_ref,
        number=new_order_number(), state=DRAFT, about_kind=kind, about=number, begun_at=at,
    )  # fmt: skip
    dispute.side = DisputeSide(subject_id=other_subject, audit_ref=new_id(), name=said.name, mobile=said.mobile)
    return dispute


def _chosen(account_id: int, kind: str, number: str, codes: Collection[str], at: datetime) -> list[Item]:
    """The items among a matter's own that were chosen; a code of anything else is nobody's. Raises NotFound."""
    return [item for item in items_of(db.session(), account_id, kind, number, at) if item.code in codes]


def _photographs(account_id: int, number: str, chosen: Collection[Item]) -> list[bytes]:
    """Chosen photographs: they are copied, for those of a case go when the case ends. Raises NotFound."""
    positions = [int(item.facts["position"]) for item in chosen if item.sort == "picture"]
    if not positions:
        return []
    case = own_case(db.session(), account_id, number)
    return [photograph_of(db.session(), case, position) for position in positions]


def _write(dispute: Dispute, said: Complaint, chosen: Collection[Item], copies: list[str]) -> None:
    dispute.statement = said.statement
    dispute.items = [item.code for item in chosen]
    dispute.shown = [{"code": item.code, **item.facts} for item in chosen]
    dispute.pictures = copies or None
    dispute.undertaking = digest_in(said.language)

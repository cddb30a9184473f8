"""What the other side does behind its link: sign, look, answer, send pictures. Clauses 4.1.1(5), 4.1.4, 4.1.3b.

Each answer that carries something of the member's is a share of its own on the ledger, committed before a byte of it
leaves: a row a day would not say how often somebody looked, and a look costs one row. Before it has signed the other
side is shown nothing but what it is to sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.disputes.contacts import agree, take_back
from app.disputes.ending import tell_member
from app.disputes.lifecycle import MOST_PICTURES, OTHER
from app.disputes.links import ViewEnded, behind
from app.disputes.marking import marked
from app.disputes.models import Dispute, DisputeEntry
from app.disputes.pictures import chosen_picture
from app.disputes.sharing import RECIPIENT, SharedDispute
from app.disputes.showing import DisputeShown, for_other_side
from app.disputes.undertaking import digest_in
from app.disputes.writing import add_entry
from app.foundation.audit import record
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.errors import BusinessError
from app.foundation.grounds import Share, ShareRefused
from app.foundation.idempotency import Sending, once
from app.foundation.outbound import Terms, disclose
from app.foundation.personal_data import Purpose, purpose
from app.foundation.recipients import Ground
from app.foundation.uploads import uploading


class NotSigned(BusinessError):
    """The other side has not signed for confidentiality yet."""

    message = _l("Please sign the confidentiality undertaking first.")
    status = 403


class NotShownNow(BusinessError):
    """The gate does not let anything of this dispute out."""

    message = _l("This dispute cannot be shown at present. Please ask the shop.")


class TooManyPictures(BusinessError):
    """The other side sent six pictures already."""

    message = _l("At most six pictures for each dispute, please.")
    status = 422


@dataclass(frozen=True)
class Looked:
    """What the other side sees, already on the ledger, and what goes with it."""

    dispute: Dispute
    shown: DisputeShown
    terms: Terms


def waits_for_signature(token: str, at: datetime) -> bool:
    """Whether whoever holds the link has still to sign. Raises NotFound, ViewEnded."""
    with transaction() as session:
        return behind(session, token, at).side.signed_at is None


def sign(token: str, name: str, language: str, at: datetime) -> None:
    """The other side undertakes confidentiality, once: name, moment, and the digest of what it read.

    Raises NotFound, ViewEnded.
    """
    with transaction() as session:
        dispute = behind(session, token, at)
        side = dispute.side
        if side.signed_at is not None:
            return
        side.signed_at, side.undertaking, side.signed_name = at, digest_in(language), name
        record("dispute.signed", subject=dispute.audit_ref, number=dispute.number, text=side.undertaking)


def look(token: str, at: datetime) -> Looked:
    """What the member chose, on the ledger first. Raises NotFound, ViewEnded, NotSigned, NotShownNow."""
    with transaction() as session:
        dispute = _signed(token, at)
        try:
            shown = for_other_side(dispute)
        except KeyDestroyed:
            raise ViewEnded from None
        session.flush()
        terms = _share(dispute, shown.given, at)
    return Looked(dispute, shown, terms)


def look_at_picture(token: str, position: int, at: datetime) -> bytes:
    """A photograph that the member chose, marked with recipient and moment, on the ledger first.

    Raises NotFound, also for one that was not chosen, ViewEnded, NotSigned, NotShownNow.
    """
    with transaction() as session:
        dispute = _signed(token, at)
        picture = chosen_picture(dispute, position)
        session.flush()
        terms = _share(dispute, {"pictures": f"picture-{position}"}, at)
    return marked(picture, terms.mark)


def agree_to_contact(token: str, contact: str, at: datetime) -> None:
    """Raises NotFound, ViewEnded, NotSigned, ContactsExchanged."""
    with transaction():
        agree(_signed(token, at), OTHER, contact, at)


def take_contact_back(token: str, at: datetime) -> None:
    """Raises NotFound, ViewEnded, NotSigned, ContactsExchanged."""
    with transaction():
        take_back(_signed(token, at), OTHER)


def answer(token: str, text: str, pictures: Sequence[bytes], at: datetime, sending: Sending | None, where: str) -> None:
    """The other side writes, with pictures, all sealed under its own key; `where` answers this sending of the form.

    Raises NotFound, ViewEnded, NotSigned, BadPicture, TooManyPictures, EnoughWritten, FormSentBefore.
    """
    with transaction():
        subject_id = _signed(token, at).side.subject_id
    with uploading(subject_id, pictures) as uploads:

        def answering() -> str:
            with transaction() as session:
                dispute = _signed(token, at)
                sent = sum(_count_of_files(each) for each in dispute.entries)
                if sent + len(uploads.names) > MOST_PICTURES:
                    raise TooManyPictures
                entry = add_entry(dispute, OTHER, subject_id, text, at)
                entry.files = uploads.names or None
                session.flush()
                tell_member(session, dispute, "dispute.answered")
            uploads.keep()
            return where

        once(sending, answering, at)


def _count_of_files(entry: DisputeEntry) -> int:
    with purpose(Purpose.SERVICE):
        return len(entry.files or ())


def _signed(token: str, at: datetime) -> Dispute:
    """In the caller's transaction. Raises NotFound, ViewEnded, NotSigned."""
    dispute = behind(db.session(), token, at)
    if dispute.side.signed_at is None:
        raise NotSigned
    return dispute


def _share(dispute: Dispute, fields: dict[str, object], at: datetime) -> Terms:
    share = Share(
        RECIPIENT, Ground.DISPUTE, Purpose.SERVICE, fields, subject=dispute.audit_ref,
        basis=SharedDispute(dispute, OTHER), until=dispute.expires_at,
    )  # fmt: skip
    try:
        return disclose(share)
    except ShareRefused:
        raise NotShownNow from None

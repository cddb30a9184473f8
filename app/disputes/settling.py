"""What we do in a dispute: take it on or not, say what we think, take something out of sight, close it. 4.1.1(5).

What the other side may see can only become less by our hand.
"""

from collections.abc import Collection
from datetime import datetime

from app.disputes.ending import DisputeMoved, end, move, tell_member
from app.disputes.finding import locked
from app.disputes.lifecycle import ACCEPT, CASE_LASTS, CLOSE, REFUSE, STAFF
from app.disputes.links import send_link
from app.disputes.models import Dispute
from app.disputes.writing import add_entry
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.foundation.two_people import Person, who_may

SETTLE = "disputes.settle"


def accept(dispute_id: int, codes: Collection[str], by: Person, at: datetime) -> Dispute:
    """Take it on: the other side gets its link. Items that are not among `codes` are taken out first; copies of
    photographs among them have no row then, and go in the night (`app.privacy.files`).

    Raises DisputeMoved, NotAllowed, NotFound.
    """
    person = who_may(by, SETTLE)
    with transaction() as session:
        dispute = locked(session, dispute_id)
        move(dispute, ACCEPT, person)
        with purpose(Purpose.SERVICE):
            kept = [item for item in dispute.shown if item["code"] in codes]
            copies = zip(dispute.picture_codes, dispute.pictures or (), strict=True)
            dispute.pictures = [name for code, name in copies if code in codes] or None
        dispute.shown, dispute.items = kept, [item["code"] for item in kept]
        dispute.accepted_at, dispute.expires_at = at, at + CASE_LASTS
        session.flush()
        send_link(session, dispute, at)
        tell_member(session, dispute, "dispute.accepted")
    return dispute


def refuse(dispute_id: int, why: str, by: Person, at: datetime) -> Dispute:
    """Nobody outside hears of it, and the member reads why. Raises DisputeMoved, NotAllowed, NotFound."""
    person = who_may(by, SETTLE)
    with transaction() as session:
        dispute = locked(session, dispute_id)
        end(session, dispute, REFUSE, person, at)
        dispute.finding = why
        tell_member(session, dispute, "dispute.refused")
    return dispute


def write(dispute_id: int, text: str, by: Person, at: datetime) -> None:
    """A message of ours to both sides. Raises DisputeMoved unless it is open, EnoughWritten, NotAllowed, NotFound."""
    who_may(by, SETTLE)
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if not dispute.is_open_at(at):
            raise DisputeMoved
        add_entry(dispute, STAFF, dispute.subject_id, text, at)
        tell_member(session, dispute, "dispute.message")


def close(dispute_id: int, outcome: str, finding: str, by: Person, at: datetime) -> Dispute:
    """It ends with an outcome and what we found; the view of the other side ends with it.

    Raises DisputeMoved, NotAllowed, NotFound.
    """
    person = who_may(by, SETTLE)
    with transaction() as session:
        dispute = locked(session, dispute_id)
        end(session, dispute, CLOSE, person, at)
        dispute.outcome, dispute.finding = outcome, finding
        tell_member(session, dispute, "dispute.ended")
    return dispute


def hide(dispute_id: int, entry_id: int, by: Person, at: datetime) -> None:
    """Take what one side wrote out of the other's sight: an insult, a number, somebody else's data.

    Raises NotAllowed, NotFound.
    """
    person = who_may(by, SETTLE)
    with transaction() as session:
        dispute = locked(session, dispute_id)
        entry = next((each for each in dispute.entries if each.id == entry_id), None)
        if entry is None:
            raise NotFound
        entry.hidden_at = entry.hidden_at or at
        record("dispute.entry_hidden", actor=person, subject=dispute.audit_ref, number=dispute.number, side=entry.side)


def link_anew(dispute_id: int, by: Person, at: datetime) -> None:
    """A new link for the other side by SMS; earlier ones open nothing more.

    Raises DisputeMoved unless it is open, NotAllowed, NotFound.
    """
    who_may(by, SETTLE)
    with transaction() as session:
        dispute = locked(session, dispute_id)
        if not dispute.is_open_at(at):
            raise DisputeMoved
        send_link(session, dispute, at)

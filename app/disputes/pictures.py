"""Pictures of a dispute: copies of the photographs that the member chose, and what the other side sent."""

from app.disputes.lifecycle import OTHER
from app.disputes.models import Dispute
from app.foundation.data_keys import KeyDestroyed
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import read_private


def chosen_picture(dispute: Dispute, position: int) -> bytes:
    """The copy of a photograph among what was chosen. Raises NotFound, also once the member was erased."""
    code = f"picture-{position}"
    if code not in dispute.picture_codes:
        raise NotFound
    try:
        with purpose(Purpose.SERVICE):
            names = list(dispute.pictures or ())
        return read_private(dispute.subject_id, names[dispute.picture_codes.index(code)])
    except (KeyDestroyed, FileNotFoundError, IndexError):
        raise NotFound from None


def sent_picture(dispute: Dispute, entry_id: int, position: int, *, is_member: bool) -> bytes:
    """A picture by its message and its place in it, from 1. A member sees none that we took out of sight.

    Raises NotFound.
    """
    entry = next((each for each in dispute.entries if each.id == entry_id and each.side == OTHER), None)
    if entry is None or (is_member and entry.hidden_at is not None):
        raise NotFound
    try:
        with purpose(Purpose.SERVICE):
            names = list(entry.files or ())
        if not 0 < position <= len(names):
            raise NotFound
        return read_private(entry.subject_id, names[position - 1])
    except (KeyDestroyed, FileNotFoundError):
        raise NotFound from None

"""Pictures that the other side sent, for the member and for staff."""

from app.disputes.lifecycle import OTHER
from app.disputes.models import Dispute
from app.foundation.data_keys import KeyDestroyed
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.foundation.uploads import read_private


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

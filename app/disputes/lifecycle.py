"""States of a dispute, the moves between them, how it can end, and its limits. Pure. Clause 4.1.1(5)."""

from datetime import timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

DRAFT, SENT, OPEN, REFUSED, WITHDRAWN, CLOSED, EXPIRED = (
    "draft", "sent", "open", "refused", "withdrawn", "closed", "expired",
)  # fmt: skip
STATES: dict[str, LazyString] = {
    DRAFT: _l("Not sent yet"),
    SENT: _l("Waits for our answer"),
    OPEN: _l("Being settled"),
    REFUSED: _l("Not taken on"),
    WITHDRAWN: _l("Withdrawn"),
    CLOSED: _l("Closed"),
    EXPIRED: _l("Ended by its time"),
}
MARKS = {
    DRAFT: "waiting", SENT: "waiting", OPEN: "working", REFUSED: "stopped", WITHDRAWN: "stopped", CLOSED: "done",
    EXPIRED: "stopped",
}  # fmt: skip
LIVE = (SENT, OPEN)
"""Something is still to be done; the account cannot be closed without an answer."""

SEND, ACCEPT, REFUSE, WITHDRAW, CLOSE, EXPIRE = "send", "accept", "refuse", "withdraw", "close", "expire"
MOVES: dict[str, dict[str, str]] = {
    SEND: {DRAFT: SENT},
    ACCEPT: {SENT: OPEN},
    REFUSE: {SENT: REFUSED},
    WITHDRAW: {SENT: WITHDRAWN, OPEN: WITHDRAWN},
    CLOSE: {OPEN: CLOSED},
    EXPIRE: {OPEN: EXPIRED},
}
"""By move, from which state it leads where. What has ended stays so."""

OUTCOMES: dict[str, LazyString] = {
    "agreed": _l("The two sides agree"),
    "advised": _l("We have said what we think is right"),
    "elsewhere": _l("To be settled elsewhere: a court, an arbitration, an authority"),
    "silent": _l("The other side does not answer"),
}

MEMBER, OTHER, STAFF = "member", "other", "staff"

CASE_LASTS = timedelta(days=90)
"""From acceptance on; then nobody outside sees anything any more, whether it is settled or not."""
LINK_LASTS = timedelta(days=30)
DRAFT_LASTS = timedelta(days=30)
MOST_DRAFTS_AND_LIVE = 10
"""So many unsettled disputes of one member at a time."""
MOST_PICTURES = 6
MOST_ENTRIES = 200

"""States of a testimonial and the moves between them. Pure. Clauses 1.3, 4.3."""

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _l

SENT, CHECKED, PUBLISHED, HIDDEN = "sent", "checked", "published", "hidden"
REFUSED, TAKEN_AWAY = "refused", "taken_away"
STATES: dict[str, LazyString] = {
    SENT: _l("To be checked"),
    CHECKED: _l("Waits for a second person"),
    PUBLISHED: lazy_pgettext("testimonial", "Published"),
    HIDDEN: _l("Hidden after a report"),
    REFUSED: _l("Refused"),
    TAKEN_AWAY: _l("Taken away"),
}
MARKS = {
    SENT: "waiting", CHECKED: "waiting", PUBLISHED: "done", HIDDEN: "waiting", REFUSED: "stopped",
    TAKEN_AWAY: "stopped",
}  # fmt: skip
TO_DECIDE = (SENT, CHECKED, HIDDEN)

CHECK, APPROVE, REFUSE, HIDE, PUT_BACK, TAKE_AWAY = "check", "approve", "refuse", "hide", "put_back", "take_away"
MOVES: dict[str, dict[str, str]] = {
    CHECK: {SENT: CHECKED},
    APPROVE: {CHECKED: PUBLISHED},
    REFUSE: {SENT: REFUSED, CHECKED: REFUSED},
    HIDE: {PUBLISHED: HIDDEN},
    PUT_BACK: {HIDDEN: PUBLISHED},
    TAKE_AWAY: {PUBLISHED: TAKEN_AWAY, HIDDEN: TAKEN_AWAY},
}
"""By move, from which state it leads where. Nothing is published that two people have not read; withdrawing deletes
the row from whatever state."""

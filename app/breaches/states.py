"""How far the work on a breach is."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

OPEN, ASKED, RELEASED, CLOSED = "open", "asked", "released", "closed"
STATES: dict[str, LazyString] = {
    OPEN: _l("Being worked on"),
    ASKED: _l("Notices wait for a second person"),
    RELEASED: _l("People are being told"),
    CLOSED: _l("Closed"),
}
MARKS = {OPEN: "waiting", ASKED: "waiting", RELEASED: "working", CLOSED: "done"}

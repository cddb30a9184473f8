"""Kinds of cases, their states and the moves between them. Pure. Clauses 4.1.1(2), (3), (8), 4.3.2a."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.recipients import Ground

ORDER, PROTECTION, PUBLIC_INTEREST = "order", "protection", "public"


@dataclass(frozen=True)
class Kind:
    """A kind of case: the ground it stands on, and whether it is looked at again within the policy's days."""

    name: LazyString
    ground: Ground
    is_reviewed: bool = False
    says_why_not_sums: bool = False


KINDS = {
    ORDER: Kind(_l("Demand of an authority or a court"), Ground.LAW),
    PROTECTION: Kind(_l("Protection from harm"), Ground.PROTECTION, is_reviewed=True),
    PUBLIC_INTEREST: Kind(_l("Public interest"), Ground.PUBLIC_INTEREST, is_reviewed=True, says_why_not_sums=True),
}

ASKED, EXAMINED, APPROVED, GIVEN, REFUSED, STOPPED = "asked", "examined", "approved", "given", "refused", "stopped"
STATES: dict[str, LazyString] = {
    ASKED: _l("To be examined"),
    EXAMINED: _l("Waits for a second person"),
    APPROVED: _l("Approved, being put together"),
    GIVEN: _l("Put together and recorded"),
    REFUSED: _l("Refused"),
    STOPPED: _l("Stopped before anything left"),
}
MARKS = {
    ASKED: "waiting", EXAMINED: "waiting", APPROVED: "working", GIVEN: "done", REFUSED: "stopped", STOPPED: "stopped"
}  # fmt: skip

NARROW, EXAMINE, APPROVE, REFUSE, STOP, GIVE = "narrow", "examine", "approve", "refuse", "stop", "give"
MOVES: dict[str, dict[str, str]] = {
    NARROW: {ASKED: ASKED, EXAMINED: ASKED},
    EXAMINE: {ASKED: EXAMINED},
    APPROVE: {EXAMINED: APPROVED},
    REFUSE: {ASKED: REFUSED, EXAMINED: REFUSED},
    STOP: {APPROVED: STOPPED},
    GIVE: {APPROVED: GIVEN},
}
"""By move, from which state it leads where. No state can be passed over."""

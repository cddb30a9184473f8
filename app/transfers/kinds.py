"""Kinds of transfers, their states and the moves between them. Pure. Clauses 4.2.1 to 4.2.4."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.recipients import TransferGround

CONSENT, LAW, AGREEMENT, MERGER = "consent", "law", "agreement", "merger"


@dataclass(frozen=True)
class Kind:
    """A kind of transfer and the ground it stands on."""

    name: LazyString
    ground: TransferGround


KINDS = {
    CONSENT: Kind(_l("With each person's agreement"), TransferGround.CONSENT),
    LAW: Kind(_l("Demanded by law"), TransferGround.LAW),
    AGREEMENT: Kind(_l("As a signed agreement provides"), TransferGround.AGREEMENT),
    MERGER: Kind(_l("Merger, acquisition, liquidation"), TransferGround.MERGER),
}

ASKED, EXAMINED, APPROVED, MAKING, GIVEN, REFUSED, STOPPED = (
    "asked", "examined", "approved", "making", "given", "refused", "stopped"
)  # fmt: skip
STATES: dict[str, LazyString] = {
    ASKED: _l("To be examined"),
    EXAMINED: _l("Waits for a second person"),
    APPROVED: _l("Approved, not put together"),
    MAKING: _l("Being put together"),
    GIVEN: _l("Put together and recorded"),
    REFUSED: _l("Refused"),
    STOPPED: _l("Stopped before anything left"),
}
MARKS = {
    ASKED: "waiting", EXAMINED: "waiting", APPROVED: "waiting", MAKING: "working", GIVEN: "done",
    REFUSED: "stopped", STOPPED: "stopped",
}  # fmt: skip

MAKE, GIVE, REFUSE, STOP = "make", "give", "refuse", "stop"
MOVES: dict[str, dict[str, str]] = {
    "examine": {ASKED: EXAMINED},
    "approve": {EXAMINED: APPROVED},
    REFUSE: {ASKED: REFUSED, EXAMINED: REFUSED},
    STOP: {APPROVED: STOPPED},
    MAKE: {APPROVED: MAKING},
    GIVE: {MAKING: GIVEN},
}
"""By move, from which state it leads where. No state can be passed over."""

"""Where a parcel has come to: the closed list of what can be said of it, and the rule by which it is said. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

HANDED, COLLECTED, UNDER_WAY, FORWARDED, CUSTOMS, DELIVERING, SIGNED, PROBLEM, REFUSED, RETURNING, RETURNED = (
    "handed", "collected", "under_way", "forwarded", "customs", "delivering", "signed", "problem", "refused",
    "returning", "returned",
)  # fmt: skip

STATES: dict[str, LazyString] = {
    HANDED: _l("Handed to the carrier"),
    COLLECTED: _l("Collected"),
    UNDER_WAY: _l("Under way"),
    FORWARDED: _l("Passed on to another carrier"),
    CUSTOMS: _l("At customs"),
    DELIVERING: _l("Out for delivery"),
    SIGNED: _l("Signed for"),
    PROBLEM: _l("Delivery problem"),
    REFUSED: _l("Refused by the consignee"),
    RETURNING: _l("On its way back"),
    RETURNED: _l("Returned"),
}
MARKS = {SIGNED: "done", PROBLEM: "stopped", REFUSED: "stopped", RETURNING: "stopped", RETURNED: "stopped"}
ENDS = frozenset({SIGNED, RETURNED})
"""Nothing more is to be expected of a carrier after these."""
MESSAGES = {DELIVERING: "parcel.delivering", SIGNED: "parcel.signed"} | dict.fromkeys(
    (PROBLEM, REFUSED, RETURNING, RETURNED), "parcel.problem"
)
"""What the buyer is told of at once, by the code of the message."""


@dataclass(frozen=True)
class Happening:
    """One line of a parcel's way: when and what, in the words of whoever reports it."""

    at: datetime
    state: str
    text: str


def latest(happenings: Iterable[Happening]) -> Happening | None:
    """The newest by its own time: carriers report twice, late and in any order. Of one moment the last reported."""
    newest: Happening | None = None
    for each in happenings:
        if newest is None or each.at >= newest.at:
            newest = each
    return newest

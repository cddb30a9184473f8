"""The trade rules of after-sales: kinds of cases, their time limits, clocks and tolerances. The pages show these.

Every period is counted in whole days of 24 hours; where none is given the kind has no limit of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.catalog.vocabulary import USED

REFUND_ONLY, RETURN, EXCHANGE, REPAIR, SHORT_HASHRATE = "refund", "return", "exchange", "repair", "hashrate"


@dataclass(frozen=True)
class Kind:
    """A kind of case. `within`: how long after the receipt it can be opened; `goods_come_back` first of all."""

    name: LazyString
    says: LazyString
    within: timedelta | None
    goods_come_back: bool = False
    machines_only: bool = False

    def is_open_at(self, received_at: datetime | None, at: datetime) -> bool:
        """Whether a case can still be opened; before the receipt it always can."""
        return self.within is None or received_at is None or at < received_at + self.within


KINDS: Mapping[str, Kind] = {
    REFUND_ONLY: Kind(
        _l("Refund only"),
        _l("You keep the goods and get part of the money back: something is missing or damaged."),
        timedelta(days=15),
    ),
    RETURN: Kind(
        _l("Return and refund"), _l("You send the goods back and get the money back."), timedelta(days=7), True
    ),
    EXCHANGE: Kind(
        _l("Exchange"), _l("You send the goods back and get others of the same kind."), timedelta(days=15), True
    ),
    REPAIR: Kind(
        _l("Repair"),
        _l("A machine is repaired by its serial number: free within its warranty, afterwards against payment."),
        None, True, True,
    ),
    SHORT_HASHRATE: Kind(
        _l("Short hashrate"),
        _l("The machine works below the agreed hashrate, and you get the price of what is missing back."),
        timedelta(days=30), False, True,
    ),
}  # fmt: skip

REASONS: Mapping[str, LazyString] = {
    "damaged": _l("Damaged on the way"),
    "defective": _l("Does not work as it should"),
    "not_as_described": _l("Not as described"),
    "incomplete": _l("Something is missing"),
    "not_needed": _l("No longer needed, unused"),
    "other": _l("Something else"),
}

SELLER_ANSWERS = timedelta(days=2)
BUYER_ANSWERS = timedelta(days=7)
PLATFORM_DECIDES = timedelta(days=5)
BUYER_SENDS_BACK = timedelta(days=7)
GOODS_ARE_EXAMINED = timedelta(days=15)
GOODS_ARE_SENT = timedelta(days=7)
WARN_BEFORE = timedelta(days=1)

MOST_PHOTOGRAPHS = 6

TOLERANCE_PER_MILLE = {USED: 100}
USUAL_TOLERANCE_PER_MILLE = 30


def tolerance_of(condition: str | None) -> int:
    """How far below the agreed hashrate a machine may work, in thousandths: 3 per cent new, 10 per cent used."""
    return TOLERANCE_PER_MILLE.get(condition or "", USUAL_TOLERANCE_PER_MILLE)

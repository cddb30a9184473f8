"""What pages show of a case: read once, inside the purpose, so that no template opens a sealed field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString

from app.after_sales.claimable import Claimable
from app.after_sales.hashrate import Shortfall
from app.after_sales.models import BY_BUYER, Case
from app.foundation.data_keys import KeyDestroyed
from app.foundation.personal_data import Purpose, purpose
from app.shipping.models import ParcelUnit


@dataclass(frozen=True)
class Said:
    """A message for a page: whose side, when, and its text."""

    is_buyers: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class Machine:
    """A machine of a case: its place, and its number as long as it is kept."""

    position: int
    serial: str | None
    is_in_warranty: bool
    warranty_until: datetime | None
    was_restocked: bool | None


@dataclass(frozen=True)
class CaseShown:
    """A case with all that a person may read of it."""

    case: Case
    said: Sequence[Said]
    machines: Sequence[Machine]

    @property
    def short(self) -> Shortfall | None:
        """How the money of short hashrate was worked out; the agreed figures are those of the day of opening."""
        case = self.case
        if not case.agreed_hashrate or case.measured_hashrate is None or case.tolerance_per_mille is None:
            return None
        return Shortfall(
            case.agreed_hashrate, case.measured_hashrate, case.tolerance_per_mille, case.line.unit_price, case.quantity
        )


def shown(case: Case) -> CaseShown:
    """For its buyer and for staff on the ledger. What belongs to a person whose key was destroyed is left out."""
    with purpose(Purpose.SERVICE):
        try:
            said = [Said(message.side == BY_BUYER, message.at, message.text) for message in case.messages]
        except KeyDestroyed:
            said = []
        machines = [
            Machine(
                each.position, serial_of(each.unit), each.is_in_warranty,
                each.unit.warranty_until if each.unit else None, each.was_restocked,
            )
            for each in case.units
        ]  # fmt: skip
    return CaseShown(case, said, machines)


def serials_of(line: Claimable) -> list[tuple[int, str]]:
    """The machines of a line that can be chosen, as (key, serial number)."""
    with purpose(Purpose.SERVICE):
        return [(unit.id, serial_of(unit) or "-") for unit in line.machines]


def serial_of(unit: ParcelUnit | None) -> str | None:
    """Inside the purpose; None once the row or the key is gone."""
    try:
        return str(unit.serial) if unit else None
    except KeyDestroyed:
        return None


Entry = tuple[LazyString, datetime, LazyString, str]


def timeline_of(case: Case, doers: Mapping[str, LazyString], staff: LazyString) -> list[Entry]:
    """What happened, oldest first, as `components/timeline.html` reads it; the last is where an open case stands."""
    entries = [(event.text, event.at, doers.get(event.role, staff), "done") for event in case.events]
    if entries and not case.is_closed:
        entries[-1] = (*entries[-1][:3], "current")
    return entries

"""What pages show of an order's parcels: read once, inside the purpose, so that no template opens a sealed field."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from sqlalchemy.orm import Session

from app.foundation.data_keys import KeyDestroyed
from app.foundation.personal_data import Purpose, purpose
from app.shipping.carrier_links import live_link, token_of
from app.shipping.models import Parcel
from app.shipping.queries import parcels_of
from app.shipping.tracking import MARKS, STATES, Happening


@dataclass(frozen=True)
class ParcelShown:
    """A parcel for a page. Quantities and serial numbers stand by the key of their order line."""

    id: int
    position: int
    is_of_case: bool
    """Whether it brings goods of an after-sales case."""
    carrier: str
    tracking_number: str
    shipped_at: datetime
    state: LazyString
    mark: str
    quantities: dict[int, int]
    serials: dict[int, list[str]]
    happenings: list[Happening]
    """The newest first."""
    link: str | None
    """The token of the carrier's link that opens now."""


def parcels_shown(session: Session, order_id: int, at: datetime) -> dict[int, list[ParcelShown]]:
    """By the key of the part. What belongs to a person whose key was destroyed is left out."""
    found = parcels_of(session, order_id)
    with purpose(Purpose.SERVICE):
        return {part_id: [_shown(session, parcel, at) for parcel in some] for part_id, some in found.items()}


def _shown(session: Session, parcel: Parcel, at: datetime) -> ParcelShown:
    link = live_link(session, parcel, at)
    return ParcelShown(
        id=parcel.id,
        position=parcel.position,
        is_of_case=parcel.case_id is not None,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        shipped_at=parcel.shipped_at,
        state=STATES[parcel.state],
        mark=MARKS.get(parcel.state, "working"),
        quantities=parcel.quantities,
        serials=_serials(parcel),
        happenings=_happenings(parcel),
        link=token_of(link) if link else None,
    )


def _serials(parcel: Parcel) -> dict[int, list[str]]:
    by_line: dict[int, list[str]] = defaultdict(list)
    try:
        for unit in parcel.units:
            by_line[unit.line_id].append(unit.serial)
    except KeyDestroyed:
        return {}
    return by_line


def _happenings(parcel: Parcel) -> list[Happening]:
    try:
        return [Happening(event.at, event.state, event.text) for event in parcel.events]
    except KeyDestroyed:
        return []

"""What pages show of an order's parcels: read once, inside the purpose, so that no template opens a sealed field."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.data_keys import KeyDestroyed
from app.foundation.personal_data import Purpose, purpose
from app.shipping.models import Parcel
from app.shipping.queries import parcels_of


@dataclass(frozen=True)
class ParcelShown:
    """A parcel for a page. Quantities and serial numbers stand by the key of their order line."""

    position: int
    carrier: str
    tracking_number: str
    shipped_at: datetime
    quantities: dict[int, int]
    serials: dict[int, list[str]]


def parcels_shown(session: Session, order_id: int) -> dict[int, list[ParcelShown]]:
    """By the key of the part. What belongs to a person whose key was destroyed is left out."""
    found = parcels_of(session, order_id)
    with purpose(Purpose.SERVICE):
        return {part_id: [_shown(parcel) for parcel in parcels] for part_id, parcels in found.items()}


def _shown(parcel: Parcel) -> ParcelShown:
    return ParcelShown(
        position=parcel.position,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        shipped_at=parcel.shipped_at,
        quantities=parcel.quantities,
        serials=_serials(parcel),
    )


def _serials(parcel: Parcel) -> dict[int, list[str]]:
    by_line: dict[int, list[str]] = defaultdict(list)
    try:
        for unit in parcel.units:
            by_line[unit.line_id].append(unit.serial)
    except KeyDestroyed:
        return {}
    return by_line

"""A parcel of the demonstration shop on its way: reported by hand, with a link for its carrier."""

from datetime import datetime, timedelta

from app.demo.people import actor_of
from app.foundation.clock import at
from app.foundation.database import db
from app.orders.models import Order
from app.shipping.carrier_links import live_link, make_link
from app.shipping.models import Parcel
from app.shipping.queries import parcels_of
from app.shipping.reporting import report_by_hand
from app.shipping.tracking import COLLECTED, UNDER_WAY, Happening

WAY = (
    (timedelta(hours=3), COLLECTED, "货物已由干线车队揽收"),
    (timedelta(hours=26), UNDER_WAY, "货物已到达中转场，发往目的地"),
)


def send_on_its_way(order: Order, moment: datetime) -> None:
    """What the carrier said by telephone since the parcels left, and leave for the carrier to read the consignee."""
    clerk = actor_of("clerk")
    for parcel in _parcels(order):
        for after, state, text in WAY:
            when = parcel.shipped_at + after
            with at(when):
                report_by_hand(parcel.id, Happening(when, state, text), clerk, when)
        if live_link(db.session(), parcel, moment) is None:
            make_link(parcel.id, clerk, moment)


def _parcels(order: Order) -> list[Parcel]:
    return [parcel for parcels in parcels_of(db.session(), order.id).values() for parcel in parcels]

"""What parcels keep when their order becomes anonymous: the carrier, the month, how many units. Clause 5.2.2c."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.orders.anonymising import month_of, when_anonymised
from app.orders.models import OrderPart
from app.shipping.models import CarrierLink, CarrierMessage, Parcel, ParcelUnit, TrackingEvent


@when_anonymised
def cut_parcels(session: Session, order_ids: Sequence[int], at: datetime) -> None:
    """Tracking and serial numbers, links and reports go; line quantities stay, for they prove what has left."""
    of_orders = select(Parcel).join(OrderPart, OrderPart.id == Parcel.part_id).where(OrderPart.order_id.in_(order_ids))
    parcels = session.scalars(of_orders).all()
    keys = [parcel.id for parcel in parcels]
    for model in (ParcelUnit, TrackingEvent, CarrierLink, CarrierMessage):
        session.execute(delete(model).where(model.parcel_id.in_(keys)))
    for parcel in parcels:
        session.refresh(parcel)
        parcel.tracking_number = f"-{parcel.position}"
        parcel.shipped_at = month_of(parcel.shipped_at)
        parcel.state_at = parcel.state_at and month_of(parcel.state_at)
        parcel.signed_at = parcel.signed_at and month_of(parcel.signed_at)
        parcel.look_at = parcel.subscribed_at = parcel.heard_at = parcel.problem = None

"""What deliveries leave behind goes when the policy says so.

Serial numbers go with the warranty (Annex 1, vouchers); what carriers reported and were given goes with the carrier's
access, counted from the receipt (clause 1.1.5b).
"""

from sqlalchemy import delete, select

from app.foundation.clock import now
from app.foundation.database import transaction
from app.foundation.jobs import every
from app.orders.models import OrderPart
from app.privacy.policy import deadline
from app.shipping.models import CarrierLink, CarrierMessage, Parcel, ParcelUnit, TrackingEvent


@every(seconds=3600, name="shipping.forget")
def forget_old_deliveries() -> None:
    """Of parts that were received long enough ago: reports, messages and links; serial numbers out of warranty."""
    at = now()
    long_ago = at - deadline("carrier.access_after_delivery")
    over = select(Parcel.id).join(OrderPart, OrderPart.id == Parcel.part_id).where(OrderPart.completed_at < long_ago)
    with transaction() as session:
        session.execute(delete(TrackingEvent).where(TrackingEvent.parcel_id.in_(over)))
        session.execute(delete(CarrierLink).where(CarrierLink.parcel_id.in_(over)))
        session.execute(delete(CarrierMessage).where(CarrierMessage.received_at < long_ago))
        session.execute(delete(ParcelUnit).where(ParcelUnit.warranty_until < at, ParcelUnit.parcel_id.in_(over)))

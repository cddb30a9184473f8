"""What deliveries leave behind goes when the policy says so: serial numbers with the warranty (Annex 1, vouchers)."""

from sqlalchemy import delete, select

from app.foundation.clock import now
from app.foundation.database import transaction
from app.foundation.jobs import every
from app.orders.models import OrderPart
from app.privacy.policy import deadline
from app.shipping.models import Parcel, ParcelUnit


@every(seconds=3600, name="shipping.forget")
def forget_old_deliveries() -> None:
    """Serial numbers once the warranty is over, and not before the part was received and the carrier's time is over."""
    at = now()
    over = (
        select(Parcel.id)
        .join(OrderPart, OrderPart.id == Parcel.part_id)
        .where(OrderPart.completed_at < at - deadline("carrier.access_after_delivery"))
    )
    with transaction() as session:
        session.execute(delete(ParcelUnit).where(ParcelUnit.warranty_until < at, ParcelUnit.parcel_id.in_(over)))

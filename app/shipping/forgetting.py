"""What deliveries leave behind goes when the policy says so.

Serial numbers go with the warranty (Annex 1, vouchers), and not while an after-sales case about the machine is open;
what carriers reported and were given goes with the carrier's access, counted from the receipt (clause 1.1.5b). A parcel
of a case counts as received as long after its shipping as any other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from app.foundation.personal_data import Keep
from app.orders.lifecycle import COMPLETES_AFTER
from app.orders.models import OrderPart
from app.privacy.keeping import began_before, keeps
from app.privacy.policy import deadline
from app.shipping.models import CarrierLink, CarrierMessage, Parcel, ParcelUnit, TrackingEvent


def _over(at: datetime) -> Select[Any]:
    """Parcels whose part was received long enough ago."""
    long_ago = at - deadline("carrier.access_after_delivery")
    received = or_(Parcel.case_id.is_(None), Parcel.shipped_at < long_ago - COMPLETES_AFTER)
    over = select(Parcel.id).join(OrderPart, OrderPart.id == Parcel.part_id)
    return over.where(OrderPart.completed_at < long_ago, received)


def _with_reports(at: datetime) -> Select[Any]:
    reported, linked = TrackingEvent.parcel_id == Parcel.id, CarrierLink.parcel_id == Parcel.id
    return _over(at).where(exists().where(reported) | exists().where(linked))


@keeps("deliveries", Keep.ORDERS, TrackingEvent, CarrierLink, overdue=_with_reports)
def forget_deliveries(session: Session, ids: list[int], at: datetime) -> None:
    """Sooner than the order itself: nobody needs the way of a parcel that has long arrived."""
    session.execute(delete(TrackingEvent).where(TrackingEvent.parcel_id.in_(ids)))
    session.execute(delete(CarrierLink).where(CarrierLink.parcel_id.in_(ids)))


def _old_messages(at: datetime) -> Select[Any]:
    return select(CarrierMessage.id).where(CarrierMessage.received_at < at - deadline("carrier.access_after_delivery"))


@keeps("carrier_messages", Keep.ORDERS, CarrierMessage, overdue=_old_messages)
def forget_messages(session: Session, ids: list[int], at: datetime) -> None:
    session.execute(delete(CarrierMessage).where(CarrierMessage.id.in_(ids)))


def _out_of_warranty(at: datetime) -> Select[Any]:
    ended = ParcelUnit.warranty_until < began_before(Keep.VOUCHERS, at)
    in_no_case = ParcelUnit.open_case.is_(None)
    return select(ParcelUnit.id).where(ended, in_no_case, ParcelUnit.parcel_id.in_(_over(at)))


@keeps("serial_numbers", Keep.VOUCHERS, ParcelUnit, overdue=_out_of_warranty)
def forget_serials(session: Session, ids: list[int], at: datetime) -> None:
    session.execute(delete(ParcelUnit).where(ParcelUnit.id.in_(ids)))

"""Carriers that can still read where something was sent are shut out when its buyer is erased. Clause 5.2.2b."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.orders.models import Order, OrderPart
from app.privacy.erasing import when_telling_recipients
from app.privacy.people import Person
from app.shipping.carrier_links import PREFIX
from app.shipping.models import CarrierLink, Parcel


@when_telling_recipients
def shut_carriers_out(session: Session, person: Person, at: datetime) -> Iterable[str]:
    """Their links open no more and say so; each carrier that had one is told by name on the ledger."""
    of_person = (
        select(CarrierLink, Parcel.carrier)
        .join(Parcel, Parcel.id == CarrierLink.parcel_id)
        .join(OrderPart, OrderPart.id == Parcel.part_id)
        .join(Order, Order.id == OrderPart.order_id)
        .where(Order.account_id == person.account_id, CarrierLink.revoked_at.is_(None), CarrierLink.ends_at > at)
    )
    for link, carrier in session.execute(of_person).all():
        link.revoked_at = at
        record("carrier.told_of_erasure", subject=person.audit_ref, carrier=carrier)
        yield f"{PREFIX}{carrier}"

"""The carrier reads the consignee of one parcel behind a signed link, for as long as the delivery lasts. Clause 1.1.5b.

The link holds no name: it is our signature over a random number. It is dead once the parcel is received, once a clerk
takes it back, and on its last day at the latest. Each look is on the disclosure ledger before anything is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation import link_tokens
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.languages import N_
from app.foundation.outbound import (
    Disclosure,
    Ground,
    Recipient,
    Share,
    ShareRefused,
    Terms,
    declare_recipient,
    disclose,
)
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import AWAITING_RECEIPT, AWAITING_SHIPMENT, Actor, MoveNotAllowed
from app.orders.models import Order, OrderPart
from app.privacy.policy import deadline
from app.shipping.carriers import CARRIERS
from app.shipping.models import CarrierLink, Parcel
from app.shipping.reporting import lock_parcel

KIND = "carrier.link"
CONSIGNEE = ("warehouse", "consignee", "address", "mobile")
UNDER_WAY = frozenset({AWAITING_SHIPMENT, AWAITING_RECEIPT})

PREFIX = "carrier."

for _carrier in CARRIERS.values():
    declare_recipient(
        Recipient(
            code=f"{PREFIX}{_carrier.code}",
            name=_carrier.zh,
            name_en=_carrier.en,
            kind=N_("delivery"),
            fields={
                "warehouse": N_("receiving warehouse"),
                "consignee": N_("consignee"),
                "address": N_("address"),
                "mobile": N_("mobile number"),
                "parcels": N_("number of parcels"),
                "order": N_("order number"),
            },
            purposes=frozenset({Purpose.SERVICE}),
            grounds=frozenset({Ground.CORE}),
            draws_on=frozenset({"orders.consignee"}),
        )
    )


class LinkEnded(BusinessError):
    """The delivery is over, the link was taken back, or its time has passed."""

    message = _l("This link has ended. If you are still delivering the parcel, please ask the shop for a new one.")
    status = 410


class CarrierNotBound(BusinessError):
    """The carrier has signed no confidentiality agreement that is in force (4.1.4)."""

    message = _l("This carrier has no confidentiality agreement in force: it cannot be given the consignee.")


class DeliveryOver(BusinessError):
    """A parcel that was received needs nobody to find its consignee any more."""

    message = _l("This parcel was received: the carrier needs its consignee no more.")


@dataclass(frozen=True)
class Delivery:
    """What a carrier is given, by the names on the recipient's list."""

    parcel: Parcel
    fields: Mapping[str, Any]
    terms: Terms


def make_link(parcel_id: int, by: Actor, at: datetime) -> CarrierLink:
    """A new link for the carrier of a parcel under way. Raises DeliveryOver, MoveNotAllowed, NotFound."""
    _must_be_allowed(by)
    with transaction() as session:
        parcel, order = lock_parcel(session, parcel_id)
        if not _is_under_way(session, parcel):
            raise DeliveryOver
        ends = at + deadline("carrier.access_after_delivery")
        link = CarrierLink(parcel_id=parcel.id, made_at=at, ends_at=ends)
        append(session, link)
        record("carrier.link_made", actor=by.audit_ref, order=order.number, parcel=parcel.position)
        return link


def take_back(parcel_id: int, by: Actor, at: datetime) -> int:
    """End every link of a parcel at once; says how many. Raises MoveNotAllowed, NotFound."""
    _must_be_allowed(by)
    with transaction() as session:
        parcel, order = lock_parcel(session, parcel_id)
        ended = [link for link in parcel.links if link.revoked_at is None]
        for link in ended:
            link.revoked_at = at
        record("carrier.links_ended", actor=by.audit_ref, order=order.number, parcel=parcel.position)
        return len(ended)


def token_of(link: CarrierLink) -> str:
    """What stands in the link's address."""
    return link_tokens.token_of(KIND, link.id)


def live_link(session: Session, parcel: Parcel, at: datetime) -> CarrierLink | None:
    """The newest link of a parcel that opens now."""
    if not _is_under_way(session, parcel):
        return None
    return next((link for link in parcel.links if link.revoked_at is None and link.ends_at > at), None)


def open_link(session: Session, token: str, at: datetime) -> Delivery:
    """What the carrier may read, already on the ledger. Raises NotFound, LinkEnded, CarrierNotBound."""
    link = session.get(CarrierLink, link_tokens.number_in(KIND, token))
    if link is None:
        raise NotFound
    parcel = session.get_one(Parcel, link.parcel_id)
    if link.revoked_at or link.ends_at <= at or not _is_under_way(session, parcel):
        raise LinkEnded
    order = session.scalars(select(Order).join(OrderPart).where(OrderPart.id == parcel.part_id)).one()
    try:
        with purpose(Purpose.SERVICE):
            block = {name: order.consignee[name] for name in CONSIGNEE}
    except KeyDestroyed:
        raise LinkEnded from None
    parcels = session.scalar(select(func.count()).select_from(Parcel).where(Parcel.part_id == parcel.part_id))
    fields = {**block, "parcels": parcels, "order": order.number}
    subject = session.scalar(select(Account.audit_ref).where(Account.id == order.account_id))
    share = Share(
        f"{PREFIX}{parcel.carrier}", Ground.CORE, Purpose.SERVICE, fields,
        subject=subject, about=order.number, until=link.ends_at,
    )  # fmt: skip
    try:
        return Delivery(parcel, fields, disclose(share))
    except ShareRefused:
        raise CarrierNotBound from None


def looks_of_carriers(session: Session, order: Order) -> list[datetime]:
    """When carriers read the consignee of an order, the newest first, for its buyer."""
    subject = select(Account.audit_ref).where(Account.id == order.account_id).scalar_subquery()
    looks = select(Disclosure.at).where(Disclosure.subject == subject, Disclosure.recipient.startswith("carrier"))
    return list(session.scalars(looks.where(Disclosure.about == order.number).order_by(Disclosure.at.desc()).limit(50)))


def _must_be_allowed(by: Actor) -> None:
    if not by.may("ship"):
        raise MoveNotAllowed


def _is_under_way(session: Session, parcel: Parcel) -> bool:
    """Neither signed for, nor received by the buyer's word or the clock; of an after-sales case until its link ends."""
    if parcel.signed_at is not None:
        return False
    return parcel.case_id is not None or session.get_one(OrderPart, parcel.part_id).state in UNDER_WAY

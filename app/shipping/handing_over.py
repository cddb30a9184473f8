"""A clerk hands a paid part to a carrier, or reports a service as done. Clauses 1.1.5a-b."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.languages import LANGUAGES
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.orders.models import OrderPart
from app.orders.moving import lock_part, move_part
from app.shipping.carriers import CARRIERS, tracking_number_in
from app.stock.taking import ship_out


class ParcelUnknown(BusinessError):
    """A parcel leaves with a carrier of the list and a number of that carrier."""

    message = _l("Please choose the carrier and give its tracking number (6 to 40 letters and digits).")
    status = 422


class ServiceNeedsNoParcel(BusinessError):
    """A service is done, not sent."""

    message = _l("This part is a service: it has no carrier and no tracking number.")
    status = 422


def ship(part_id: int, carrier: str | None, tracking_number: str | None, by: Actor, at: datetime) -> None:
    """Move a part to awaiting receipt and its units out of the warehouse, and tell the buyer.

    Raises ParcelUnknown, ServiceNeedsNoParcel; MoveRefused where the part is not paid or has left; MoveNotAllowed.
    """
    with transaction() as session:
        part = lock_part(session, part_id)
        parcel = _parcel(part, carrier, tracking_number)
        move_part(session, part, "ship", by, at)
        part.shipped_at = at
        if parcel:
            _send(session, part, *parcel, by, at)


def _send(session: Session, part: OrderPart, carrier: str, number: str, by: Actor, at: datetime) -> None:
    part.carrier, part.tracking_number = carrier, number
    skus = {line.sku_id for line in part.lines}
    ship_out(session, part.order_id, at, warehouse_id=part.warehouse_id, sku_ids=skus, actor=by.audit_ref)
    language = session.get_one(Account, part.order.account_id).language
    name = CARRIERS[carrier].name(LANGUAGES[language])
    tell_buyer(session, part.order, "order.shipped", carrier=name, tracking=number)


def _parcel(part: OrderPart, carrier: str | None, tracking_number: str | None) -> tuple[str, str] | None:
    """The carrier and the clean number; None for a service."""
    if part.is_service:
        if carrier or tracking_number:
            raise ServiceNeedsNoParcel
        return None
    number = tracking_number_in(tracking_number or "")
    if carrier not in CARRIERS or number is None:
        raise ParcelUnknown
    return carrier, number

"""The shipping desk, on the page of an order: parcels that leave."""

from functools import partial
from typing import Any

from app.backoffice.forms.shipping import ship_form
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once
from app.backoffice.views.orders import PART, order_page, part_of, press
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.orders.queries import order_numbered
from app.shipping.handing_over import NothingPacked, PackingRefused, ParcelKnown, ParcelUnknown, ship
from app.shipping.queries import machine_lines


@bp.post(f"{PART}/shipment")
@requires("orders.ship")
@answers_once
def ship_part(number: str, position: int) -> Any:
    found = order_numbered(db.session(), number)
    part = part_of(found, position)
    if part.is_service:
        return press(found, "service_started", "backoffice.ship", lambda: ship(part.id, None, None, actor(), now()))
    form = ship_form(part, machine_lines(db.session(), found))(prefix=f"part{position}-")
    if not form.validate_on_submit():
        return order_page(found, 422, shipments={position: form})
    try:
        send = partial(ship, part.id, form.carrier.data, form.tracking_number.data, actor(), now(), form.packed())
        return do_once(send, "part_shipped", "backoffice.order", number=number)
    except PackingRefused as refusal:
        form.refuse(refusal)
        return order_page(found, refusal.status, shipments={position: form})
    except (ParcelUnknown, ParcelKnown, NothingPacked) as refusal:
        form.tracking_number.errors = [*form.tracking_number.errors, refusal.text]
        return order_page(found, refusal.status, shipments={position: form})
    except BusinessError as refusal:
        return order_page(order_numbered(db.session(), number), refusal.status, refusal=refusal.text)

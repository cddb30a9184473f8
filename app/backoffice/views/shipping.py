"""The shipping desk, on the page of an order: parcels that leave, reports by hand, links for carriers."""

from functools import partial
from typing import Any

from app.backoffice.forms.shipping import ReportForm, ship_form
from app.backoffice.views import bp
from app.backoffice.views.answers import actor, do_once
from app.backoffice.views.orders import PART, order_page, part_of, press
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError, NotFound
from app.foundation.idempotency import answers_once
from app.foundation.permissions import requires
from app.orders.models import Order, OrderPart
from app.orders.queries import order_numbered
from app.shipping.carrier_links import make_link, take_back
from app.shipping.handing_over import NothingPacked, PackingRefused, ParcelKnown, ParcelUnknown, ship
from app.shipping.models import Parcel
from app.shipping.queries import machine_lines, parcels_of
from app.shipping.reporting import ImpossibleMoment, report_by_hand

PARCEL = f"{PART}/parcels/<int(max=1000):parcel>"


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


@bp.post(f"{PARCEL}/reports")
@requires("orders.ship")
@answers_once
def report_parcel(number: str, position: int, parcel: int) -> Any:
    found = order_numbered(db.session(), number)
    part, reported = parcel_of(found, position, parcel)
    form = ReportForm(prefix=f"report{part.id}-{reported.position}-")
    if not form.validate_on_submit():
        return order_page(found, 422, reports={reported.id: form})
    try:
        write = partial(report_by_hand, reported.id, form.happening(), actor(), now())
        return do_once(write, "parcel_reported", "backoffice.order", number=number)
    except ImpossibleMoment as refusal:
        form.at.errors = [*form.at.errors, refusal.text]
        return order_page(found, refusal.status, reports={reported.id: form})


@bp.post(f"{PARCEL}/link")
@requires("orders.ship")
@answers_once
def make_carrier_link(number: str, position: int, parcel: int) -> Any:
    found = order_numbered(db.session(), number)
    _, shown = parcel_of(found, position, parcel)
    return press(found, "link_made", "backoffice.carrier-link", lambda: make_link(shown.id, actor(), now()))


@bp.post(f"{PARCEL}/link/end")
@requires("orders.ship")
@answers_once
def end_carrier_link(number: str, position: int, parcel: int) -> Any:
    found = order_numbered(db.session(), number)
    _, shown = parcel_of(found, position, parcel)
    return press(found, "link_ended", "backoffice.carrier-link", lambda: take_back(shown.id, actor(), now()))


def parcel_of(found: Order, position: int, parcel: int) -> tuple[OrderPart, Parcel]:
    """A parcel by its place in the order. Raises NotFound."""
    part = part_of(found, position)
    for each in parcels_of(db.session(), found.id).get(part.id, []):
        if each.position == parcel:
            return part, each
    raise NotFound

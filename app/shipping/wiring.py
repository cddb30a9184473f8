"""Hands the product page what it shows of shipping, and every page the names of carriers."""

from datetime import datetime

from flask import Flask, g

from app.catalog.neighbours import FreightEstimate, hand_in
from app.foundation.clock import now
from app.foundation.database import db
from app.orders.models import Order
from app.shipping import anonymising, closing, following, forgetting  # noqa: F401 - their duties and rules
from app.shipping.carrier_links import looks_of_carriers
from app.shipping.carriers import CARRIERS
from app.shipping.estimates import freight_of
from app.shipping.provinces import PROVINCES, province_in, province_named
from app.shipping.showing import ParcelShown, parcels_shown
from app.shipping.tracking import STATES


def init_slice(app: Flask) -> None:
    hand_in(app, freight=_freight, provinces=_provinces, province_at=_province_at)
    app.extensions["province_of_address"] = _province_code
    app.jinja_env.globals.update(
        carrier_name=_carrier_name, parcels_of=_parcels_of, carrier_looks=_carrier_looks, parcel_states=STATES
    )


def _freight(weight_g: int | None, units: int, origin: str, destination: str) -> FreightEstimate:
    freight = freight_of([(weight_g, units)], province_named(origin), province_named(destination))
    return FreightEstimate(freight.amount, freight.days_low, freight.days_high, freight.weight_is_known)


def _province_code(address: str) -> str | None:
    """For an order that is made anonymous."""
    found = province_in(address)
    return found.code if found else None


def _provinces(locale: str) -> list[tuple[str, str]]:
    return [(code, province.name(locale)) for code, province in PROVINCES.items()]


def _province_at(place: str) -> str:
    return next((code for code, province in PROVINCES.items() if province.place == place), "")


def _parcels_of(order_id: int) -> dict[int, list[ParcelShown]]:
    """The parcels of an order by the key of its part, for the page of the order."""
    return parcels_shown(db.session(), order_id, now())


def _carrier_looks(order: Order) -> list[datetime]:
    """When carriers read the consignee of this order, for its buyer."""
    return looks_of_carriers(db.session(), order)


def _carrier_name(code: str) -> str:
    """The carrier in the reader's language; the code of one that is no longer on the list."""
    return CARRIERS[code].name(g.locale) if code in CARRIERS else code

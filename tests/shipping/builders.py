"""Parcels as clerks pack them."""

from itertools import count

from app.foundation.clock import now
from app.foundation.database import db
from app.orders.lifecycle import Actor
from app.orders.models import Order, OrderPart
from app.shipping.handing_over import Packed, ship
from app.shipping.queries import machine_lines

CLERK = Actor("clerk", 7)
_labels = count(1)


def serials(quantity: int) -> tuple[str, ...]:
    """So many numbers that no other machine has."""
    return tuple(f"HTM3X{next(_labels):07d}" for _ in range(quantity))


def all_of(part: OrderPart) -> list[Packed]:
    """Everything that is still to be sent of a part, machines by new serial numbers."""
    machines = machine_lines(db.session(), part.order)
    return [
        Packed(line.id, line.to_ship, serials(line.to_ship) if line.id in machines else ())
        for line in part.lines
        if not part.is_service
    ]


def send(part: OrderPart, carrier: str = "sf", number: str = "SF1234567890", by: Actor = CLERK) -> None:
    """Let the rest of a part leave in one parcel; a service is reported as done."""
    waybill = (None, None) if part.is_service else (carrier, number)
    ship(part.id, *waybill, by, now(), all_of(part))


def send_all(order: Order) -> None:
    """Every part in one parcel."""
    for part in order.parts:
        send(part)

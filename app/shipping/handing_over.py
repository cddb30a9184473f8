"""A clerk hands a parcel of a paid part to a carrier, or reports a service as done. Clauses 1.1.5a-b.

What leaves is counted on the order line by one conditional UPDATE, so that of two clerks who pack the last unit one is
told that it has left. A part has shipped when all its lines have.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.catalog.models import Product, Sku
from app.catalog.vocabulary import MACHINE
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.foundation.languages import LANGUAGES
from app.orders.lifecycle import Actor
from app.orders.messages import tell_buyer
from app.orders.models import OrderLine, OrderPart
from app.orders.moving import check_move, lock_part, move_part, note
from app.privacy.manifest import Period
from app.shipping.carriers import CARRIERS, tracking_number_in
from app.shipping.models import Parcel, ParcelLine, ParcelUnit
from app.shipping.serials import serial_in
from app.stock.taking import ship_out


class ParcelUnknown(BusinessError):
    """A parcel leaves with a carrier of the list and a number of that carrier."""

    message = _l("Please choose the carrier and give its tracking number (6 to 40 letters and digits).")
    status = 422


class ParcelKnown(BusinessError):
    """The same parcel of this part has left already: the form was sent twice, or two clerks wrote the same."""

    message = _l("A parcel with this number has left already. Please look at the parcels of this part.")


class ServiceNeedsNoParcel(BusinessError):
    """A service is done, not sent."""

    message = _l("This part is a service: it has no carrier and no tracking number.")
    status = 422


class NothingPacked(BusinessError):
    """A parcel without a unit in it."""

    message = _l("Please say what is in the parcel: at least one unit.")
    status = 422


class PackingRefused(BusinessError):
    """What is said to be in the parcel of one line cannot be. `line_id` and `field` name where it was said."""

    status = 422
    field = "quantity"

    def __init__(self, line_id: int, **details: object) -> None:
        super().__init__(line_id)
        self.line_id, self.details = line_id, details

    @property
    def text(self) -> LazyString:
        return _l("This quantity cannot be packed.")


class NotThatManyLeft(PackingRefused):
    """Fewer units are still to be sent; perhaps a colleague packed them just now. `details`: left."""

    status = 409

    @property
    def text(self) -> LazyString:
        return _l(
            "Only %(left)s of these are still to be sent; perhaps a colleague packed some just now.", **self.details
        )


class SerialsDoNotMatch(PackingRefused):
    """A machine leaves with its serial number: as many numbers as machines. `details`: units, serials."""

    field = "serials"

    @property
    def text(self) -> LazyString:
        return _l("%(units)s in the parcel, but %(serials)s serial numbers. Please scan each machine.", **self.details)


class SerialShipped(PackingRefused):
    """A machine with this number has left the shop before. `details`: serial."""

    field = "serials"
    status = 409

    @property
    def text(self) -> LazyString:
        return _l("Serial number %(serial)s was shipped before. Please check the label.", **self.details)


@dataclass(frozen=True)
class Packed:
    """What is in a parcel of one order line. `serials` are the numbers of its machines, in capitals."""

    line_id: int
    quantity: int
    serials: tuple[str, ...] = ()


def ship(
    part_id: int,
    carrier: str | None,
    tracking_number: str | None,
    by: Actor,
    at: datetime,
    packed: Sequence[Packed] = (),
) -> None:
    """Let one parcel leave, and tell the buyer; with its last unit the part moves to awaiting receipt.

    Raises ParcelUnknown, ParcelKnown, ServiceNeedsNoParcel, NothingPacked, NotThatManyLeft, SerialsDoNotMatch,
    SerialShipped; MoveRefused where the part is not paid or has left; BalanceUnpaid; MoveNotAllowed.
    """
    with transaction() as session:
        part = lock_part(session, part_id)
        check_move("ship", by, part)
        waybill = waybill_of(part, carrier, tracking_number)
        if waybill:
            _send(session, part, *waybill, packed, by, at)
        if any(line.is_open for line in part.lines) and waybill:
            note(session, part.order, "parcel", by, at, part)
        else:
            part.shipped_at = at
            move_part(session, part, "ship", by, at)


def _send(
    session: Session, part: OrderPart, carrier: str, number: str, packed: Sequence[Packed], by: Actor, at: datetime
) -> None:
    packed = [each for each in packed if each.quantity or each.serials]
    if not packed:
        raise NothingPacked
    warranties = warranty_months_of_machines(session, part)
    parcel = new_parcel(session, part, carrier, number, at)
    check_serials(session, packed, warranties)
    _count(session, part, packed)
    lines = [ParcelLine(parcel_id=parcel.id, line_id=each.line_id, quantity=each.quantity) for each in packed]
    append(session, parcel, *lines)
    _note_machines(session, part.order.subject_id, parcel, packed, warranties)
    sku_of = {line.id: line.sku_id for line in part.lines}
    units = {sku_of[each.line_id]: each.quantity for each in packed}
    ship_out(session, part.order_id, at, warehouse_id=part.warehouse_id, units=units, actor=by.audit_ref)
    record("parcel.shipped", actor=by.audit_ref, order=part.order.number, carrier=carrier, units=sum(units.values()))
    language = session.get_one(Account, part.order.account_id).language
    name = CARRIERS[carrier].name(LANGUAGES[language])
    tell_buyer(session, part.order, "order.shipped", carrier=name, tracking=number)


def waybill_of(part: OrderPart, carrier: str | None, tracking_number: str | None) -> tuple[str, str] | None:
    """The carrier and the clean number; None for a service. Raises ServiceNeedsNoParcel, ParcelUnknown."""
    if part.is_service:
        if carrier or tracking_number:
            raise ServiceNeedsNoParcel
        return None
    number = tracking_number_in(tracking_number or "")
    if carrier not in CARRIERS or number is None:
        raise ParcelUnknown
    return carrier, number


def _count(session: Session, part: OrderPart, packed: Sequence[Packed]) -> None:
    """Count what leaves on its lines, in the order of their keys; each line at most as often as it is still wanted."""
    lines = {line.id: line for line in part.lines}
    for each in sorted(packed, key=lambda one: one.line_id):
        line = lines.get(each.line_id)
        if line is None or each.quantity < 0:
            raise PackingRefused(each.line_id)
        after = OrderLine.shipped + each.quantity
        wanted = OrderLine.quantity - OrderLine.called_off - OrderLine.halted
        more = update(OrderLine).where(OrderLine.id == line.id, after <= wanted)
        done = session.execute(more.values(shipped=after).execution_options(synchronize_session=False))
        session.refresh(line, ["shipped"])
        if not done.rowcount:  # type: ignore[attr-defined]
            raise NotThatManyLeft(line.id, left=line.to_ship)


def new_parcel(
    session: Session, part: OrderPart, carrier: str, number: str, at: datetime, case_id: int | None = None
) -> Parcel:
    """The next parcel of a locked part, not written yet. Raises ParcelKnown."""
    waybills = select(Parcel.carrier, Parcel.tracking_number).where(Parcel.part_id == part.id)
    earlier = [tuple(waybill) for waybill in session.execute(waybills)]
    if (carrier, number) in earlier:
        raise ParcelKnown
    return Parcel(
        part_id=part.id,
        position=len(earlier) + 1,
        case_id=case_id,
        carrier=carrier,
        tracking_number=number,
        shipped_at=at,
        look_at=at,
    )


def check_serials(session: Session, packed: Sequence[Packed], machines: Container[int]) -> None:
    """Each machine has its number, each number one machine, and none is away already.

    Raises SerialsDoNotMatch, PackingRefused, SerialShipped.
    """
    said = [(each.line_id, serial) for each in packed for serial in each.serials]
    for each in packed:
        due = each.quantity if each.line_id in machines or each.serials else 0
        if len(each.serials) != due:
            raise SerialsDoNotMatch(each.line_id, units=each.quantity, serials=len(each.serials))
    if len({serial for _, serial in said}) < len(said) or any(serial_in(serial) != serial for _, serial in said):
        raise PackingRefused(packed[0].line_id)
    index = {ParcelUnit.serial.index_of(serial): (line_id, serial) for line_id, serial in said}
    away = (ParcelUnit.serial_index.in_(index), ParcelUnit.returned_at.is_(None))
    for known in session.scalars(select(ParcelUnit.serial_index).where(*away).limit(1)):
        line_id, serial = index[known]
        raise SerialShipped(line_id, serial=serial)


def _note_machines(
    session: Session, subject_id: int, parcel: Parcel, packed: Sequence[Packed], warranties: Mapping[int, int]
) -> None:
    """Write down each machine by its number, with the moment at which its warranty ends."""
    said = [(each.line_id, serial) for each in packed for serial in each.serials]
    ends = {
        line_id: Period(warranties.get(line_id, 0), "month").after(parcel.shipped_at)
        for line_id in {line_id for line_id, _ in said}
    }
    write_machines(session, subject_id, parcel, [(line_id, serial, ends[line_id]) for line_id, serial in said])


def write_machines(
    session: Session, subject_id: int, parcel: Parcel, machines: Sequence[tuple[int, str, datetime]]
) -> list[ParcelUnit]:
    """Machines of a parcel as (order line, serial number, end of the warranty). Raises SerialShipped."""
    units = [
        ParcelUnit(
            parcel_id=parcel.id, line_id=line_id, subject_id=subject_id, serial=serial, position=position,
            warranty_until=until,
        )
        for position, (line_id, serial, until) in enumerate(machines, 1)
    ]  # fmt: skip
    try:
        append(session, *units)
    except IntegrityError:  # another order took one of the numbers at this very moment
        raise SerialShipped(machines[0][0], serial=machines[0][1]) from None
    return units


def warranty_months_of_machines(session: Session, part: OrderPart) -> dict[int, int]:
    """Months by order line, for the lines of a part that are machines."""
    rows = (
        select(OrderLine.id, Sku.warranty_months)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(OrderLine.part_id == part.id, Product.kind == MACHINE)
    )
    return {line_id: months or 0 for line_id, months in session.execute(rows)}

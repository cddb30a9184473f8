"""Goods of a case leave for the buyer: exchanged, repaired, or sent back as they came. No new money, and no line of the
order counts them as shipped.

What replaces a unit comes out of stock. The warranty of an exchanged machine begins anew; that of a repaired one is
longer by the days that it was here, whether it comes back itself or another in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.after_sales.lifecycle import REPAIRED, REPLACED
from app.after_sales.models import Case
from app.after_sales.moving import check_move, lock_case, move_case
from app.after_sales.trade_rules import REPAIR
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.languages import LANGUAGES
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import Actor
from app.orders.models import OrderPart
from app.privacy.manifest import Period
from app.shipping.carriers import CARRIERS
from app.shipping.handing_over import (
    Packed,
    ParcelUnknown,
    SerialsDoNotMatch,
    check_serials,
    new_parcel,
    warranty_months_of_machines,
    waybill_of,
    write_machines,
)
from app.shipping.models import Parcel, ParcelLine
from app.stock.taking import ship_out, take_from


@dataclass(frozen=True)
class Packing:
    """Machines by their numbers, and the warehouse that what comes out of stock lies in."""

    serials: Sequence[str]
    warehouse_id: int


def send(
    case_id: int,
    carrier: str,
    tracking_number: str,
    by: Actor,
    at: datetime,
    *,
    serials: Sequence[str] = (),
    warehouse_id: int | None = None,
) -> None:
    """Let the parcel of a case leave, tell the buyer, and close the case.

    `serials` are the machines in it, where they are other ones than came in; `warehouse_id` is where they lie. Raises
    OutOfStock, ParcelUnknown, ParcelKnown, SerialsDoNotMatch, SerialShipped, CaseMoved, MoveNotAllowed.
    """  # fmt: skip
    with transaction() as session:
        case = lock_case(session, case_id)
        check_move(case, "send", by)
        part = session.get_one(OrderPart, case.line.part_id)
        waybill = waybill_of(part, carrier, tracking_number)
        if waybill is None:
            raise ParcelUnknown
        parcel = new_parcel(session, part, *waybill, at, case_id=case.id)
        append(session, parcel, ParcelLine(parcel_id=parcel.id, line_id=case.line_id, quantity=case.quantity))
        if case.outcome:
            record("after_sales.sent_back", actor=by.audit_ref, case=case.number)
        elif case.kind == REPAIR:
            _repaired(session, case, part, parcel, Packing(serials, warehouse_id or 0), by, at)
        else:
            _exchanged(session, case, part, parcel, Packing(serials, warehouse_id or 0), by, at)
        case.outcome = case.outcome or (REPAIRED if case.kind == REPAIR else REPLACED)
        language = session.get_one(Account, case.account_id).language
        name = CARRIERS[parcel.carrier].name(LANGUAGES[language])
        move_case(session, case, "send", by, at, carrier=name, tracking=parcel.tracking_number)


def _exchanged(
    session: Session, case: Case, part: OrderPart, parcel: Parcel, packing: Packing, by: Actor, at: datetime
) -> None:
    months = warranty_months_of_machines(session, part)
    until = Period(months.get(case.line_id, 0), "month").after(at)
    check_serials(session, [Packed(case.line_id, case.quantity, tuple(packing.serials))], months)
    _out_of_stock(session, case, packing.warehouse_id, case.quantity, by, at)
    machines = [(case.line_id, serial, until) for serial in packing.serials]
    if machines:
        write_machines(session, case.order.subject_id, parcel, machines)


def _repaired(
    session: Session, case: Case, part: OrderPart, parcel: Parcel, packing: Packing, by: Actor, at: datetime
) -> None:
    """Machines whose own numbers leave are repaired; each other number stands for one that could not be."""
    away = at - (case.received_at or at)
    units = [each.unit for each in case.units if each.unit]
    with purpose(Purpose.SERVICE):
        own = {unit.serial: unit for unit in units}
    leaving = packing.serials or tuple(own)
    if len(leaving) != case.quantity:
        raise SerialsDoNotMatch(case.line_id, units=case.quantity, serials=len(leaving))
    others = [serial for serial in leaving if serial not in own]
    beyond_repair = [unit for serial, unit in own.items() if serial not in leaving]
    for unit in units:
        unit.warranty_until += away
    if not others:
        return
    for unit in beyond_repair:
        unit.returned_at = at
    session.flush()
    check_serials(session, [Packed(case.line_id, len(others), tuple(others))], {case.line_id})
    _out_of_stock(session, case, packing.warehouse_id, len(others), by, at)
    pairs = zip(others, beyond_repair, strict=True)
    machines = [(case.line_id, serial, unit.warranty_until) for serial, unit in pairs]
    write_machines(session, case.order.subject_id, parcel, machines)
    record("after_sales.replaced", actor=by.audit_ref, case=case.number, written_off=len(others))


def _out_of_stock(session: Session, case: Case, warehouse_id: int, units: int, by: Actor, at: datetime) -> None:
    """Take what replaces units out of a warehouse and let it leave, both in the ledger under the case's own key."""
    take_from(session, case.line.sku_id, warehouse_id, units, case.id, at)
    ship_out(session, case.id, at, warehouse_id=warehouse_id, actor=by.audit_ref)

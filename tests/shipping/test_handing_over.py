"""A clerk hands parts to carriers. Clauses 1.1.5a-b."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import AWAITING_RECEIPT, AWAITING_SHIPMENT, Actor, MoveNotAllowed, MoveRefused
from app.orders.models import Order
from app.shipping.handing_over import (
    NothingPacked,
    NotThatManyLeft,
    Packed,
    PackingRefused,
    ParcelKnown,
    ParcelUnknown,
    SerialsDoNotMatch,
    SerialShipped,
    ServiceNeedsNoParcel,
    ship,
)
from app.shipping.queries import parcels_of
from app.stock.moving import move
from app.stock.queries import levels_off_ledger
from tests.catalog.builders import a_service
from tests.checkout.at_once import all_at_once
from tests.checkout.builders import an_order
from tests.payments.builders import pay
from tests.shipping.builders import CLERK, all_of, send, serials
from tests.stock.builders import LOT, a_stocked_sku, level_of


def a_paid_order(*skus, **more) -> Order:
    order = an_order(*skus, **more)
    pay(order)
    return order


@pytest.mark.clause("1.1.5a")
def test_nothing_leaves_unpaid(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = an_order(sku)
    with pytest.raises(MoveRefused):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now())
    assert level_of(sku, place) == (5, 1)


@pytest.mark.clause("1.1.5b")
def test_a_part_leaves_with_carrier_and_number_and_its_units_with_it(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = a_paid_order(sku, quantity=2)
    part = order.parts[0]
    ship(part.id, "sf", " sf 123 456 7890 ", CLERK, now(), all_of(part))
    [parcel] = parcels_of(db.session(), order.id)[part.id]
    assert (parcel.carrier, parcel.tracking_number, part.state) == ("sf", "SF1234567890", AWAITING_RECEIPT)
    assert len(parcel.units) == 2 and part.shipped_at == parcel.shipped_at
    assert level_of(sku, place) == (3, 0) and levels_off_ledger(db.session()) == []
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "order.shipped")).all()
    assert len(told) == 2


def test_two_parts_of_one_warehouse_leave_one_by_one(app: Flask):
    spot, [place] = a_stocked_sku(5)
    futures, [elsewhere] = a_stocked_sku(1, delivery="futures", delivery_month="2027-01")
    move(futures.id, elsewhere.id, place.id, 1, now(), lot=LOT, reason="test")
    order = a_paid_order(spot, futures)
    first, second = order.parts
    assert first.warehouse_id == second.warehouse_id
    send(first)
    assert level_of(spot, place) == (4, 0) and level_of(futures, place) == (1, 1)
    assert order.state == AWAITING_SHIPMENT
    send(second, "jd", "JD1234567890")
    assert level_of(futures, place) == (0, 0) and order.state == AWAITING_RECEIPT


@pytest.mark.parametrize(
    ("carrier", "number"),
    [(None, None), ("sf", ""), ("", "SF1234567890"), ("pigeon", "SF1234567890"), ("sf", "12"), ("sf", "运单" * 5),
     ("sf", "x" * 99), ("sf", "<script>alert")],
)  # fmt: skip
def test_an_unknown_carrier_or_a_number_that_cannot_be_one_is_refused(app: Flask, carrier, number):
    order = a_paid_order()
    with pytest.raises(ParcelUnknown):
        ship(order.parts[0].id, carrier, number, CLERK, now(), all_of(order.parts[0]))


def test_a_service_is_done_and_not_sent(app: Flask):
    order = a_paid_order(a_service())
    with pytest.raises(ServiceNeedsNoParcel):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now())
    ship(order.parts[0].id, None, None, CLERK, now())
    assert order.state == AWAITING_RECEIPT and parcels_of(db.session(), order.id) == {}


@pytest.mark.parametrize("role", ["buyer", "finance", "marketer", "clock"])
def test_only_who_may_ship_ships(app: Flask, role: str):
    order = a_paid_order()
    with pytest.raises(MoveNotAllowed):
        ship(order.parts[0].id, "sf", "SF1234567890", Actor(role, 1), now())


def test_shipping_twice_is_refused_and_moves_no_stock(app: Flask):
    sku, [place] = a_stocked_sku(5)
    order = a_paid_order(sku)
    send(order.parts[0])
    with pytest.raises(MoveRefused):
        send(order.parts[0])
    assert level_of(sku, place) == (4, 0)


def test_a_part_leaves_in_as_many_parcels_as_it_takes_and_has_shipped_with_the_last(app: Flask, clock: Clock):
    sku, [place] = a_stocked_sku(9)
    order = a_paid_order(sku, quantity=5)
    part = order.parts[0]
    line = part.lines[0]
    for label, units in (("SF0000001", 2), ("SF0000002", 1)):
        ship(part.id, "sf", label, CLERK, now(), [Packed(line.id, units, serials(units))])
        clock.travel(days=1)
    assert (part.state, part.shipped_at, line.shipped, level_of(sku, place)) == (AWAITING_SHIPMENT, None, 3, (6, 2))
    send(part, "deppon", "DPK1234567")
    parcels = parcels_of(db.session(), order.id)[part.id]
    assert [parcel.quantities[line.id] for parcel in parcels] == [2, 1, 2]
    assert (part.state, part.shipped_at) == (AWAITING_RECEIPT, parcels[-1].shipped_at)
    assert level_of(sku, place) == (4, 0) and levels_off_ledger(db.session()) == []
    assert [event.name for event in order.events][-3:] == ["parcel", "parcel", "ship"]
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "order.shipped")).all()
    assert len(told) == 6


@pytest.mark.parametrize("quantity", [0, -1, 6, 10**9])
def test_a_parcel_holds_at_least_one_unit_and_at_most_what_was_bought(app: Flask, quantity: int):
    sku, [place] = a_stocked_sku(9)
    order = a_paid_order(sku, quantity=5)
    line = order.lines[0]
    numbers = serials(min(max(quantity, 0), 6))
    with pytest.raises((NothingPacked, PackingRefused)):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now(), [Packed(line.id, quantity, numbers)])
    assert (line.shipped, level_of(sku, place)) == (0, (9, 5))


def test_a_line_of_another_order_cannot_be_packed(app: Flask):
    mine, other = a_paid_order(), a_paid_order()
    packed = [*all_of(mine.parts[0]), *all_of(other.parts[0])]
    with pytest.raises(PackingRefused):
        ship(mine.parts[0].id, "sf", "SF1234567890", CLERK, now(), packed)
    assert mine.lines[0].shipped == other.lines[0].shipped == 0


@pytest.mark.parametrize("given", [(), ("HTM3X0000001",), ("HTM3X0000001", "HTM3X0000002", "HTM3X0000003")])
def test_a_machine_does_not_leave_without_its_serial_number(app: Flask, given: tuple[str, ...]):
    order = a_paid_order(quantity=2)
    with pytest.raises(SerialsDoNotMatch):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now(), [Packed(order.lines[0].id, 2, given)])
    assert parcels_of(db.session(), order.id) == {}


@pytest.mark.parametrize("given", [("HTM3X0000001",) * 2, ("HTM3X0000001", "'; DROP TABLE"), ("HTM3X0000001", "x")])
def test_an_act_takes_clean_serial_numbers_only(app: Flask, given: tuple[str, ...]):
    order = a_paid_order(quantity=2)
    with pytest.raises(PackingRefused):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now(), [Packed(order.lines[0].id, 2, given)])


def test_a_part_without_serial_numbers_leaves_by_its_count(app: Flask):
    sku, _ = a_stocked_sku(9, kind="part")
    order = a_paid_order(sku, quantity=3)
    ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now(), [Packed(order.lines[0].id, 3)])
    assert order.state == AWAITING_RECEIPT


def test_a_machine_leaves_once(app: Flask):
    first, second = a_paid_order(), a_paid_order()
    packed = all_of(first.parts[0])
    ship(first.parts[0].id, "sf", "SF1234567890", CLERK, now(), packed)
    again = [Packed(second.lines[0].id, 1, packed[0].serials)]
    with pytest.raises(SerialShipped) as refusal:
        ship(second.parts[0].id, "sf", "SF1234567891", CLERK, now(), again)
    assert packed[0].serials[0] in str(refusal.value)
    assert second.lines[0].shipped == 0


def test_the_same_form_sent_twice_ships_one_parcel(app: Flask):
    order = a_paid_order(quantity=4)
    line = order.lines[0]
    ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now(), [Packed(line.id, 2, serials(2))])
    with pytest.raises(ParcelKnown):
        ship(order.parts[0].id, "sf", "SF1234567890", CLERK, now(), [Packed(line.id, 2, serials(2))])
    assert line.shipped == 2


def test_of_many_clerks_who_pack_the_last_units_at_once_each_unit_leaves_once(app: Flask):
    sku, [place] = a_stocked_sku(9)
    order = a_paid_order(sku, quantity=5)
    part, line = order.parts[0], order.lines[0]
    parcels = [(f"SF000000{n}", [Packed(line.id, 2, serials(2))]) for n in range(12)]
    acts = [lambda parcel=parcel: ship(part.id, "sf", parcel[0], CLERK, now(), parcel[1]) for parcel in parcels]
    answers = all_at_once(app, acts)
    assert answers.count(None) == 2 and answers.count(NotThatManyLeft) == 10
    db.session.expire_all()
    assert (line.shipped, level_of(sku, place)) == (4, (5, 1))
    assert levels_off_ledger(db.session()) == []


@pytest.mark.clause("5.1.1c")
def test_serial_numbers_lie_sealed_under_the_buyers_key(app: Flask):
    order = a_paid_order()
    send(order.parts[0])
    [parcel] = parcels_of(db.session(), order.id)[order.parts[0].id]
    row = db.session.execute(text("SELECT serial FROM parcel_units")).scalar_one()
    with purpose(Purpose.SERVICE):
        assert parcel.units[0].serial.startswith("HTM3X") and b"HTM3X" not in row

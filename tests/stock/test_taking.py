"""Units are taken once, from the right place, and come back even when nothing was left."""

import pytest

from app.catalog.filters import Filters
from app.catalog.models import Sku
from app.catalog.shelf_reading import shelf_now
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.errors import OutOfStock, Shortage
from app.stock.levels import Free
from app.stock.models import Warehouse
from app.stock.proving import prove_levels
from app.stock.queries import left_by_warehouse, left_in_total, levels_off_ledger, wrongly_available
from app.stock.receiving import receive
from app.stock.taking import Held, Taken, give_back, out_of_lots, plan, ship_out, still_held, take
from tests.catalog.builders import a_service
from tests.stock.builders import a_stocked_sku, level_of, lots_in

pytestmark = pytest.mark.usefixtures("app")
ORDER = 4711


def taking(wants: dict[int, int], order: int = ORDER) -> list[Taken]:
    with transaction() as session:
        return take(session, wants, order, now())


def giving_back(order: int = ORDER, **more: object) -> list[Held]:
    with transaction() as session:
        return give_back(session, order, now(), **more)  # type: ignore[arg-type]


def test_taken_units_can_no_longer_be_sold_but_still_lie_in_the_warehouse():
    sku, [place] = a_stocked_sku(5)
    assert taking({sku.id: 2}) == [Taken(sku.id, place.id, 2)]
    assert level_of(sku, place) == (5, 2)
    assert left_in_total(db.session(), [sku.id]) == {sku.id: 3}


def test_the_warehouse_with_most_left_serves_a_line():
    sku, places = a_stocked_sku(3, 9, 4)
    assert taking({sku.id: 3}) == [Taken(sku.id, places[1].id, 3)]


def test_of_two_with_as_many_the_first_in_the_fixed_order_serves():
    sku, places = a_stocked_sku(4, 4)
    assert taking({sku.id: 1}) == [Taken(sku.id, places[0].id, 1)]


def test_a_line_too_big_for_one_warehouse_is_served_by_as_few_as_possible():
    sku, places = a_stocked_sku(2, 5, 4)
    assert taking({sku.id: 8}) == [Taken(sku.id, places[1].id, 5), Taken(sku.id, places[2].id, 3)]


def test_what_is_short_is_named_with_what_is_left_and_nothing_is_taken():
    rare, [place] = a_stocked_sku(1)
    common, [other] = a_stocked_sku(9)
    with pytest.raises(OutOfStock) as refused:
        taking({rare.id: 2, common.id: 3})
    assert refused.value.shortages == [Shortage(rare.id, wanted=2, left=1)]
    assert (level_of(rare, place), level_of(common, other)) == ((1, 0), (9, 0))


def test_a_service_is_never_out_of_stock():
    repair = a_service()
    assert taking({repair.id: 40}) == [Taken(repair.id, None, 40)]


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_that_is_none_is_a_mistake_of_the_caller(quantity: int):
    sku, _ = a_stocked_sku(5)
    with pytest.raises(ValueError, match="positive"):
        taking({sku.id: quantity})


def test_giving_back_works_from_zero():
    sku, [place] = a_stocked_sku(2)
    taking({sku.id: 2})
    assert left_in_total(db.session(), [sku.id]) == {sku.id: 0}
    assert [(part.key[:2], part.quantity) for part in giving_back()] == [((sku.id, place.id), 2)]
    assert level_of(sku, place) == (2, 0)


def test_giving_back_twice_gives_back_once():
    sku, [place] = a_stocked_sku(5)
    taking({sku.id: 2})
    giving_back()
    assert giving_back() == []
    assert level_of(sku, place) == (5, 0)


def test_one_sku_of_an_order_can_be_given_back_alone():
    one, _ = a_stocked_sku(5)
    two, _ = a_stocked_sku(5)
    taking({one.id: 1, two.id: 2})
    giving_back(sku_ids=[two.id])
    assert [part.sku_id for part in still_held(db.session(), ORDER)] == [one.id]


def test_shipped_units_leave_for_good_and_cannot_be_given_back():
    sku, [place] = a_stocked_sku(5)
    taking({sku.id: 2})
    with transaction() as session:
        ship_out(session, ORDER, now())
        assert ship_out(session, ORDER, now()) == []
    assert giving_back() == []
    assert level_of(sku, place) == (3, 0)


def test_one_warehouse_ships_its_part_of_an_order_alone():
    sku, [first, second] = a_stocked_sku(3, 3)
    taking({sku.id: 5})
    with transaction() as session:
        ship_out(session, ORDER, now(), warehouse_id=first.id)
    assert (level_of(sku, first), level_of(sku, second)) == ((0, 0), (3, 2))


def test_the_last_unit_sells_the_sku_out_on_the_shelf_and_its_return_brings_it_back():
    sku, _ = a_stocked_sku(1)

    def out() -> int:
        return shelf_now().find(Filters({"delivery": ("out",)})).count

    assert out() == 0
    taking({sku.id: 1})
    assert out() == 1
    giving_back()
    assert out() == 0


def test_a_sku_with_units_elsewhere_is_not_sold_out_when_one_warehouse_runs_empty():
    sku, _ = a_stocked_sku(3, 1)
    taking({sku.id: 3})
    assert shelf_now().find(Filters({"delivery": ("spot",)})).count == 1
    assert [row.units for row in left_by_warehouse(db.session(), [sku.id])] == [1]


def test_every_counter_is_the_sum_of_its_ledger_after_all_of_it():
    sku, _ = a_stocked_sku(3, 1)
    taking({sku.id: 4}, order=1)
    giving_back(1)
    taking({sku.id: 2}, order=2)
    with transaction() as session:
        ship_out(session, 2, now())
    assert levels_off_ledger(db.session()) == []


def test_a_plan_is_empty_when_all_warehouses_together_have_too_few():
    assert plan([(1, 2), (2, 3)], 6) == []
    assert plan([(1, 2), (2, 3)], 5) == [(2, 3), (1, 2)]


def two_lots(first: int, second: int) -> tuple[Sku, Warehouse]:
    sku, [place] = a_stocked_sku(first)
    receive(sku.id, place.id, second, now(), lot="2", reason="delivery")
    return sku, place


def test_the_oldest_lot_goes_first():
    sku, place = two_lots(3, 9)
    taking({sku.id: 2})
    assert lots_in(sku, place) == {"1": (3, 2, 0), "2": (9, 0, 0)}


def test_a_line_that_a_younger_lot_can_serve_alone_is_not_torn_apart():
    sku, place = two_lots(3, 9)
    taking({sku.id: 5})
    assert lots_in(sku, place) == {"1": (3, 0, 0), "2": (9, 5, 0)}


def test_a_line_too_big_for_one_lot_empties_the_oldest_and_goes_on_with_the_next():
    sku, place = two_lots(3, 9)
    assert taking({sku.id: 11}) == [Taken(sku.id, place.id, 11)]
    assert lots_in(sku, place) == {"1": (3, 3, 0), "2": (9, 8, 0)}
    giving_back()
    assert lots_in(sku, place) == {"1": (3, 0, 0), "2": (9, 0, 0)}


def test_units_that_leave_are_counted_as_shipped_of_their_lot():
    sku, place = two_lots(3, 9)
    taking({sku.id: 11})
    with transaction() as session:
        ship_out(session, ORDER, now(), warehouse_id=place.id, units={sku.id: 4})
    assert lots_in(sku, place) == {"1": (0, 0, 3), "2": (8, 7, 1)}
    assert levels_off_ledger(db.session()) == []


def test_more_than_an_order_holds_never_leaves():
    sku, place = two_lots(3, 9)
    taking({sku.id: 4})
    with pytest.raises(RuntimeError, match="disagrees"), transaction() as session:
        ship_out(session, ORDER, now(), warehouse_id=place.id, units={sku.id: 5})
    assert level_of(sku, place) == (12, 4)


def test_a_quantity_out_of_lots_is_pure_arithmetic():
    lots = [Free(1, 10, 2, 0), Free(1, 11, 0, 0), Free(1, 12, 4, 0)]
    assert list(out_of_lots(lots, 2)) == [(10, 2)]
    assert list(out_of_lots(lots, 3)) == [(12, 3)]
    assert list(out_of_lots(lots, 6)) == [(10, 2), (12, 4)]


def test_a_look_that_is_no_longer_true_is_taken_again():
    sku, places = a_stocked_sku(3, 9)
    with transaction() as session:
        taken = take(session, {sku.id: 4}, ORDER, now(), seen={sku.id: [(places[0].id, 8)]})
    assert taken == [Taken(sku.id, places[1].id, 4)]
    assert levels_off_ledger(db.session()) == []


def test_a_service_seen_as_one_takes_no_unit():
    sku = a_service()
    with transaction() as session:
        assert take(session, {sku.id: 2}, ORDER, now(), seen={sku.id: None}) == [Taken(sku.id, None, 2)]


def test_fewer_than_the_minimum_order_are_not_on_sale_until_enough_come_back():
    sku, _ = a_stocked_sku(3, 2)
    with transaction() as session:
        session.get(Sku, sku.id).moq = 2
    for order, on_sale in ((1, True), (2, False)):
        taking({sku.id: 2}, order)
        assert db.session.get(Sku, sku.id).available is on_sale
    giving_back(1)
    assert db.session.get(Sku, sku.id).available


def test_a_larger_minimum_order_is_noticed_by_the_proof_at_the_latest():
    sku, _ = a_stocked_sku(3)
    assert wrongly_available(db.session()) == []
    with transaction() as session:
        session.get(Sku, sku.id).moq = 4
    assert wrongly_available(db.session()) == [sku.id]
    prove_levels()
    assert wrongly_available(db.session()) == [] and not db.session.get(Sku, sku.id).available

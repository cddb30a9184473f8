"""A hundred buyers after one unit: one gets it. DESIGN.md 5."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.errors import OutOfStock
from app.stock.queries import left_in_total, levels_off_ledger
from app.stock.receiving import receive
from app.stock.taking import give_back, take
from tests.stock.builders import a_stocked_sku, level_of


def in_the_shop(app: Flask, wants: dict[int, int], order: int) -> bool:
    with app.app_context():
        try:
            with transaction() as session:
                take(session, wants, order, now())
            return True
        except OutOfStock:
            return False
        finally:
            db.session.remove()


def test_a_hundred_at_once_after_the_last_unit_and_exactly_one_gets_it(app: Flask):
    sku, [place] = a_stocked_sku(1)
    wants = {sku.id: 1}
    with ThreadPoolExecutor(100) as buyers:
        got = list(buyers.map(lambda order: in_the_shop(app, wants, order), range(1, 101)))
    assert got.count(True) == 1
    assert level_of(sku, place) == (1, 1)
    assert levels_off_ledger(db.session()) == []


def test_on_postgresql_too_exactly_one_gets_the_last_unit(pg_shop: Flask):
    sku, [place] = a_stocked_sku(1)
    wants = {sku.id: 1}
    with ThreadPoolExecutor(24) as buyers:
        got = list(buyers.map(lambda order: in_the_shop(pg_shop, wants, order), range(1, 49)))
    assert got.count(True) == 1
    assert level_of(sku, place) == (1, 1)
    assert levels_off_ledger(db.session()) == []


def test_on_postgresql_orders_that_need_several_places_and_lots_never_wait_for_each_other_in_a_ring(pg_shop: Flask):
    """Each takes all there is of two SKUs, gives it back or not; a ring would end one of them with a DeadlockDetected.

    Whoever empties a warehouse while another empties the next must still see that the SKU is sold out.
    """
    stocked = [a_stocked_sku(2, 3, 2) for _ in range(2)]
    for sku, places in stocked:
        for place in places:
            receive(sku.id, place.id, 1, now(), lot="2", reason="delivery")
    skus = [sku.id for sku, _ in stocked]

    def buy_and_give_back(number: int) -> bool:
        wants = {sku_id: 1 + number % 9 for sku_id in skus[:: 1 if number % 2 else -1]}
        got = in_the_shop(pg_shop, wants, number)
        with pg_shop.app_context():
            with transaction() as session:
                give_back(session, number, now())
            db.session.remove()
        return got

    with ThreadPoolExecutor(12) as buyers:
        assert any(list(buyers.map(buy_and_give_back, range(1, 121))))  # all of them, before the next begin
        got = list(buyers.map(lambda order: in_the_shop(pg_shop, {skus[0]: 1}, order), range(200, 220)))
    assert got.count(True) == 10
    db.session.expire_all()
    assert [sku.available for sku, _ in stocked] == [False, True]
    assert left_in_total(db.session(), skus) == {skus[0]: 0, skus[1]: 10}
    assert levels_off_ledger(db.session()) == []


def test_buyers_of_several_skus_in_any_order_never_block_each_other_for_good_and_nothing_is_oversold(app: Flask):
    skus = [a_stocked_sku(4, 3)[0].id for _ in range(3)]
    orders = [dict.fromkeys(skus[:: 1 if number % 2 else -1], 1) for number in range(30)]
    with ThreadPoolExecutor(16) as buyers:
        got = list(buyers.map(lambda job: in_the_shop(app, job[1], job[0] + 1), enumerate(orders)))
    assert got.count(True) == 7
    assert left_in_total(db.session(), skus) == dict.fromkeys(skus, 0)
    assert levels_off_ledger(db.session()) == []

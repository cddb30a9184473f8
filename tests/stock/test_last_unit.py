"""A hundred buyers after one unit: one gets it. DESIGN.md 5."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from app.factory import create_app
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.stock.errors import OutOfStock
from app.stock.queries import left_in_total, levels_off_ledger
from app.stock.taking import take
from tests.conftest import settings_for
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


def test_on_postgresql_too_exactly_one_gets_the_last_unit(postgres_url: str, tmp_path: Path):
    app = create_app(settings_for(tmp_path, SHOP_DATABASE_URL=postgres_url))
    with app.app_context():
        db.create_all()
        sku, [place] = a_stocked_sku(1)
        wants = {sku.id: 1}
        with ThreadPoolExecutor(24) as buyers:
            got = list(buyers.map(lambda order: in_the_shop(app, wants, order), range(1, 49)))
        assert got.count(True) == 1
        assert level_of(sku, place) == (1, 1)
        assert levels_off_ledger(db.session()) == []
        db.session.remove()


def test_buyers_of_several_skus_in_any_order_never_block_each_other_for_good_and_nothing_is_oversold(app: Flask):
    skus = [a_stocked_sku(4, 3)[0].id for _ in range(3)]
    orders = [dict.fromkeys(skus[:: 1 if number % 2 else -1], 1) for number in range(30)]
    with ThreadPoolExecutor(16) as buyers:
        got = list(buyers.map(lambda job: in_the_shop(app, job[1], job[0] + 1), enumerate(orders)))
    assert got.count(True) == 7
    assert left_in_total(db.session(), skus) == dict.fromkeys(skus, 0)
    assert levels_off_ledger(db.session()) == []

"""The shelf: counts with the usual meaning, figures within one algorithm, availability that flips."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from app.catalog.facets import Shelf, SkuFacts
from app.catalog.filters import Filters, Range
from app.catalog.versions import Standing

BASE = SkuFacts(
    sku_id=1, product_id=1, kind="machine", category="sha-256", unit="TH/s", brand="bitmain", coins=("btc",),
    cooling="air", condition="new", delivery="spot", available=True, name_length=10, hashrate=200 * 10**12,
    power_mw=3_500_000, efficiency_fj=17_500, noise_db=75, price_fen=1_399_900, released="2024-02",
)  # fmt: skip


def a_shelf(*rows: dict[str, Any]) -> Shelf:
    facts = [
        BASE._replace(sku_id=number, product_id=number)._replace(**row) for number, row in enumerate(rows, start=1)
    ]
    return Shelf(facts, Standing(1, 0))


def ids(shelf: Shelf, filters: Filters, sort: str = "") -> list[int]:
    return shelf.page(shelf.find(filters), sort, 0, 100)


def test_values_of_one_facet_add_up_and_facets_narrow_each_other():
    shelf = a_shelf({}, {"brand": "canaan"}, {"brand": "canaan", "cooling": "hydro"}, {"brand": "microbt"})
    both = Filters({"brand": ("bitmain", "canaan"), "cooling": ("air",)})
    assert sorted(ids(shelf, both)) == [1, 2]


def test_the_counts_of_a_facet_leave_its_own_choice_out():
    shelf = a_shelf({}, {"brand": "canaan"}, {"brand": "canaan", "cooling": "hydro"})
    counts = shelf.find(Filters({"brand": ("bitmain",)})).counts
    assert counts["brand"] == {"bitmain": 1, "canaan": 2}
    assert counts["cooling"] == {"air": 1, "hydro": 0}


def test_hashrate_ranges_within_the_chosen_algorithm_in_its_unit():
    scrypt = {"category": "scrypt", "unit": "GH/s", "hashrate": 150 * 10**9, "coins": ("ltc",)}
    shelf = a_shelf({"hashrate": 150 * 10**12}, {"hashrate": 90 * 10**12}, scrypt)
    span = {"hashrate": Range(Decimal(100), Decimal(160))}
    assert ids(shelf, Filters({"algorithm": ("sha-256",)}, span)) == [1]
    assert ids(shelf, Filters({"algorithm": ("scrypt",)}, span)) == [3]


def test_without_one_algorithm_a_hashrate_range_means_nothing_and_is_left_out():
    scrypt = {"category": "scrypt", "unit": "GH/s", "hashrate": 150 * 10**9}
    shelf = a_shelf({"hashrate": 90 * 10**12}, scrypt)
    found = shelf.find(Filters({}, {"hashrate": Range(Decimal(100), None)}))
    assert (found.count, found.algorithm) == (2, None)


def test_a_coin_that_leaves_one_algorithm_settles_the_unit():
    shelf = a_shelf({}, {"category": "scrypt", "unit": "GH/s", "hashrate": 9 * 10**9, "coins": ("ltc", "doge")})
    assert shelf.find(Filters({"coin": ("doge",)})).algorithm == "scrypt"


def test_price_per_t_is_ranged_in_yuan():
    shelf = a_shelf({"price_fen": 2_000_000}, {"price_fen": 4_000_000})
    assert ids(shelf, Filters({}, {"unit_price": Range(Decimal(100), Decimal("100.00"))})) == [1]


def test_unknown_figures_come_last_in_both_directions_and_are_in_no_range():
    shelf = a_shelf({"power_mw": None}, {"power_mw": 5_000_000}, {"power_mw": 1_000_000})
    assert ids(shelf, Filters(), "power") == [3, 2, 1]
    assert ids(shelf, Filters(), "-power") == [2, 3, 1]
    assert ids(shelf, Filters({}, {"power": Range(Decimal(0), None)}), "power") == [3, 2]


def test_without_an_order_what_can_be_had_now_comes_first():
    shelf = a_shelf({"available": False}, {"delivery": "futures"}, {}, {"released": "2026-01"})
    assert ids(shelf, Filters()) == [4, 3, 2, 1]


def test_selling_out_and_coming_back_flip_one_bit():
    shelf = a_shelf({}, {})
    shelf.flip([(2, False)], 7)
    assert shelf.find(Filters()).counts["delivery"] == {"spot": 1, "futures": 0, "on-request": 0, "out": 1}
    assert ids(shelf, Filters({"delivery": ("out",)})) == [2]
    shelf.flip([(2, True), (99, False)], 9)
    assert ids(shelf, Filters({"delivery": ("out",)})) == []
    assert shelf.standing == Standing(1, 9)


def test_what_has_no_price_is_on_request_whatever_lies_in_the_warehouse():
    shelf = a_shelf({"price_fen": None}, {"price_fen": None, "available": False}, {"available": False}, {})
    assert shelf.find(Filters()).counts["delivery"] == {"spot": 1, "futures": 0, "on-request": 2, "out": 1}
    assert ids(shelf, Filters()) == [4, 1, 2, 3]


def test_parts_have_a_type_and_no_algorithm():
    shelf = a_shelf(
        {}, {"kind": "part", "category": "psu", "unit": None, "hashrate": None, "cooling": None, "coins": ()}
    )
    found = shelf.find(Filters({"type": ("psu",)}))
    assert (found.count, found.algorithm, found.counts["cooling"]) == (1, None, {"air": 0})


def test_an_empty_shelf_answers_everything_with_nothing():
    shelf = a_shelf()
    found = shelf.find(Filters({"brand": ("bitmain",)}, {"price": Range(Decimal(1), Decimal(2))}))
    assert (found.count, shelf.page(found, "price", 0, 24)) == (0, [])


@pytest.mark.parametrize("seed", range(20))
def test_any_filter_finds_what_a_plain_search_through_all_rows_finds(seed: int):
    random = Random(seed)
    rows = [
        {
            "brand": random.choice("abc"), "cooling": random.choice(["air", "hydro", None]),
            "condition": random.choice(["new", "used"]), "available": random.random() < 0.7,
            "price_fen": random.choice([None, 100, 200, 300]), "power_mw": random.choice([None, 1000, 2000]),
        }
        for _ in range(200)
    ]  # fmt: skip
    shelf = a_shelf(*rows)
    brands = tuple(sorted(random.sample("abc", 2)))
    filters = Filters({"brand": brands, "condition": ("new",)}, {"price": Range(Decimal(1), Decimal(2))})
    found = shelf.find(filters)
    matching = [r for r in rows if r["condition"] == "new" and r["price_fen"] in (100, 200)]
    expected = [r for r in matching if r["brand"] in brands]
    assert found.count == len(expected)
    assert found.counts["brand"] == {b: sum(r["brand"] == b for r in matching) for b in found.counts["brand"]}
    first, second = shelf.page(found, "power", 0, 7), shelf.page(found, "power", 7, 300)
    assert sorted(first + second) == [n for n, row in enumerate(rows, start=1) if row in expected and row in matching]


def test_every_member_is_on_exactly_one_page_whatever_the_order():
    random = Random(1)
    rows = [
        {"power_mw": random.choice([None, 1000, 2000, 3000]), "available": random.random() < 0.5} for _ in range(99)
    ]
    shelf = a_shelf(*rows)
    found = shelf.find(Filters())
    for sort in ("", "power", "-power", "newest", "-hashrate", "relevance", "unit_price"):
        pages = [sku for offset in range(0, 99, 10) for sku in shelf.page(found, sort, offset, 10)]
        assert sorted(pages) == list(range(1, 100)), sort


def test_the_skus_of_products_are_found_together():
    shelf = a_shelf({"product_id": 5}, {"product_id": 5}, {"product_id": 7})
    assert shelf.of_products([5]).bit_count() == 2
    assert shelf.of_products([6, 7, 8]) == 0b100

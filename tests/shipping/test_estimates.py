"""Freight by region and weight: one function for product page, review and order."""

from hypothesis import given
from hypothesis import strategies as st

from app.foundation.money import Money
from app.shipping.estimates import freight_of
from app.shipping.provinces import PROVINCES
from app.shipping.tariff import DEAREST, rate_between

SICHUAN, GUANGDONG, TIBET, HONG_KONG = (PROVINCES[code] for code in ("sichuan", "guangdong", "xizang", "xianggang"))
PLACES = st.one_of(st.none(), st.sampled_from(list(PROVINCES.values())))
GOODS = st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 60_000)), st.integers(1, 500)), min_size=1, max_size=5)


def test_ten_kilograms_within_a_province_cost_the_first_rate_only():
    assert freight_of([(10_000, 1)], SICHUAN, SICHUAN).amount == Money.yuan(28)


def test_each_started_kilogram_more_costs_the_further_rate():
    assert freight_of([(10_001, 1)], SICHUAN, SICHUAN).amount == Money.yuan("29.20")
    assert freight_of([(14_500, 2)], SICHUAN, GUANGDONG).amount == Money.yuan(45) + Money.yuan("2.60") * 19


def test_the_farther_the_dearer():
    there = [freight_of([(16_000, 3)], SICHUAN, to).amount for to in (SICHUAN, PROVINCES["yunnan"], GUANGDONG, TIBET)]
    assert there == sorted(there) and len(set(there)) == 4


def test_a_unit_without_weight_counts_sixteen_kilograms_and_says_so():
    unknown, stated = (freight_of([(grams, 2)], SICHUAN, GUANGDONG) for grams in (None, 16_000))
    assert unknown.amount == stated.amount
    assert not unknown.weight_is_known and stated.weight_is_known


@given(GOODS, PLACES, PLACES)
def test_an_unknown_destination_is_never_cheaper_than_any_known_one(goods, origin, destination):
    unknown = freight_of(goods, origin, None)
    assert unknown.amount >= freight_of(goods, origin, destination).amount
    assert not unknown.destination_is_known


@given(GOODS, PLACES, PLACES)
def test_more_goods_never_cost_less(goods, origin, destination):
    assert freight_of(goods * 2, origin, destination).amount >= freight_of(goods, origin, destination).amount


def test_no_rate_is_dearer_than_the_dearest():
    for origin in PROVINCES.values():
        for destination in PROVINCES.values():
            rate = rate_between(origin, destination)
            assert rate.first <= DEAREST.first and rate.further <= DEAREST.further
            assert 1 <= rate.days_low <= rate.days_high
    assert rate_between(SICHUAN, HONG_KONG) == DEAREST

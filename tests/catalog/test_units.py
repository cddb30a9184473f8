"""Hashrates and efficiencies are exact integers, and are written as makers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import units
from app.catalog.units import Hashrate


def test_a_hashrate_is_an_exact_integer_of_its_base_unit():
    assert Hashrate.of("110", "TH/s").base == 110 * 10**12
    assert Hashrate.of("1.2", "TH/s").base == 1_200_000_000_000
    assert Hashrate.of("840", "kSol/s").base == 840_000


def test_a_hashrate_is_written_as_its_maker_writes_it():
    assert str(Hashrate.of("110.0", "TH/s")) == "110 TH/s"
    assert str(Hashrate.of("13.5", "TH/s")) == "13.5 TH/s"


@given(st.decimals(min_value="0.001", max_value="9000", places=3), st.sampled_from(["TH/s", "GH/s", "kSol/s"]))
def test_no_digit_of_a_hashrate_is_lost_on_the_way_through_the_store(amount: Decimal, unit: str):
    assert units.amount_in(units.to_base(amount, unit), unit) == amount


@pytest.mark.parametrize("amount", ["0", "-1", "0.5", "99999999999999999999"])
def test_what_an_integer_cannot_hold_is_refused(amount: str):
    with pytest.raises(units.NotExact):
        units.to_base(Decimal(amount), "H/s")


def test_units_are_known_whatever_their_capitals():
    assert units.unit_named("th/S") == "TH/s"
    with pytest.raises(units.UnknownUnit):
        units.unit_named("parsec")


def test_graphs_solutions_and_hashes_do_not_mix():
    assert [units.family(unit) for unit in ("TH/s", "kSol/s", "kG/s", "GH/s")] == ["H/s", "Sol/s", "G/s", "H/s"]


def test_a_stated_efficiency_keeps_three_decimals():
    assert units.efficiency_from_stated(Decimal("91.667"), "J/TH") == 91_667
    assert units.efficiency_in(91_667, "TH/s") == Decimal("91.667")
    assert units.efficiency_in(units.efficiency_from_stated(Decimal("3.31"), "J/kSol"), "kSol/s") == Decimal("3.31")


def test_efficiency_follows_from_power_and_hashrate():
    assert units.efficiency_from_power(3_500_000, Hashrate.of("200", "TH/s").base) == 17_500


def test_the_price_of_one_unit_of_hashrate_is_rounded_to_the_fen():
    assert units.price_per_unit(1_399_900, Hashrate.of("110", "TH/s").base, "TH/s") == 12_726
    assert units.price_per_unit(1, Hashrate.of("2", "TH/s").base, "TH/s") == 1

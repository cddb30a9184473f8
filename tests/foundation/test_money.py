"""Money is whole fen; shares of it always add up again."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.money import Money

amounts = st.integers(min_value=-(10**14), max_value=10**14).map(Money)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40).filter(any)


def test_yuan_as_people_write_them_become_fen():
    assert Money.yuan("13999.00") == Money(1_399_900)


def test_half_a_fen_rounds_up():
    assert Money.yuan("0.005") == Money(1)


@pytest.mark.clause("1.1.3c")
@given(amounts, weights)
def test_shares_sum_to_the_whole(amount, weights):
    assert Money.total(amount.split(weights)) == amount


@given(amounts, weights)
def test_no_share_is_a_fen_or_more_away_from_its_exact_part(amount, weights):
    whole = sum(weights)
    for share, weight in zip(amount.split(weights), weights, strict=True):
        assert abs(Decimal(share.fen) - Decimal(amount.fen) * weight / whole) < 1


@given(amounts, weights)
def test_a_weight_of_nothing_gets_nothing(amount, weights):
    shares = amount.split(weights)
    assert all(share == Money(0) for share, weight in zip(shares, weights, strict=True) if weight == 0)


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -1]])
def test_an_amount_cannot_be_split_by_nothing(weights):
    with pytest.raises(ValueError, match="weights"):
        Money(100).split(weights)


@given(amounts)
def test_the_written_form_reads_back_as_the_same_amount(amount):
    assert Money.yuan(str(amount)) == amount

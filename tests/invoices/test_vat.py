"""VAT inside prices: lines add up to the fen, and what is taken back sums to what was invoiced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.money import ZERO, Money
from app.invoices.vat import tax_in, tax_taken_back, taxes_in

AMOUNTS = st.integers(0, 10**12).map(Money)
RATES = st.sampled_from([0, 1, 3, 6, 9, 13])


@pytest.mark.parametrize(
    ("yuan", "percent", "tax"),
    [("113", 13, "13.00"), ("106", 6, "6.00"), ("100", 13, "11.50"), ("0.01", 13, "0.00"), ("0.05", 13, "0.01"),
     ("13999", 13, "1610.50"), ("100", 0, "0.00")],
)  # fmt: skip
def test_the_tax_in_an_amount_that_includes_it(yuan: str, percent: int, tax: str):
    assert str(tax_in(Money.yuan(yuan), percent)) == tax


@given(st.lists(st.tuples(AMOUNTS, RATES), max_size=30))
def test_lines_add_up_to_the_tax_of_their_sum_and_each_is_within_a_fen(lines: list[tuple[Money, int]]):
    taxes = taxes_in(lines)
    for percent in {percent for _, percent in lines}:
        mine = [(amount, tax) for (amount, rate), tax in zip(lines, taxes, strict=True) if rate == percent]
        assert Money.total(tax for _, tax in mine) == tax_in(Money.total(amount for amount, _ in mine), percent)
        for amount, tax in mine:
            assert ZERO <= tax <= amount
            assert abs(tax.fen * (100 + percent) - amount.fen * percent) < 100 + percent


@given(AMOUNTS, RATES, st.lists(st.integers(1, 10**12), max_size=8))
def test_however_a_line_is_taken_back_its_tax_comes_back_exactly(amount: Money, percent: int, steps: list[int]):
    left, tax_left = amount, tax_in(amount, percent)
    for step in [*steps, 10**12]:
        part = Money(min(step, left.fen))
        if part:
            tax = tax_taken_back(left, tax_left, part)
            assert ZERO <= tax <= min(part, tax_left)
            left, tax_left = left - part, tax_left - tax
    assert (left, tax_left) == (ZERO, ZERO)


@pytest.mark.parametrize("amount", [Money(101), Money(-1)])
def test_more_than_is_left_is_never_taken_back(amount: Money):
    with pytest.raises(ValueError):
        tax_taken_back(Money(100), Money(11), amount)

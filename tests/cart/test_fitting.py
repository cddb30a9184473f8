"""How many units a line may hold, and what counts as a quantity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cart.fitting import MOST_UNITS, BadQuantity, TooFewLeft, fit, quantity_in, sku_id_in


@given(st.integers(1, 10**6), st.integers(1, 50), st.one_of(st.none(), st.integers(0, 20_000)))
def test_what_fits_can_be_ordered_and_is_the_nearest_such_quantity(wanted, minimum, left):
    most = MOST_UNITS if left is None else min(left, MOST_UNITS)
    try:
        quantity = fit(wanted, minimum, left)
    except TooFewLeft:
        assert most < minimum
    else:
        assert minimum <= quantity <= most
        assert quantity == wanted or wanted not in range(minimum, most + 1)


@pytest.mark.parametrize(("typed", "units"), [("3", 3), (" 12 ", 12), ("１２", 12), ("007", 7), ("9999", 9999)])
def test_a_number_is_read_however_it_is_typed(typed: str, units: int):
    assert quantity_in(typed) == units


@pytest.mark.parametrize(
    "typed", [None, "", "0", "-1", "1.5", "1e3", "10000", "99999999999", "三", "½", "٣", "3\x00", "<b>", "nan", "3 4"]
)
def test_anything_else_is_refused(typed: str | None):
    with pytest.raises(BadQuantity):
        quantity_in(typed)


def test_nought_is_a_quantity_where_a_line_may_be_taken_out():
    assert quantity_in("0", least=0) == 0


@pytest.mark.parametrize("text", [None, "", "0", "-3", "abc", "1.0", "9" * 40, "１"])
def test_what_cannot_be_a_sku_is_none(text: str | None):
    assert sku_id_in(text) is None

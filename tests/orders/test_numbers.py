"""Order numbers and remittance codes: random, spoken in groups, and never mistyped unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.numbers import (
    in_groups,
    new_order_number,
    new_remittance_code,
    order_number_in,
    remittance_code_in,
)

KINDS = [(new_order_number, order_number_in, 12), (new_remittance_code, remittance_code_in, 15)]


@pytest.mark.parametrize(("make", "read", "length"), KINDS)
def test_a_number_is_digits_only_and_reads_back_however_it_is_grouped(make, read, length):
    for _ in range(200):
        number = make()
        assert len(number) == length and number.isdigit() and number[0] != "0"
        assert read(number) == read(in_groups(number)) == read(number.replace(number[:4], number[:4] + "-")) == number


@pytest.mark.parametrize(("make", "read", "length"), KINDS)
def test_every_single_wrong_digit_is_noticed(make, read, length):
    for _ in range(20):
        number = make()
        for place in range(length):
            for digit in set("0123456789") - {number[place]}:
                assert read(number[:place] + digit + number[place + 1 :]) is None


def test_two_digits_swapped_in_a_remittance_code_are_always_noticed():
    for _ in range(50):
        code = new_remittance_code()
        for place in range(14):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or remittance_code_in(swapped) is None


@pytest.mark.clause("1.1.3c")
def test_numbers_follow_no_sequence():
    numbers = [int(new_order_number()) for _ in range(500)]
    gaps = {later - earlier for earlier, later in zip(numbers, numbers[1:], strict=False)}
    assert len(set(numbers)) == 500 and len(gaps) > 490
    assert sum(gap > 0 for gap in gaps) in range(200, 300)


@given(st.text(max_size=80))
def test_any_text_is_either_a_number_or_none(text: str):
    for read in (order_number_in, remittance_code_in):
        found = read(text)
        assert found is None or found.isascii() and found.isdigit()


@pytest.mark.parametrize("text", ["", "1234", "４８２１０９３７５５６２", "-" * 12, "9" * 400, "0' OR 1=1"])
def test_what_cannot_be_a_number_is_none(text: str):
    assert order_number_in(text) is None

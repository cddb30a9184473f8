"""Numbers of invoices, as finance types them."""

from datetime import date

import pytest

from app.invoices.numbers import invoice_number_in, is_of_year


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("26312000000000000001", "26312000000000000001"),
        (" 26312000000000000001 ", "26312000000000000001"),
        ("031001900111 12345678", "031001900111-12345678"),
        ("3100190011 - 12345678", "3100190011-12345678"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, kept: str):
    assert invoice_number_in(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "1", "2631200000000000000", "263120000000000000011", "310019001112345678", "3100190011 1234567", "０" * 20,
     "2631200000000000000A", "26312000 00000000 0001", "12345678 3100190011", "-" * 20],
)  # fmt: skip
def test_what_can_be_no_number_is_none(typed: str):
    assert invoice_number_in(typed) is None


def test_a_digital_number_is_of_the_year_of_its_day():
    assert is_of_year("26312000000000000001", date(2026, 1, 1))
    assert not is_of_year("25312000000000000001", date(2026, 1, 1))
    assert is_of_year("031001900111-12345678", date(2026, 1, 1))

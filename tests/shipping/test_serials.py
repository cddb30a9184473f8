"""Serial numbers out of what scanners and people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shipping.serials import NotASerial, SerialTwice, serial_in, serials_in

SERIAL = st.from_regex(r"[A-Z0-9]{8,20}", fullmatch=True)


@given(st.lists(SERIAL, unique=True, max_size=50), st.sampled_from(["\n", "\r\n", ", ", "；", "\t", "\n\n "]))
def test_numbers_are_read_however_they_are_parted_and_in_their_order(numbers: list[str], between: str):
    assert serials_in(between.join(number.lower() for number in numbers)) == tuple(numbers)


@given(st.text(max_size=200))
def test_any_text_is_numbers_or_a_refusal(text: str):
    try:
        found = serials_in(text)
    except (NotASerial, SerialTwice):
        return
    assert all(serial_in(number) == number for number in found)


@pytest.mark.parametrize("text", ["HTM3X", "H" * 41, "HTM3X00 0001", "HTM3X<script>", "矿机00000001", "-TM3X00001"])
def test_what_cannot_be_a_serial_number_is_named(text: str):
    with pytest.raises(NotASerial):
        serials_in(f"HTM3X0000001\n{text}")


def test_a_number_scanned_twice_is_named():
    with pytest.raises(SerialTwice, match="HTM3X0000001"):
        serials_in("HTM3X0000001\nhtm3x0000001")

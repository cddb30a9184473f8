"""Which orders wait for a person, as pure rules. Clause 2.4."""

import pytest

from app.foundation.money import Money
from app.orders.unusual import HIGH_AMOUNT, NEW_ADDRESS, NEW_DEVICE, REASONS, Known, Limits, reasons_to_wait

LIMITS = Limits(always=Money.yuan(500_000), if_new=Money.yuan(100_000))
REGULAR = Known(has_bought=True, device=True, address=True)
FIRST_BUYER = Known(has_bought=False, device=False, address=False)


def reasons(yuan: str, **known: bool) -> tuple[str, ...]:
    return reasons_to_wait(Money.yuan(yuan), Known(**{**vars(REGULAR), **known}), LIMITS)


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(
    ("yuan", "known", "expected"),
    [
        ("499999.99", {}, ()),
        ("500000", {}, (HIGH_AMOUNT,)),
        ("99999.99", {"device": False}, ()),
        ("100000", {"device": False}, (HIGH_AMOUNT, NEW_DEVICE)),
        ("100000", {"address": False}, (HIGH_AMOUNT, NEW_ADDRESS)),
        ("0.01", {"device": False, "address": False}, (NEW_DEVICE, NEW_ADDRESS)),
        ("99999.99", {"has_bought": False, "device": False, "address": False}, ()),
        ("100000", {"has_bought": False, "device": False, "address": False}, (HIGH_AMOUNT, NEW_DEVICE, NEW_ADDRESS)),
        ("100000", {"has_bought": False}, ()),
    ],
)
def test_an_order_waits_by_amount_device_and_address(yuan, known, expected):
    assert reasons(yuan, **known) == expected


def test_a_small_first_order_never_waits():
    assert reasons_to_wait(Money.yuan(99_999), FIRST_BUYER, LIMITS) == ()


def test_every_reason_has_its_words():
    assert {HIGH_AMOUNT, NEW_DEVICE, NEW_ADDRESS} == set(REASONS)

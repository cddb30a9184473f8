"""Which orders are unusual and wait for a person before anything leaves. Pure. Clause 2.4.

The rules know the order's amount, whether its delivery address is one where the account received goods before, and
what security events say of the browser. Nothing of marketing or of visits comes near them, and no price depends on
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.money import Money

WAITING, RELEASED, REFUSED = "waiting", "released", "refused"
HIGH_AMOUNT, NEW_DEVICE, NEW_ADDRESS = "high_amount", "new_device", "new_address"
REASONS: Mapping[str, LazyString] = {
    HIGH_AMOUNT: _l("High amount"),
    NEW_DEVICE: _l("Placed on a device that the account has not used before"),
    NEW_ADDRESS: _l("Address to which the account has received nothing yet"),
}
"""In the words of the desk. The buyer is not told them: who knows the rules keeps below them."""


@dataclass(frozen=True)
class Known:
    """What is known of whoever orders. `has_bought`: an order of the account was completed before."""

    has_bought: bool
    device: bool
    address: bool


@dataclass(frozen=True)
class Limits:
    """From `always` on every order waits, and from `if_new` on an order with something new."""

    always: Money
    if_new: Money


def reasons_to_wait(total: Money, known: Known, limits: Limits) -> tuple[str, ...]:
    """Why an order waits for a person; empty for almost all.

    Below both amounts only an account waits that has bought before and is on a new device and wants another address at
    once: so somebody behaves who took it over. Of a first buyer everything is new, so a small first order waits never.
    """
    new = tuple(code for code, is_known in ((NEW_DEVICE, known.device), (NEW_ADDRESS, known.address)) if not is_known)
    if total >= limits.always or (new and total >= limits.if_new):
        return (HIGH_AMOUNT, *new)
    return new if known.has_bought and len(new) > 1 else ()

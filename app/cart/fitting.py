"""How many units a line may hold: not under the minimum order, not over what is left. Pure."""

import re
import unicodedata

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError

MOST_UNITS = 9999
"""The most units in one line; larger orders go through the hotline."""


class BadQuantity(BusinessError):
    """The text is not a quantity."""

    message = _l("Please enter a whole number of units from 1 to %(most)s.", most=MOST_UNITS)
    status = 422


class TooFewLeft(BusinessError):
    """Fewer units are left than the smallest order."""

    message = _l("This machine is sold out, or fewer are left than the minimum order.")

    @property
    def text(self) -> LazyString | str:
        return self.message


def fit(wanted: int, minimum: int, left: int | None) -> int:
    """The nearest quantity that can be ordered. `left` None means without limit (a service). Raises TooFewLeft."""
    most = MOST_UNITS if left is None else min(left, MOST_UNITS)
    if most < minimum:
        raise TooFewLeft
    return max(minimum, min(wanted, most))


def quantity_in(text: str | None, *, least: int = 1) -> int:
    """The number somebody typed, full-width digits included. Raises BadQuantity."""
    typed = unicodedata.normalize("NFKC", (text or "")[:20]).strip()
    if not re.fullmatch(r"[0-9]{1,9}", typed) or not least <= int(typed) <= MOST_UNITS:
        raise BadQuantity
    return int(typed)


def sku_id_in(text: str | None) -> int | None:
    """The SKU id in a form field; None for anything that cannot be one."""
    return int(text) if text and re.fullmatch(r"[1-9][0-9]{0,17}", text) else None

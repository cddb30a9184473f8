"""What the stock refuses, in the visitor's language."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError


@dataclass(frozen=True)
class Shortage:
    """A SKU of which more was wanted than is left."""

    sku_id: int
    wanted: int
    left: int


class OutOfStock(BusinessError):
    """Not enough left. `shortages` names every SKU that is short and what there still is of it."""

    message = _l("There are not enough units left. Please lower the quantity.")

    def __init__(self, shortages: list[Shortage]) -> None:
        super().__init__(shortages)
        self.shortages = shortages


class NotThatMany(BusinessError):
    """A receipt, correction or move that the level does not allow."""

    message = _l("The warehouse does not hold that many free units.")
    status = 422


class ReasonMissing(BusinessError):
    """Stock is never changed by hand without a reason."""

    message = _l("Please say why the stock changes.")
    status = 422

    @property
    def text(self) -> LazyString | str:
        return self.message

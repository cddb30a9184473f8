"""What the catalogue refuses at the goods desk, in the reader's language."""

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError


class AddressTaken(BusinessError):
    """Another product has the address that maker and model make, or none can be made of them."""

    message = _l("Another product already has this maker and model.")
    status = 422


class NoAddress(BusinessError):
    """Maker and model hold no Latin letter or digit to make an address of."""

    message = _l("Please write maker and model with Latin letters or digits too: the page address is made of them.")
    status = 422


class NothingToShow(BusinessError):
    """A product without a single variant cannot be published."""

    message = _l("Please add a variant before publishing.")


class BadPrice(BusinessError):
    """A price is positive and below ¥100,000,000.00."""

    message = _l("Please give a price above zero and below ¥100,000,000.")
    status = 422


class MonthMissing(BusinessError):
    """Futures name the month in which shipping starts."""

    message = _l("Please name the month in which the futures start shipping.")
    status = 422


class TooManyPictures(BusinessError):
    """A product has at most eight photographs."""

    message = _l("A product has at most eight pictures. Please remove one first.")
    status = 422

"""Whether transfers are on: a setting of the machine, a last day, that no desk can move. Clause 4.2."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.foundation.clock import SHANGHAI
from app.foundation.errors import BusinessError
from app.settings import current_settings


class TransfersAreOff(BusinessError):
    """In normal running nothing is transferred."""

    message = _l("Transfers are switched off. Whoever runs the machines switches them on for a time (TRANSFERS_UNTIL).")
    status = 403


def are_on(at: datetime) -> bool:
    """Whether the last day is not over in China."""
    until = current_settings().transfers_until
    return until is not None and at.astimezone(SHANGHAI).date() <= until


def must_be_on(at: datetime) -> None:
    """Raises TransfersAreOff."""
    if not are_on(at):
        raise TransfersAreOff

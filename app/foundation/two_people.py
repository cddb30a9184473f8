"""What one person asks for and another confirms: the refusals that all such acts share."""

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError


class SamePerson(BusinessError):
    """Whoever asked cannot confirm."""

    message = _l("You asked for this yourself: another person must confirm it.")
    status = 403


class NotWaiting(BusinessError):
    """It was confirmed or withdrawn in the meantime."""

    message = _l("This was confirmed or withdrawn in the meantime.")

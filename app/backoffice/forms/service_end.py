"""The last day of the service, as the first of two people names it and the second announces it."""

from datetime import date
from typing import cast

from flask_babel import lazy_gettext as _l

from app.backoffice.forms.papers import WRITE_DAY
from app.backoffice.forms.payee import FreshFactorForm
from app.foundation.fields import DayField
from app.foundation.forms import Given


class LastDayForm(FreshFactorForm):
    """Until when the shop serves; the act knows how far ahead that has to be."""

    last_day = DayField(_l("Last day"), [Given(WRITE_DAY)])

    def day(self) -> date:
        """The day, once it is valid."""
        return cast("date", self.last_day.data)


class AnnounceEndForm(FreshFactorForm):
    """A person's own code, for what asks for nothing else."""

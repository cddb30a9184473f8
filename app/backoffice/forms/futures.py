"""The later month in which futures come, as a clerk announces it."""

from flask_babel import lazy_gettext as _l

from app.backoffice.forms.fields import MonthField
from app.foundation.forms import Form, Given


class PostponeForm(Form):
    """One month; the act knows whether it is later."""

    month = MonthField(_l("Shipping starts in"), [Given(_l("Please write the month as 2026-11."))])

"""The switches of the choices page."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.foundation.forms import Form


class ChoicesForm(Form):
    """An unticked box is a refusal; the labels are those of clause 3.1.2b."""

    audience = BooleanField(_l("Audience counting"))
    promotion = BooleanField(_l("Promotion counting"))
    personal = BooleanField(_l("Personal service"))


class DeletionForm(Form):
    """Delete every cookie; the choices themselves only when asked for, because they hold the refusal."""

    choices_too = BooleanField(_l("Delete my choices as well"))

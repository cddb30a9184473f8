"""What somebody of the staff decides about a customer's words, and why."""

from flask_babel import lazy_gettext as _l

from app.foundation.forms import Form, Given, LinesField


class TestimonialDecisionForm(Form):
    """The reason, as the member reads it."""

    why = LinesField(_l("Why; the member reads it"), [Given()], at_most=500)

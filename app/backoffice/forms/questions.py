"""The answer to a question."""

from flask_babel import lazy_gettext as _l

from app.foundation.forms import Form, Given, LinesField


class AnswerForm(Form):
    """What the asker will read on the page of their question."""

    text = LinesField(_l("Your answer"), [Given(_l("Please write your answer."))], at_most=4000)

"""The contact form."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.foundation.forms import Form, Given, LinesField, TextField
from app.support.asking import TOPICS, Question


class QuestionForm(Form):
    """A question from anybody. Only the question itself is required."""

    topic = SelectField(_l("What is it about?"), choices=[SelectChoice(code, text) for code, text in TOPICS.items()])
    text = LinesField(_l("Your question or suggestion"), [Given(_l("Please write your question."))], at_most=2000)
    contact = TextField(_l("Where can we reach you? (optional)"), at_most=100)

    def question(self) -> Question:
        return Question(self.topic.data, self.text.data or "", self.contact.data or None)

"""The contact form, and the wish for a second review."""

from flask import g
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.foundation.fields import ChoiceField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.support.asking import Question
from app.support.vocabulary import KINDS, TOPICS


class QuestionForm(Form):
    """A question from anybody. Only the question itself is required."""

    kind = ChoiceField(_l("What do you send us?"), list(KINDS.items()))
    topic = SelectField(_l("What is it about?"), choices=[SelectChoice(code, text) for code, text in TOPICS.items()])
    text = LinesField(_l("Your question or suggestion"), [Given(_l("Please write your question."))], at_most=2000)
    contact = TextField(_l("Where can we reach you? (optional)"), at_most=100)

    def question(self) -> Question:
        text, contact = self.text.data or "", self.contact.data or None
        return Question(self.topic.data, text, contact, self.kind.data, g.lang)


class ReviewForm(Form):
    """Why somebody is not content with an answer."""

    why = LinesField(
        _l("What is not right about the answer?"), [Given(_l("Please say what is not right."))], at_most=2000
    )

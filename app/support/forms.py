"""The contact form, and the wish for a second review."""

from flask import g
from flask_babel import lazy_gettext as _l

from app.foundation.fields import ChoiceField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.support.asking import Question
from app.support.vocabulary import KINDS, TOPICS


class QuestionForm(Form):
    """A question from anybody. Only the question itself is required."""

    kind = ChoiceField(_l("What do you send us?"), list(KINDS.items()))
    topic = ChoiceField(_l("What is it about?"), list(TOPICS.items()))
    text = LinesField(_l("Your question or suggestion"), [Given(_l("Please write your question."))], at_most=2000)
    contact = TextField(_l("Where can we reach you?"), at_most=100)

    def question(self) -> Question:
        text, contact = self.text.data or "", self.contact.data or None
        return Question(self.topic.data, text, contact, self.kind.data, g.lang)


class FindForm(Form):
    """The way back to a question for a guest: its number, and the contact that was left with it."""

    number = TextField(_l("Ticket number"), [Given(_l("Please enter the number of the ticket."))], at_most=40)
    contact = TextField(
        _l("The mobile number or mail address that you left"),
        [Given(_l("Please enter it as you left it."))],
        at_most=100,
    )


class ReviewForm(Form):
    """Why somebody is not content with an answer."""

    why = LinesField(
        _l("What is not right about the answer?"), [Given(_l("Please say what is not right."))], at_most=2000
    )

"""The answer to a question, and one that came by phone or letter."""

from datetime import datetime, time

from flask import g
from flask_babel import lazy_gettext as _l

from app.backoffice.forms.orders import PastDayField
from app.foundation.clock import SHANGHAI
from app.foundation.fields import ChoiceField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.support.asking import Question
from app.support.vocabulary import CHANNELS, HOTLINE, KINDS, LETTER, TOPICS


class AnswerForm(Form):
    """What the asker will read on the page of their question."""

    text = LinesField(_l("Your answer"), [Given(_l("Please write your answer."))], at_most=4000)


class TypedTicketForm(Form):
    """What somebody said on the hotline or wrote in a letter, typed in by staff. Clause 7.1."""

    channel = ChoiceField(_l("It came by"), [(each, CHANNELS[each]) for each in (HOTLINE, LETTER)])
    received_on = PastDayField(_l("The day it came"), [Given(_l("Please write the day as 2026-11-23."))])
    kind = ChoiceField(_l("What is it?"), list(KINDS.items()))
    topic = ChoiceField(_l("What is it about?"), list(TOPICS.items()))
    text = LinesField(_l("What the person said"), [Given(_l("Please write what the person said."))], at_most=2000)
    contact = TextField(_l("Where the person can be reached"), [Given()], at_most=100)

    def question(self) -> Question:
        return Question(self.topic.data, self.text.data or "", self.contact.data, self.kind.data, g.lang)

    def received_at(self, at: datetime) -> datetime:
        """The clock runs from receipt: from now if it came today, and from the beginning of an earlier day."""
        began = datetime.combine(self.received_on.data or at.astimezone(SHANGHAI), time(), SHANGHAI)
        return at if began.date() == at.astimezone(SHANGHAI).date() else began

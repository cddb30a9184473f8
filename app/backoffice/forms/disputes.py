"""Forms of the disputes desk: taking one on, refusing it, writing to both sides, closing it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from app.disputes.lifecycle import OUTCOMES
from app.foundation.fields import ChoiceField, TicksField
from app.foundation.forms import Form, Given, LinesField


class AcceptDisputeForm(Form):
    """What of the member's choice is shown: all of it unless something is taken out."""

    items = TicksField(_l("What the other side will see"), [])

    def __init__(self, choices: list[tuple[str, Any]], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.items.choices = [SelectChoice(code, text) for code, text in choices]


class RefuseDisputeForm(Form):
    """Why it is not taken on; the member reads it."""

    why = LinesField(_l("Why we do not take it on"), [Given(_l("Please say why."))])


class DisputeWordsForm(Form):
    """A message to both sides."""

    text = LinesField(_l("Your message to both sides"), [Given(_l("Please write something."))])


class CloseDisputeForm(Form):
    """How it ends, and what we found."""

    outcome = ChoiceField(_l("Outcome"), list(OUTCOMES.items()))
    finding = LinesField(_l("What we found"), [Given(_l("Please write what you found."))])

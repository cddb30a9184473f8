"""Whoever is on the phone: proving who they are, seeing name and number whole, keeping what they ask."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.accounts.numbers import LONGEST_TYPED, NotAMobileNumber, mobile_number
from app.backoffice.calls import REASONS
from app.backoffice.forms.orders import UnmaskForm
from app.foundation.fields import ChoiceField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.support.asking import Question
from app.support.vocabulary import KINDS, TOPICS


class CallerForm(Form):
    """The number that the caller names, and the code that they were sent. Sent first for the code, then to finish."""

    mobile = TextField(
        _l("Mobile number of the account"), [Given(_l("Please enter the number that the caller names."))],
        at_most=LONGEST_TYPED, render_kw={"inputmode": "tel", "autocomplete": "off"},
    )  # fmt: skip
    code = TextField(
        _l("Code that the caller reads out"), at_most=12, render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )

    def __init__(self, *arguments: Any, sends: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sends = sends
        self.code.flags.required = True

    @property
    def number(self) -> str:
        """E.164. Raises NotAMobileNumber."""
        return mobile_number(self.mobile.data or "")

    @property
    def digits(self) -> str:
        return "".join((self.code.data or "").split())

    def validate_mobile(self, field: Any) -> None:
        try:
            mobile_number(field.data or "")
        except NotAMobileNumber:
            raise ValidationError(
                _l("This is not a mobile number of mainland China. Example: 138 0000 0000.")
            ) from None

    def validate_code(self, field: Any) -> None:
        if not self.sends and not field.data:
            raise ValidationError(_l("Please enter the code."))


class RevealForm(UnmaskForm):
    """Why name and number must be read whole."""

    reason = ChoiceField(_l("Reason"), [("", _l("Please choose")), *REASONS.items()])


class CallQuestionForm(Form):
    """What the caller asks: a ticket among the caller's own."""

    kind = ChoiceField(_l("What is it?"), list(KINDS.items()))
    topic = ChoiceField(_l("What is it about?"), list(TOPICS.items()))
    text = LinesField(_l("What the person said"), [Given(_l("Please write what the person said."))], at_most=2000)

    def question(self) -> Question:
        return Question(self.topic.data, self.text.data or "", None, self.kind.data, g.lang)

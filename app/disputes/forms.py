"""The forms of both sides: the dispute itself, messages, the undertaking, how somebody is reached."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ValidationError
from wtforms.fields import SelectChoice

from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.disputes.lifecycle import MOST_PICTURES
from app.disputes.writing import Complaint
from app.foundation.fields import PicturesField, TicksField
from app.foundation.forms import Form, Given, LinesField, TextField

SIGNATURE = _l("I have read the undertaking and sign it")
NOT_SIGNED = _l("Please read the undertaking and tick the box to sign it.")


def _signed(form: Any, field: Any) -> None:
    if not field.data:
        raise ValidationError(NOT_SIGNED)


class ComplaintForm(Form):
    """With whom the dispute is, what happened, and item by item what the other side may see."""

    name = TextField(_l("With whom is the dispute?"), [Given(_l("Please name the other side."))], at_most=60)
    mobile = TextField(
        _l("Their mobile number"),
        [Given(_l("Please give the mobile number to which the link is to go."))],
        at_most=24,
    )
    statement = LinesField(_l("What happened, and what do you want?"), [Given(_l("Please write what happened."))])
    items = TicksField(_l("What may the other side see?"), [])
    agreed = BooleanField(SIGNATURE, [_signed])

    def __init__(self, choices: list[tuple[str, Any]], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.items.choices = [SelectChoice(code, text) for code, text in choices]
        self.agreed.flags.required = True

    def validate_mobile(self, field: Any) -> None:
        try:
            self.number = mobile_number(field.data or "")
        except NotAMobileNumber:
            raise ValidationError(_l("Please give a mobile number of mainland China, such as 138 0013 8000.")) from None

    def complaint(self) -> Complaint:
        return Complaint(
            self.name.data or "", self.number, self.statement.data or "", frozenset(self.items.data or ()), g.lang
        )


class WordsForm(Form):
    """A message to the other side."""

    text = LinesField(_l("Your message"), [Given(_l("Please write something."))])


class AnswerForm(WordsForm):
    """What the other side answers, with pictures as evidence."""

    pictures = PicturesField(_l("Pictures"), most=MOST_PICTURES)


class ContactForm(Form):
    """How the other side may reach whoever fills it in, once both have agreed."""

    contact = TextField(
        _l("Your name and how you are reached"), [Given(_l("Please write how you are reached."))], at_most=120
    )


class UndertakingForm(Form):
    """The signature of the other side: a name typed, a box ticked."""

    name = TextField(_l("Your name"), [Given(_l("Please type your name."))], at_most=60)
    agreed = BooleanField(SIGNATURE, [_signed])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.agreed.flags.required = True

"""Fields of accounts: account name, mobile number, SMS code, password; and the two ways a form with a code is sent."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, ValidationError
from wtforms.validators import StopValidation

from app.accounts.names import NotAName, account_name
from app.accounts.numbers import LONGEST_TYPED, NotAMobileNumber, mobile_number
from app.accounts.password_rules import weakness_of
from app.foundation.forms import Form, Given, TextField

SEND = "code"
"""Value of the button named `send` that asks for the SMS instead of finishing."""


class IsName:
    """The field is an account name; leaves it in its kept form."""

    def __call__(self, form: Any, field: Field) -> None:
        try:
            field.data = account_name(field.data)
        except NotAName:
            raise ValidationError(
                _l("Use 2 to 30 letters, digits or . _ - with at least one letter; no spaces.")
            ) from None


class IsMobile:
    """The field is a mobile number of mainland China; `form.number` then gives it as E.164."""

    def __call__(self, form: Any, field: Field) -> None:
        try:
            mobile_number(field.data)
        except NotAMobileNumber:
            raise ValidationError(
                _l("This is not a mobile number of mainland China. Example: 138 0000 0000.")
            ) from None


class IsCode:
    """The field is six digits, however they were grouped."""

    def __call__(self, form: Any, field: Field) -> None:
        digits = "".join((field.data or "").split())
        if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
            raise ValidationError(_l("The code has 6 digits."))
        field.data = digits


class GoodPassword:
    """The password is not one that others guess, also not from `known_name` and `number` of its form.

    An empty field is another rule's matter.
    """

    def __call__(self, form: Any, field: Field) -> None:
        name, number = getattr(form, "known_name", ""), getattr(form, "number", "")
        if field.data and (weakness := weakness_of(field.data, name=name, number=number)):
            raise StopValidation(weakness)


class Agreed:
    """The box is ticked; it never is by itself."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data:
            raise StopValidation(self.message)


def mobile_field(label: Any = None) -> TextField:
    return TextField(
        label or _l("Mobile number"),
        [Given(_l("Please enter your mobile number.")), IsMobile()],
        at_most=LONGEST_TYPED,
        render_kw={"autocomplete": "tel-national", "inputmode": "tel"},
    )


def code_field() -> TextField:
    return TextField(
        _l("SMS code"),
        [Given(_l("Please enter the code from the SMS.")), IsCode()],
        at_most=12,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class CodeForm(Form):
    """A form with a number and a code, sent in two ways: for the code (`send=code`), and to finish."""

    must_fit_to_send: tuple[str, ...] = ("mobile",)
    may_be_empty_to_send: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The mobile number as E.164; empty where what was typed is none."""
        try:
            return mobile_number(self["mobile"].data or "")
        except NotAMobileNumber:
            return ""

    def is_good_for_sending(self) -> bool:
        """Whether a code can be sent: the number fits, and nothing that was already typed is wrong."""
        self.validate()
        for name, field in self._fields.items():
            matters = name in ("form_token", *self.must_fit_to_send)
            matters = matters or (name in self.may_be_empty_to_send and bool(field.data))
            if not matters:
                field.errors = []
        return not self.errors

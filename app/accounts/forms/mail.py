"""Forms of the mail address: giving one, and the code that was sent there. Clause 1.1.1c."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, ValidationError

from app.accounts.forms.account import present_password
from app.accounts.forms.fields import IsCode
from app.accounts.mail_rules import LONGEST_TYPED, NotAMailAddress, mail_address
from app.foundation.forms import Form, Given, TextField


class IsMail:
    """The field is a mail address; `form.address` then gives it as it goes into an envelope."""

    def __call__(self, form: Any, field: Field) -> None:
        try:
            mail_address(field.data)
        except NotAMailAddress:
            raise ValidationError(
                _l("Please write one address, such as wang@example.com, with letters, digits and signs before the @.")
            ) from None


class MailForm(Form):
    """The address, and the present password: whoever finds a signed-in browser cannot send notices elsewhere."""

    mail = TextField(
        _l("Mail address"),
        [Given(_l("Please enter a mail address.")), IsMail()],
        at_most=LONGEST_TYPED,
        render_kw={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"},
    )
    present = present_password()

    @property
    def address(self) -> str:
        """Once the form is valid."""
        return mail_address(self.mail.data or "")


class MailCodeForm(Form):
    """The code from the mail."""

    code = TextField(
        _l("Code from the mail"),
        [Given(_l("Please enter the code from the mail.")), IsCode()],
        at_most=12,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )

"""Forms of somebody signed in: another password, another number."""

from flask_babel import lazy_gettext as _l

from app.accounts.forms.fields import CodeForm, GoodPassword, code_field, mobile_field
from app.foundation.forms import Form, Given, SecretField


def present_password() -> SecretField:
    return SecretField(
        _l("Present password"),
        [Given(_l("Please enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ChangePasswordForm(Form):
    """The present password and the new one; the view says whose, so that it is not made of name and number."""

    known_name = ""
    number = ""

    present = present_password()
    password = SecretField(
        _l("New password"),
        [Given(_l("Please choose a password.")), GoodPassword()],
        render_kw={"autocomplete": "new-password"},
    )


class ChangeNumberForm(CodeForm):
    """The new number, the code sent to it, and the present password."""

    must_fit_to_send = ("mobile", "present")

    present = present_password()
    mobile = mobile_field(_l("New mobile number"))
    code = code_field()


class ClosingForm(Form):
    """Closing asks for nothing but the password (5.2.2a)."""

    present = present_password()

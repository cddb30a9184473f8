"""Forms on the way in: registration, sign-in, second factor, a new password, reporting a leak."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from app.accounts.forms.fields import Agreed, CodeForm, GoodPassword, IsName, code_field, mobile_field
from app.foundation.forms import AtMost, Form, Given, SecretField, TextField

_ROOM = AtMost(64)


class RegistrationForm(CodeForm):
    """Exactly what clause 1.1.1a asks for, the code that proves the number, and the agreement of clause P.2."""

    may_be_empty_to_send = ("name", "password")

    name = TextField(
        _l("Account name"),
        [Given(_l("Please choose an account name.")), IsName()],
        at_most=30,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = SecretField(_l("Password"), [GoodPassword()], render_kw={"autocomplete": "new-password"})
    mobile = mobile_field()
    code = code_field()
    agreed = BooleanField(_l("I agree"), [Agreed(_l("Please read these texts and agree to them."))])
    versions = HiddenField(validators=[_ROOM])
    pending = HiddenField(validators=[_ROOM])

    @property
    def known_name(self) -> str:
        """What a password may not be made of."""
        return str(self.name.data or "")


class SignInForm(Form):
    """Account name or mobile number, and password."""

    name = TextField(
        _l("Account name or mobile number"),
        [Given(_l("Please enter your account name or mobile number."))],
        at_most=60,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = SecretField(
        _l("Password"), [Given(_l("Please enter your password."))], render_kw={"autocomplete": "current-password"}
    )
    trust = BooleanField(_l("Stay signed in on this device for 30 days"))
    next = HiddenField()


class SecondFactorForm(Form):
    """A code of the authenticator, or one of the recovery codes."""

    code = TextField(
        _l("Code of your authenticator, or a recovery code"),
        [Given(_l("Please enter the code."))],
        at_most=20,
        render_kw={"autocomplete": "one-time-code"},
    )
    trust = BooleanField(_l("Do not ask for the code on this device for 90 days"))
    next = HiddenField()


class EnrolmentForm(Form):
    """Setting up an authenticator: the code of an SMS and the first code of the authenticator."""

    sms_code = code_field()
    code = TextField(
        _l("Code of your authenticator"),
        [Given(_l("Please enter the code."))],
        at_most=20,
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    next = HiddenField()


class NewPasswordForm(CodeForm):
    """A new password for whoever holds the number."""

    may_be_empty_to_send = ("password",)

    mobile = mobile_field()
    code = code_field()
    password = SecretField(
        _l("New password"),
        [Given(_l("Please choose a password.")), GoodPassword()],
        render_kw={"autocomplete": "new-password"},
    )


class LeakForm(CodeForm):
    """Reporting a leaked account or password: whoever holds the number may freeze the account."""

    mobile = mobile_field(_l("Mobile number of the account"))
    code = code_field()

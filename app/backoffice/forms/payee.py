"""Another account for remittances, as the first of two people proposes it and the second confirms it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.foundation.forms import Form, Given, TextField
from app.payments.payee import Details, account_number_in


class FreshFactorForm(Form):
    """Who does it proves it anew: a browser that somebody left open, or that is trusted, is not enough."""

    code = TextField(
        _l("Code of your authenticator, or a recovery code"),
        [Given(_l("Please enter the code."))],
        at_most=20,
        render_kw={"autocomplete": "one-time-code"},
    )


class PayeeForm(FreshFactorForm):
    """Whose account it is, at which bank, and its number."""

    name = TextField(_l("Payee"), [Given()])
    bank = TextField(_l("Bank"), [Given()])
    number = TextField(_l("Account number"), [Given()], at_most=60)

    def validate_number(self, field: Any) -> None:
        if field.data and account_number_in(field.data) is None:
            raise ValidationError(_l("An account number has 8 to 34 letters and digits."))

    def details(self) -> Details:
        """The account, once it is valid."""
        return Details(self.name.data or "", self.bank.data or "", account_number_in(self.number.data or "") or "")


class ConfirmPayeeForm(FreshFactorForm):
    """The second person's own code."""

"""The fields of an account that money goes back to, for the forms of buyers and of desks alike."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.foundation.forms import Form, TextField
from app.payments.payee import account_number_in
from app.refunds.payees import Account


class PayeeForm(Form):
    """Whose account, at which bank, and its number: all three or, where none is demanded, nothing."""

    account_name = TextField(_l("Account holder"), at_most=100)
    account_bank = TextField(_l("Bank and branch"), at_most=100)
    account_number = TextField(_l("Account number"), at_most=60)
    needs_account = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for field in self._parts:
            field.flags.required = self.needs_account

    @property
    def _parts(self) -> tuple[Any, Any, Any]:
        return self.account_name, self.account_bank, self.account_number

    def validate_account_name(self, field: Any) -> None:
        self._check_given(field)

    def validate_account_bank(self, field: Any) -> None:
        self._check_given(field)

    def validate_account_number(self, field: Any) -> None:
        self._check_given(field)
        if field.data and account_number_in(field.data) is None:
            raise ValidationError(_l("An account number has 8 to 34 letters and digits."))

    def account(self) -> Account | None:
        """The account, once it is valid; None where none was given."""
        name, bank, number = (field.data or "" for field in self._parts)
        return Account(name, bank, account_number_in(number) or "") if number else None

    def _check_given(self, field: Any) -> None:
        if not field.data and (self.needs_account or any(each.data for each in self._parts)):
            raise ValidationError(_l("Please fill in this field."))

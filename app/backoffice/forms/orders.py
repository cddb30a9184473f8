"""The order desk: a remittance that arrived, a consignee that must be read whole."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, ValidationError

from app.backoffice.forms.fields import ChoiceField, MoneyField
from app.backoffice.unmasking import REASONS
from app.foundation.clock import today
from app.foundation.forms import Form, Given, SecretField
from app.foundation.money import ZERO, Money

EARLIEST = date(2020, 1, 1)


class DayField(DateField):
    """A day as 2026-11-23, not in the future."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except (ValueError, OverflowError):
            self.data = None
            raise ValueError(_l("Please write the day as 2026-11-23.")) from None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data and not EARLIEST <= self.data <= today():
            raise ValidationError(_l("Please give a day that is not in the future."))


class ConfirmRemittanceForm(Form):
    """What the bank statement says: how much arrived, and when."""

    amount = MoneyField(_l("Amount received"), [Given()])
    received_on = DayField(_l("Received on"), [Given(_l("Please write the day as 2026-11-23."))])

    def received(self) -> tuple[Money, date]:
        """How much and when, once it is valid."""
        return self.amount.money or ZERO, self.received_on.data or today()


class UnmaskForm(Form):
    """Why a consignee must be read whole, and the password once more where it was given too long ago."""

    reason = ChoiceField(_l("Reason"), [("", _l("Please choose")), *REASONS.items()])
    password = SecretField(_l("Your password"))

    def __init__(self, *arguments: Any, needs_proof: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.needs_proof = needs_proof
        if needs_proof:
            self.password.flags.required = True

    def validate_reason(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose why you need to see it."))

    def validate_password(self, field: Any) -> None:
        if self.needs_proof and not field.data:
            raise ValidationError(_l("Please give your password again."))

"""The order desk: a remittance that arrived, a consignee that must be read whole."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ValidationError

from app.backoffice.unmasking import ACCOUNT_REASONS, REASONS
from app.foundation.clock import today
from app.foundation.fields import ChoiceField, DayField, MoneyField
from app.foundation.forms import Form, Given, SecretField, TextField
from app.foundation.languages import money
from app.foundation.money import ZERO, Money
from app.orders.numbers import order_number_in
from app.payments.confirming import bank_reference_in


class PastDayField(DayField):
    """A day as 2026-11-23, not in the future."""

    misfit = _l("Please give a day that is not in the future.")

    def is_fitting(self, day: date) -> bool:
        return super().is_fitting(day) and day <= today()


class ConfirmRemittanceForm(Form):
    """What the bank statement says: under which number how much arrived, and when. Another amount needs a tick."""

    reference = TextField(_l("The bank's number of the transfer"), [Given()], at_most=80)
    amount = MoneyField(_l("Amount received"), [Given()])
    received_on = PastDayField(_l("Received on"), [Given(_l("Please write the day as 2026-11-23."))])
    differs = BooleanField(_l("The statement really says this amount, though another one is due"))

    def __init__(self, *arguments: Any, due: Money, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.due = due

    def validate_reference(self, field: Any) -> None:
        if field.data and bank_reference_in(field.data) is None:
            raise ValidationError(_l("The bank's number has 4 to 64 letters and digits."))

    def validate_amount(self, field: Any) -> None:
        if field.money == ZERO:
            raise ValidationError(_l("Please give the amount that arrived."))
        if field.money is not None and field.money != self.due and not self.differs.data:
            raise ValidationError(
                _l("%(due)s is due. If the statement says otherwise, please tick so.", due=money(self.due))
            )

    def received(self) -> tuple[str, Money, date]:
        """Number, amount and day, once they are valid."""
        reference = bank_reference_in(self.reference.data or "") or ""
        return reference, self.amount.money or ZERO, self.received_on.data or today()


class ApplyReceiptForm(Form):
    """For which order, and how much of the money, as a clerk decides it."""

    number = TextField(_l("Order number"), [Given()], at_most=40)
    amount = MoneyField(_l("Amount"), [Given()])

    def validate_number(self, field: Any) -> None:
        if field.data and order_number_in(field.data) is None:
            raise ValidationError(_l("This is no order number: a digit is wrong or missing."))


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


class ReadAccountForm(UnmaskForm):
    """Why the account of a refund must be read whole."""

    reason = ChoiceField(_l("Reason"), [("", _l("Please choose")), *ACCOUNT_REASONS.items()])

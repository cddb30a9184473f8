"""The invoice desk: what the tax authority's system made, and why an invoice is refused or taken back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import ValidationError
from wtforms.validators import StopValidation

from app.backoffice.forms.orders import DayField
from app.foundation.clock import today
from app.foundation.errors import BusinessError
from app.foundation.fields import ChoiceField, MoneyField
from app.foundation.forms import AtMost, Form, Given, TextField
from app.foundation.money import ZERO
from app.invoices.documents import ImpossibleDay, NumberKnown, OtherAmount, OtherYear, Paper
from app.invoices.numbers import invoice_number_in
from app.invoices.pdf import LARGEST_BYTES, BadPdf, CheckedPdf, checked_pdf
from app.invoices.states import REFUSALS, REVERSALS


class PaperForm(Form):
    """Number, day, amount and PDF of a blue or red invoice. The file is judged here, before anything is locked."""

    number = TextField(_l("Invoice number"), [Given()], at_most=30)
    issued_on = DayField(_l("Issued on"), [Given(_l("Please write the day as 2026-11-23."))])
    amount = MoneyField(_l("Amount, VAT included"), [Given()])
    file = FileField(_l("PDF"), [Given(_l("Please choose the invoice's PDF file."))])
    pdf: CheckedPdf

    def validate_number(self, field: Any) -> None:
        if field.data and invoice_number_in(field.data) is None:
            raise ValidationError(
                _l("An invoice number has 20 digits; or give code and number with a space between them.")
            )

    def validate_file(self, field: Any) -> None:
        if not hasattr(field.data, "stream"):
            raise StopValidation(_l("Please choose the invoice's PDF file."))
        try:
            self.pdf = checked_pdf(field.data.stream.read(LARGEST_BYTES + 1))
        except BadPdf as fault:
            raise ValidationError(fault.text) from None

    def paper(self) -> Paper:
        """What was made, once it is valid."""
        number = invoice_number_in(self.number.data or "") or ""
        return Paper(number, self.issued_on.data or today(), self.amount.money or ZERO, self.pdf)

    def refuse(self, refusal: BusinessError) -> bool:
        """Put what the act said at the field it is about; False where it is about none."""
        fields: dict[type, Any] = {
            NumberKnown: self.number,
            OtherYear: self.number,
            ImpossibleDay: self.issued_on,
            OtherAmount: self.amount,
        }
        field = fields.get(type(refusal))
        if field is None:
            return False
        field.errors = [*field.errors, refusal.text]
        return True


class RefuseForm(Form):
    """Why an invoice cannot be issued as it was applied for."""

    why = ChoiceField(_l("Why"), [("", _l("Please choose")), *REFUSALS.items()], validators=[Given(), AtMost(20)])


class ReverseForm(Form):
    """Why a whole invoice is taken back."""

    why = ChoiceField(_l("Why"), [("", _l("Please choose")), *REVERSALS.items()], validators=[Given(), AtMost(20)])

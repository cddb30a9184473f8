"""A title, and the application for an invoice. What a special invoice needs of a title is the act's rule."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, ValidationError

from app.companies.names import as_on_licence, comparable
from app.companies.numbers import NotACompanyCode, company_code
from app.foundation.forms import Form, Given, TextField
from app.invoices.applying import Wish
from app.invoices.models import KINDS, ORDINARY, InvoiceTitle
from app.invoices.titles import COMPANY, HOLDERS, PERSON, Title
from app.payments.payee import account_number_in

ANOTHER = "another"
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}[0-9]")
OLD_NUMBER = re.compile(r"[0-9A-Z]{15}")


class ChosenField(RadioField):
    """Radios of a closed list; anything else is an error of the field."""

    def __init__(self, label: Any, choices: Sequence[tuple[str, Any]], **options: Any) -> None:
        offered = [SelectChoice(value, text) for value, text in choices]
        super().__init__(label, [Given()], choices=offered, validate_choice=False, **options)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if not validation_stopped and self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(_l("Please choose from the list."))


class TitleForm(Form):
    """Who is named on the invoice. Address to account number are printed on special invoices alone."""

    holder = ChosenField(_l("In the name of"), list(HOLDERS.items()), default=COMPANY)
    name = TextField(_l("Title"), [Given(_l("Please give the name that the invoice is made out to."))])
    tax_number = TextField(_l("Tax number"), at_most=40)
    address = TextField(_l("Registered address"), at_most=120)
    phone = TextField(_l("Telephone"), at_most=30)
    bank = TextField(_l("Bank"))
    account_number = TextField(_l("Bank account"), at_most=60)

    def validate_name(self, field: Any) -> None:
        if field.data and len(comparable(field.data)) < (2 if self.holder.data == PERSON else 4):
            raise ValidationError(_l("Please give the whole name."))

    def validate_tax_number(self, field: Any) -> None:
        if not field.data:
            if self.holder.data == COMPANY:
                raise ValidationError(_l("Please give the code of 18 characters."))
            return
        if self.holder.data == PERSON:
            raise ValidationError(_l("A person's invoice bears no tax number. Please leave this empty."))
        if OLD_NUMBER.fullmatch(field.data.upper().replace(" ", "")):
            raise ValidationError(
                _l("Tax numbers of 15 characters ended with 2017. Please give the code of 18 on the business licence.")
            )
        try:
            company_code(field.data)
        except NotACompanyCode as fault:
            raise ValidationError(fault.text) from None

    def validate_phone(self, field: Any) -> None:
        if field.data and not PHONE.fullmatch(field.data):
            raise ValidationError(_l("Please give the telephone number as 021-12345678."))

    def validate_account_number(self, field: Any) -> None:
        if field.data and account_number_in(field.data) is None:
            raise ValidationError(_l("An account number has 8 to 34 letters and digits."))

    def show(self, title: Title) -> None:
        """Fill in a title."""
        for name, value in vars(title).items():
            self[name].data = value

    def title(self) -> Title:
        """What was typed, clean; only after validation."""
        return Title(
            holder=self.holder.data,
            name=as_on_licence(self.name.data or ""),
            tax_number=company_code(self.tax_number.data) if self.tax_number.data else "",
            address=self.address.data or "",
            phone=self.phone.data or "",
            bank=self.bank.data or "",
            account_number=account_number_in(self.account_number.data or "") or "",
        )


class ApplyForm(Form):
    """Which kind of invoice, and to whom: one of the saved titles (read in their purpose), or another one, `typed`."""

    kind = ChosenField(_l("Kind of invoice"), list(KINDS.items()), default=ORDINARY)
    chosen = ChosenField(_l("Title"), [])
    keep = BooleanField(_l("Keep this title for the next invoice"))

    def __init__(self, *arguments: Any, saved: Sequence[InvoiceTitle], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.typed = TitleForm(*arguments, prefix="typed-", meta={"csrf": False})
        self.saved = {str(each.id): Title.of(each.details) for each in saved}
        named = [SelectChoice(key, f"{title.name} {title.tax_number}") for key, title in self.saved.items()]
        self.chosen.choices = [*named, SelectChoice(ANOTHER, _l("Another title, given below"))]
        if self.chosen.data is None:
            self.chosen.data = next(iter(self.saved), ANOTHER)

    def validate(self, extra_validators: Any = None) -> bool:
        """What was typed counts only where no saved title is chosen."""
        is_valid = super().validate(extra_validators)
        return (self.chosen.data in self.saved or self.typed.validate()) and is_valid

    def wish(self) -> Wish:
        """What is applied for, once it is valid."""
        title = self.saved.get(self.chosen.data)
        return Wish(self.kind.data, title or self.typed.title(), keep=title is None and self.keep.data)

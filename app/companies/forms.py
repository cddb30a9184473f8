"""The one form: a company's name and code."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.companies.names import comparable
from app.companies.numbers import NotACompanyCode, company_code
from app.foundation.forms import Form, Given, TextField


class CompanyForm(Form):
    """As they stand on the business licence."""

    name = TextField(_l("Company name"), [Given(_l("Please give the name as on the business licence."))], at_most=100)
    code = TextField(
        _l("Unified social credit code"), [Given(_l("Please give the code of 18 characters."))], at_most=40
    )

    def validate_name(self, field: Any) -> None:
        if field.data and len(comparable(field.data)) < 4:
            raise ValidationError(_l("Please give the whole name as on the business licence."))

    def validate_code(self, field: Any) -> None:
        try:
            company_code(field.data or "")
        except NotACompanyCode as fault:
            raise ValidationError(fault.text) from None

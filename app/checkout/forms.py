"""The two forms of the checkout: the consignee, and the order itself."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, ValidationError
from wtforms.validators import StopValidation

from app.accounts.numbers import NotAMobileNumber, mobile_number
from app.checkout.addresses import Consignee
from app.foundation.forms import Form, Given, OneTimeKey, TextField
from app.orders.lifecycle import REMITTANCE
from app.orders.models import PAYMENT_METHODS


def id_in(text: str | None) -> int | None:
    """The id in a field or an address; None for anything that the store could not hold."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if text and is_number and int(text) < 2**63 else None


class ConsigneeForm(Form):
    """Exactly the four fields an order needs (1.1.3b)."""

    warehouse = TextField(_l("Receiving warehouse"), [Given(_l("Please name the warehouse that receives the goods."))])
    consignee = TextField(_l("Consignee"), [Given(_l("Please name who receives the goods."))], at_most=60)
    address = TextField(
        _l("Address"), [Given(_l("Please give the address, beginning with the province."))], at_most=200
    )
    mobile = TextField(_l("Mobile number"), [Given(_l("Please give a mobile number for the carrier."))], at_most=24)

    def validate_mobile(self, field: Any) -> None:
        try:
            mobile_number(field.data)
        except NotAMobileNumber:
            raise ValidationError(_l("Please give a mobile number of mainland China, such as 138 0013 8000.")) from None

    def value(self) -> Consignee:
        """What was typed, clean; only after validation."""
        return Consignee(self.warehouse.data, self.consignee.data, self.address.data, mobile_number(self.mobile.data))


class PlaceOrderForm(Form):
    """What the review page sends: where to, how it is paid, which quote was shown, and the form's own key. No price."""

    method = RadioField(
        _l("Way of payment"),
        [Given(_l("Please choose how you want to pay."))],
        choices=[SelectChoice(code, text) for code, text in PAYMENT_METHODS.items()],
        default=REMITTANCE,
        validate_choice=False,
    )
    address = HiddenField()
    shown = HiddenField(validators=[Given()])
    key = OneTimeKey()

    def validate_method(self, field: Any) -> None:
        if field.data not in PAYMENT_METHODS:
            raise StopValidation(_l("Please choose how you want to pay."))

    @classmethod
    def fresh(cls, address_id: int, shown: str, method: str | None = None) -> "PlaceOrderForm":
        """A form for one order; with the way of payment that was chosen before, where one was."""
        form = cls(None)
        form.address.data, form.shown.data, form.key.data = str(address_id), shown, secrets.token_hex(16)
        form.method.data = method if method in PAYMENT_METHODS else REMITTANCE
        return form

    @property
    def problem(self) -> Any:
        """What is wrong with what was sent, in words; None where only the address is missing."""
        wrong = [*self.errors.get("form_token", ()), *self.errors.get("method", ())]
        return wrong[0] if wrong else None

    @property
    def address_id(self) -> int | None:
        """None where the field holds no id; the page then offers the addresses again."""
        return id_in(self.address.data)

"""The refund desk: what is asked for of an order or a receipt, and what was sent back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.backoffice.forms.orders import DayField
from app.foundation.clock import today
from app.foundation.fields import ChoiceField, FigureField, MoneyField
from app.foundation.forms import Form, Given, SecretField, TextField
from app.foundation.money import ZERO, Money
from app.orders.models import Order, OrderLine, OrderPart
from app.payments.confirming import bank_reference_in
from app.refunds.asking import Reduction
from app.refunds.errors import RefusedOf, TooManyUnits
from app.refunds.payee_form import PayeeForm
from app.refunds.vocabulary import OF_DESKS, REASONS


class AskRefundForm(PayeeForm):
    """Why, and by line how many units and how much money; by part how much freight. `refund_form` adds those."""

    reason = ChoiceField(_l("Reason"), [("", _l("Please choose")), *((code, REASONS[code]) for code in OF_DESKS)])
    needs_account = False
    order: Order

    def validate_reason(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose why it is refunded."))

    def units_of(self, line: OrderLine) -> Any:
        return self[f"units{line.id}"]

    def amount_of(self, line: OrderLine) -> Any:
        return self[f"amount{line.id}"]

    def freight_of(self, part: OrderPart) -> Any:
        return self[f"freight{part.id}"]

    def offer(self, reason: str, amounts: Mapping[int, Money]) -> None:
        """Fill in a reason, and amounts by line, for a person to look at."""
        self.reason.process_data(reason)
        for line in self.order.lines:
            self.amount_of(line).process_data(amounts.get(line.id))

    def refuse(self, refusal: RefusedOf) -> bool:
        """Put what the act said of a line or of freight at its field; whether there is one."""
        for line in self.order.lines:
            if line.id == refusal.line_id:
                field = self.units_of(line) if isinstance(refusal, TooManyUnits) else self.amount_of(line)
                field.errors = [*field.errors, refusal.text]
        for part in self.order.parts:
            if part.id == refusal.part_id and part.freight_left:
                self.freight_of(part).errors = [*self.freight_of(part).errors, refusal.text]
        return bool(self.errors)

    def reductions(self) -> list[Reduction]:
        """What is refunded of lines, once it is valid."""
        said = [(line.id, self.units_of(line).whole or 0, self.amount_of(line).money) for line in self.order.lines]
        return [Reduction(line_id, units, amount) for line_id, units, amount in said if units or amount]

    def freight(self) -> dict[int, Money]:
        """What is refunded of freight by part id, once it is valid."""
        said = {part.id: self.freight_of(part).money for part in self.order.parts if part.freight_left}
        return {part_id: amount for part_id, amount in said.items() if amount}


def refund_form(order: Order) -> type[AskRefundForm]:
    """The form for an order: units and amount of each line, freight of each part that has any left."""
    fields: dict[str, Any] = {"order": order}
    for line in order.lines:
        fields[f"units{line.id}"] = FigureField(_l("Units"), most=line.quantity)
        fields[f"amount{line.id}"] = MoneyField(_l("Amount"))
    for part in order.parts:
        if part.freight_left:
            fields[f"freight{part.id}"] = MoneyField(_l("Freight"))
    return type(AskRefundForm.__name__, (AskRefundForm,), fields)


class AskSurplusForm(PayeeForm):
    """How much of a receipt's rest goes back, and where to."""

    amount = MoneyField(_l("Amount"), [Given()])
    needs_account = False

    def wanted(self) -> Money:
        """The amount, once it is valid."""
        return self.amount.money or ZERO


class PayoutForm(Form):
    """Under which number money went back, and when; the password again where it was given too long ago."""

    reference = TextField(_l("The bank's or institution's number"), [Given()], at_most=80)
    paid_on = DayField(_l("Sent on"), [Given(_l("Please write the day as 2026-11-23."))])
    password = SecretField(_l("Your password"))

    def __init__(self, *arguments: Any, needs_proof: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.needs_proof = needs_proof
        if needs_proof:
            self.password.flags.required = True

    def validate_reference(self, field: Any) -> None:
        if field.data and bank_reference_in(field.data) is None:
            raise ValidationError(_l("The number has 4 to 64 letters and digits."))

    def validate_password(self, field: Any) -> None:
        if self.needs_proof and not field.data:
            raise ValidationError(_l("Please give your password again."))

    def sent(self) -> tuple[str, date]:
        """Number and day, once they are valid."""
        return bank_reference_in(self.reference.data or "") or "", self.paid_on.data or today()

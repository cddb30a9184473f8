"""What a buyer fills in who calls off what has not left."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError
from app.foundation.fields import ChoiceField, FigureField
from app.orders.lifecycle import AWAITING_SHIPMENT, REMITTANCE
from app.orders.models import Order, OrderLine
from app.refunds.asking import Reduction
from app.refunds.payee_form import PayeeForm
from app.refunds.vocabulary import OF_BUYERS, REASONS


class CallOffForm(PayeeForm):
    """Why, how many of each line, and the account that the money goes to. `call_off_form` adds the lines."""

    reason = ChoiceField(_l("Reason"), [(code, REASONS[code]) for code in OF_BUYERS])
    lines: tuple[OrderLine, ...] = ()

    def units_of(self, line: OrderLine) -> Any:
        return self[f"units{line.id}"]

    def reductions(self) -> list[Reduction]:
        """What is called off, once it is valid."""
        wanted = [(line.id, self.units_of(line).whole or 0) for line in self.lines]
        return [Reduction(line_id, units) for line_id, units in wanted if units]

    def refuse(self, refusal: BusinessError) -> None:
        """Put what the act said at its line, or at the first one."""
        line_id = getattr(refusal, "line_id", None)
        field = self.units_of(next((line for line in self.lines if line.id == line_id), self.lines[0]))
        field.errors = [*field.errors, refusal.text]


def call_off_form(order: Order) -> type[CallOffForm]:
    """The form for what of an order can still be called off: all of it unless the buyer says less."""
    waiting = [part for part in order.parts if part.state == AWAITING_SHIPMENT]
    lines = tuple(line for part in waiting for line in part.lines if line.to_ship)
    fields: dict[str, Any] = {"lines": lines, "needs_account": order.payment_method == REMITTANCE}
    for line in lines:
        fields[f"units{line.id}"] = FigureField(_l("Units to call off"), most=line.to_ship, default=str(line.to_ship))
    return type(CallOffForm.__name__, (CallOffForm,), fields)

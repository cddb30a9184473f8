"""The bank desk: a statement's file, what its columns mean, and for which orders a row's money is."""

import re
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, ValidationError
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from app.foundation.errors import BusinessError
from app.foundation.fields import ChoiceField
from app.foundation.forms import AtMost, Form, Given, LinesField
from app.foundation.money import ZERO, Money
from app.orders.numbers import order_number_in
from app.payments.bank.deciding import ASIDE
from app.payments.bank.statements import LARGEST_BYTES, MANY, NEEDED, ROLES, Columns, Table, amount_in, plain

MOST_ORDERS = 20


class StatementForm(Form):
    """The file is judged by its content when it is read, here only that there is one."""

    file = FileField(_l("Statement (CSV, at most 5 MB)"), [Given(_l("Please choose the statement's file."))])

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", ""):
            raise StopValidation(_l("Please choose the statement's file."))

    def content(self) -> bytes:
        """The bytes that were sent, no more than can be taken and one."""
        content: bytes = self.file.data.stream.read(LARGEST_BYTES + 1)
        return content

    def refuse(self, problem: BusinessError) -> None:
        """Show the file's fault at the field."""
        self.file.errors = [problem.text]


class ShapeForm(StatementForm):
    """What stands under which heading, said once for each bank. The file is sent again: it was not kept."""

    day = ChoiceField(ROLES["day"], [], optional=True)
    credit = ChoiceField(ROLES["credit"], [], optional=True)
    debit = ChoiceField(ROLES["debit"], [], optional=True)
    direction = ChoiceField(ROLES["direction"], [], optional=True)
    reference = ChoiceField(ROLES["reference"], [], optional=True)
    payer = ChoiceField(ROLES["payer"], [], optional=True)
    remark = SelectMultipleField(ROLES["remark"], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def offer(self, table: Table) -> None:
        """Let the table's headings be chosen."""
        columns = [(str(place), heading or str(place + 1)) for place, heading in enumerate(table.headings)]
        for role in ROLES:
            self[role].choices = columns if role in MANY else [("", _l("No such column")), *columns]
            self[role].flags.required = role in NEEDED

    def show(self, likely: Columns) -> None:
        """Fill in what is likely."""
        for role, places in likely.items():
            self[role].data = [str(place) for place in places] if role in MANY else str(places[0])

    def columns(self) -> Columns:
        """By role the places of its columns, once they are valid."""
        chosen = {role: self[role].data if role in MANY else [self[role].data] for role in ROLES}
        return {role: tuple(int(place) for place in places if place) for role, places in chosen.items() if any(places)}

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for role in NEEDED:
            if not self[role].data and not self[role].errors:
                self[role].errors = [_l("Please say in which column this stands.")]
                is_valid = False
        return is_valid


class ApplyRowForm(Form):
    """One order a line with so much for it; or, said by a tick, no order at all."""

    orders = LinesField(_l("Orders, one a line: number and amount"), at_most=1200)
    unapplied = BooleanField(_l("No order: keep it as unapplied money"))

    def __init__(self, *arguments: Any, amount: Money, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.amount = amount
        self.wanted: dict[str, Money] = {}

    def show(self, proposal: list[tuple[str, Money]]) -> None:
        """Fill in a proposal, as (spoken number, amount)."""
        self.orders.data = "\n".join(f"{number}  {amount}" for number, amount in proposal)

    def validate_orders(self, field: Any) -> None:
        lines = [line for line in (field.data or "").splitlines() if line.strip()]
        if not lines and not self.unapplied.data:
            raise ValidationError(_l("Please name an order, or tick that there is none."))
        if lines and self.unapplied.data:
            raise ValidationError(_l("Please name orders or tick that there is none, not both."))
        if len(lines) > MOST_ORDERS:
            raise ValidationError(_l("At most 20 orders, please."))
        for number, line in enumerate(lines, 1):
            self._take(number, line)
        if Money.total(self.wanted.values()) > self.amount:
            raise ValidationError(_l("Together that is more than the row's amount."))

    def _take(self, number: int, line: str) -> None:
        found = re.fullmatch(r"((?:\d[\s-]?){12})(?:\s+(\S.*))?", line.strip(), re.ASCII)
        order = order_number_in(found[1]) if found else None
        if not found or not order:
            raise ValidationError(_wrong(number, _l("This is no order number: a digit is wrong or missing.")))
        amount = amount_in(plain(found[2])) if found[2] else self.amount
        if amount is None or amount <= ZERO:
            raise ValidationError(_wrong(number, _l("Please give the amount as 13999.00.")))
        if order in self.wanted:
            raise ValidationError(_wrong(number, _l("This order is named twice.")))
        self.wanted[order] = amount


class SetAsideForm(Form):
    """Why a row is no payment for an order."""

    why = ChoiceField(_l("Why"), [("", _l("Please choose")), *ASIDE.items()], validators=[Given(), AtMost(20)])


def _wrong(number: int, what: LazyString) -> LazyString:
    return _l("Line %(number)s: %(what)s", number=number, what=what)

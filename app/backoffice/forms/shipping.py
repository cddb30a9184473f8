"""The shipping desk: a parcel that leaves with its machines, and what is reported of it by hand."""

from collections.abc import Container
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.foundation.clock import SHANGHAI
from app.foundation.fields import ChoiceField, FigureField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.foundation.languages import is_chinese
from app.orders.models import OrderPart
from app.shipping.carriers import CARRIERS, tracking_number_in
from app.shipping.handing_over import Packed, PackingRefused
from app.shipping.serials import LONGEST, NotASerial, SerialTwice, serials_in
from app.shipping.tracking import HANDED, STATES, Happening


class SerialsField(LinesField):
    """Serial numbers, one a line as a scanner writes them; `serials` are the clean ones."""

    serials: tuple[str, ...] = ()

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **options)
        self.flags.required = True

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            self.serials = serials_in(self.data or "")
        except NotASerial as wrong:
            raise ValidationError(_l("“%(text)s” is not a serial number.", text=wrong.args[0][:LONGEST])) from None
        except SerialTwice as wrong:
            raise ValidationError(_l("%(serial)s is there twice.", serial=wrong.args[0])) from None


class ShipForm(Form):
    """A parcel: who carries it, under which number. `ship_form` adds what is in it."""

    carrier = ChoiceField(_l("Carrier"), ())
    tracking_number = TextField(_l("Tracking number"), [Given()], at_most=60)
    part: OrderPart

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        locale = "zh" if is_chinese() else "en"
        self.carrier.choices = [(code, carrier.name(locale)) for code, carrier in CARRIERS.items()]

    def validate_tracking_number(self, field: Any) -> None:
        if field.data and tracking_number_in(field.data) is None:
            raise ValidationError(_l("A tracking number has 6 to 40 letters and digits."))

    def packed(self) -> list[Packed]:
        """What is said to be in the parcel, once it is valid."""
        return [
            Packed(line.id, self.quantity_of(line).whole or 0, getattr(self.serials_of(line), "serials", ()))
            for line in self.part.lines
        ]

    def quantity_of(self, line: Any) -> Any:
        return self[f"quantity{line.position}"]

    def serials_of(self, line: Any) -> Any:
        """The field of a line's serial numbers; None where its goods have none."""
        return self._fields.get(f"serials{line.position}")

    def refuse(self, refusal: PackingRefused) -> None:
        """Put what the act said of a line at the line's field."""
        line = next(line for line in self.part.lines if line.id == refusal.line_id)
        field = (refusal.field == "serials" and self.serials_of(line)) or self.quantity_of(line)
        field.errors = [*field.errors, refusal.text]


class MomentField(TextField):
    """A moment as 2026-11-23 14:30 in China time; `moment` is it, once it is valid."""

    moment: datetime

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped:
            return
        try:
            self.moment = datetime.strptime(self.data or "", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        except ValueError:
            raise ValidationError(_l("Please write the moment as 2026-11-23 14:30.")) from None


class ReportForm(Form):
    """What a carrier said of a parcel by phone or on paper, for freight that no service follows."""

    state = ChoiceField(_l("State"), [(code, word) for code, word in STATES.items() if code != HANDED])
    at = MomentField(_l("When"), [Given()], at_most=16)
    place = TextField(_l("Place"), [Given()], at_most=60)
    text = TextField(_l("Report"), [Given()], at_most=200)

    def happening(self) -> Happening:
        """What is reported, once it is valid."""
        return Happening(self.at.moment, self.state.data, f"【{self.place.data}】{self.text.data}")


def ship_form(part: OrderPart, machines: Container[int]) -> type[ShipForm]:
    """The form of a parcel of this part: units of each line, all that is left unless told otherwise, and serials."""
    fields: dict[str, Any] = {"part": part}
    for line in part.lines:
        left = str(line.to_ship)
        fields[f"quantity{line.position}"] = FigureField(_l("Units"), [Given()], most=line.quantity, default=left)
        if line.id in machines:
            fields[f"serials{line.position}"] = SerialsField(
                _l("Serial numbers"), at_most=line.quantity * (LONGEST + 2) + LONGEST
            )
    return type(ShipForm.__name__, (ShipForm,), fields)

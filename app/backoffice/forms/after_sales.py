"""The after-sales desk: what is agreed, what is written, what the warehouse found, what leaves for the buyer."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.after_sales.deciding import Terms
from app.after_sales.examining import Found
from app.after_sales.showing import Machine
from app.after_sales.splitting import Rest
from app.backoffice.forms.shipping import SerialsField
from app.foundation.fields import ChoiceField, FigureField, MoneyField, TicksField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.foundation.languages import is_chinese
from app.foundation.money import ZERO
from app.shipping.carriers import CARRIERS, tracking_number_in
from app.shipping.serials import LONGEST
from app.stock.models import Warehouse


class WordsForm(Form):
    """What the buyer reads in the case."""

    text = LinesField(_l("Message to the buyer"), [Given(_l("Please write what the buyer should know."))], at_most=2000)


class AgreeForm(Form):
    """What is agreed; `agree_form` leaves out what the move does not settle."""

    text = LinesField(_l("Message to the buyer"), at_most=2000)

    def terms(self) -> Terms:
        """Once it is valid."""
        money = self._fields.get("amount")
        place = self._fields.get("return_to")
        return Terms(
            amount=money.money if money else None,
            freight=(self.freight.money if money else None) or ZERO,
            return_to=int(place.data) if place else None,
        )


def agree_form(needed: str, warehouses: Sequence[Warehouse], *, says_why: bool = False) -> type[AgreeForm]:
    """The form of an agreement about "money", the "return" of goods, "both", or "" for neither."""
    fields: dict[str, Any] = {"text": WordsForm.text} if says_why else {}
    if needed in ("money", "both"):
        fields["amount"] = MoneyField(_l("Paid back for the goods"), [Given()])
        fields["freight"] = MoneyField(_l("Freight paid back as well"))
    if needed in ("return", "both"):
        fields["return_to"] = ChoiceField(_l("Goods go to"), _named(warehouses))
    return type(AgreeForm.__name__, (AgreeForm,), fields)


class ExamineForm(Form):
    """What came back; `examine_form` adds what becomes of it, and where some can be refused, which."""

    text = LinesField(_l("Message to the buyer"), at_most=2000)
    among: int

    def found(self) -> Found:
        """Once it is valid."""
        if "warehouse" not in self:
            return Found()
        place = int(self.warehouse.data) if self.warehouse.data else None
        if "machines" in self:
            return Found(place, _positions(self.machines), rest=self._rest)
        return Found(place, units=self.units.whole or 0, rest=self._rest)

    def validate_text(self, field: Any) -> None:
        if self._rest and not field.data:
            raise ValidationError(_l("Please write what the buyer should know."))

    def validate_refused(self, field: Any) -> None:
        refused = set(_positions(field))
        if refused & set(_positions(self.machines)):
            raise ValidationError(_l("What is not as agreed does not go on sale."))
        self._check_rest(len(refused))

    def validate_refused_units(self, field: Any) -> None:
        if (field.whole or 0) + (self.units.whole or 0) > self.among:
            raise ValidationError(_l("What is not as agreed does not go on sale."))
        self._check_rest(field.whole or 0)

    def _check_rest(self, refused: int) -> None:
        if refused >= self.among:
            raise ValidationError(_l("Nothing is left of them: reject the goods instead."))

    @property
    def _rest(self) -> Rest | None:
        if "refused" in self:
            return Rest(_positions(self.refused)) if self.refused.data else None
        units = self.refused_units.whole if "refused_units" in self else None
        return Rest(units=units) if units else None


def examine_form(
    *, is_repair: bool, may_split: bool, machines: Sequence[Machine], units: int, warehouses: Sequence[Warehouse]
) -> type[ExamineForm]:
    """Of a repair nothing becomes ours; else each unit goes on sale again, is written off, or is not accepted."""
    fields: dict[str, Any] = {"among": units}
    if not is_repair:
        if machines:
            choices = [(str(each.position), each.serial or str(each.position)) for each in machines]
            fields["machines"] = TicksField(_l("On sale again (all others are written off)"), choices)
            if may_split:
                fields["refused"] = TicksField(_l("Not as agreed"), choices)
        else:
            fields["units"] = FigureField(_l("Units on sale again"), [Given()], most=units, default=str(units))
            if may_split:
                fields["refused_units"] = FigureField(_l("Units not as agreed"), most=units)
        fields["warehouse"] = ChoiceField(_l("They lie in"), _named(warehouses))
    return type(ExamineForm.__name__, (ExamineForm,), fields)


def _positions(field: Any) -> tuple[int, ...]:
    return tuple(int(position) for position in field.data or ())


class SendGoodsForm(Form):
    """A parcel of a case; `send_form` adds what is in it where that is not what came in."""

    carrier = ChoiceField(_l("Carrier"), ())
    tracking_number = TextField(_l("Tracking number"), [Given()], at_most=60)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        locale = "zh" if is_chinese() else "en"
        self.carrier.choices = [(code, carrier.name(locale)) for code, carrier in CARRIERS.items()]

    def validate_tracking_number(self, field: Any) -> None:
        if field.data and tracking_number_in(field.data) is None:
            raise ValidationError(_l("A tracking number has 6 to 40 letters and digits."))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The serial numbers in the parcel; none where what came in goes back, or the goods have none."""
        return self.serials.serials if "serials" in self else ()

    @property
    def place(self) -> int | None:
        return int(self.warehouse.data) if "warehouse" in self and self.warehouse.data else None


def send_form(
    *, goes_back: bool, own: Sequence[str], is_machine: bool, units: int, warehouses: Sequence[Warehouse]
) -> type[SendGoodsForm]:
    """`own` are the numbers that came in for repair: they leave again unless others are written in their place."""
    fields: dict[str, Any] = {}
    if not goes_back:
        if is_machine:
            at_most = units * (LONGEST + 2) + LONGEST
            fields["serials"] = SerialsField(_l("Serial numbers"), at_most=at_most, default="\n".join(own))
        fields["warehouse"] = ChoiceField(_l("From the stock of"), _named(warehouses))
    return type(SendGoodsForm.__name__, (SendGoodsForm,), fields)


def _named(warehouses: Sequence[Warehouse]) -> list[tuple[str, str]]:
    locale = "zh" if is_chinese() else "en"
    return [(str(place.id), place.name(locale)) for place in warehouses]

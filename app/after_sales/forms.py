"""The buyer's forms: opening a case, writing in it, handing goods in. What it asks depends on kind and goods."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, ValidationError
from wtforms.validators import StopValidation

from app.after_sales.answering import OTHER_CARRIER
from app.after_sales.claimable import Claimable
from app.after_sales.hashrate import Shortfall
from app.after_sales.opening import Claim, MoreThanItCost, WithinTolerance
from app.after_sales.talking import Saying
from app.after_sales.trade_rules import EXCHANGE, MOST_PHOTOGRAPHS, REASONS, REFUND_ONLY, RETURN, SHORT_HASHRATE
from app.catalog import units
from app.foundation.errors import BusinessError
from app.foundation.fields import ChoiceField, FigureField, MoneyField, PicturesField, TicksField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.foundation.languages import is_chinese
from app.shipping.carriers import CARRIERS, tracking_number_in

ASKS_WHY = (REFUND_ONLY, RETURN, EXCHANGE)
DEFECTIVE = "defective"


class MachinesField(TicksField):
    """Machines by their serial numbers; `keys` are the chosen ones."""

    def __init__(self, label: Any, machines: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(label, [(str(key), serial) for key, serial in machines], **options)
        self.flags.required = True

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(int(key) for key in self.data or ())

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if not self.data:
            raise StopValidation(_l("Please choose at least one machine by its serial number."))


class WithPictures(Form):
    """A text with photographs."""

    pictures = PicturesField(_l("Photographs"), most=MOST_PHOTOGRAPHS)


class ClaimForm(WithPictures):
    """What every case says; `claim_form` adds what its kind and its goods ask for."""

    kind = ""
    short: Shortfall | None = None
    """What short hashrate comes to, once it was worked out."""
    text = LinesField(_l("What is wrong?"), [Given(_l("Please describe what is wrong."))], at_most=2000)

    def claim(self) -> Claim:
        """What was said, once it is valid."""
        machines = self.machines.keys if "machines" in self else ()
        measured = self.measured.base if "measured" in self else None
        return Claim(
            kind=self.kind,
            reason=self.reason.data if "reason" in self else DEFECTIVE,
            text=self.text.data or "",
            quantity=len(machines) if "machines" in self else self.quantity.whole or 0,
            machines=machines,
            measured=measured,
            amount=self.amount.money if "amount" in self else None,
        )

    def has_shown(self, short: Shortfall) -> bool:
        """Whether the buyer has seen what these figures come to. Else they are worked out now, to be sent again."""
        figures = f"{short.measured}/{short.units}/{short.owed}"
        seen = self.shown.data == figures
        self.short, self.shown.data = short, figures
        return seen

    def refuse(self, refusal: BusinessError) -> None:
        """Put what the act said at the field that it speaks of, else on top of the form."""
        named = {WithinTolerance: "measured", MoreThanItCost: "amount"}.get(type(refusal), "machines")
        field = self._fields.get(named, self.text)
        field.errors = [*field.errors, refusal.text]


class HashrateField(FigureField):
    """A measured hashrate in the unit in which it was agreed; `base` is it in base units."""

    def __init__(self, label: Any, unit: str, **options: Any) -> None:
        super().__init__(label, [Given()], most=10**9, places=3, **options)
        self.unit = unit

    @property
    def base(self) -> int:
        return int((self.figure or 0) * 10 ** units.EXPONENTS[self.unit])


def claim_form(line: Claimable, kind: str, serials: list[tuple[int, str]], unit: str | None) -> type[ClaimForm]:
    """The form of a case of this kind about this line; `unit` is that of the agreed hashrate."""
    fields: dict[str, Any] = {"kind": kind}
    if line.is_machine:
        fields["machines"] = MachinesField(_l("Which machines, by serial number"), serials)
    else:
        most = max(line.quantity, 1)
        fields["quantity"] = FigureField(_l("How many units"), [Given()], least=1, most=most, default="1")
    if kind in ASKS_WHY:
        fields["reason"] = ChoiceField(
            _l("Reason"), [("", _l("Please choose")), *REASONS.items()], validators=[Given()]
        )
    if kind == REFUND_ONLY:
        fields["amount"] = MoneyField(_l("How much should be paid back?"), [Given()])
    if kind == SHORT_HASHRATE:
        fields["measured"] = HashrateField(
            _l("Measured hashrate of each machine, on average over 24 hours"), unit or "H/s"
        )
        fields["shown"] = HiddenField()
    return type(ClaimForm.__name__, (ClaimForm,), fields)


class SayForm(WithPictures):
    """A message in a case, of the buyer with pictures."""

    text = LinesField(_l("Your message"), [Given(_l("Please write your message."))], at_most=2000)

    def said(self) -> Saying:
        return Saying(self.text.data or "", self.pictures.contents())


class HandInForm(Form):
    """With whom goods come back, under which number."""

    carrier = ChoiceField(_l("Carrier"), ())
    tracking_number = TextField(_l("Tracking number"), [Given()], at_most=60)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        locale = "zh" if is_chinese() else "en"
        known = [(code, carrier.name(locale)) for code, carrier in CARRIERS.items()]
        self.carrier.choices = [*known, (OTHER_CARRIER, _l("Another carrier"))]

    def validate_tracking_number(self, field: Any) -> None:
        if field.data and tracking_number_in(field.data) is None:
            raise ValidationError(_l("A tracking number has 6 to 40 letters and digits."))

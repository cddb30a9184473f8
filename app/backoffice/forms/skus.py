"""A SKU: facts as the trade writes them (TH/s, W, J/TH, kg) on the page, in base units inside; and its price."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.backoffice.forms.fields import MonthField, SizeField, TriStateField
from app.catalog import units
from app.catalog.futures import Terms
from app.catalog.models import Sku
from app.catalog.sheet import TOLERANCE_PERCENT
from app.catalog.variants import Variant
from app.catalog.vocabulary import CONDITIONS, COOLINGS, FUTURES, SPOT
from app.foundation.fields import ChoiceField, FigureField, MoneyField
from app.foundation.forms import Form, Given, TextField
from app.foundation.languages import is_chinese

UNITS = [("", "-"), *((unit, unit) for unit in units.EXPONENTS)]
DELIVERY_TERMS = ((SPOT, _l("In stock")), (FUTURES, _l("Futures")))
SAME = (
    "label_zh",
    "label_en",
    "voltage",
    "interface",
    "condition",
    "delivery",
    "delivery_month",
    "released",
    "cooling",
    "size_mm",
)
TERMS = ("deposit_percent", "balance_days", "grace_days", "cap_percent")
WHOLE = ("noise_low_db", "noise_high_db", "warranty_months", "moq")


class SkuForm(Form):
    """What can be bought. An empty figure is an unknown fact."""

    label_zh = TextField(_l("Variant in Chinese"), at_most=80)
    label_en = TextField(_l("Variant in English"), at_most=80)
    hashrate = FigureField(_l("Hashrate"), most=10**12, places=6)
    hashrate_unit = ChoiceField(_l("Unit of hashrate"), UNITS, optional=True)
    power = FigureField(_l("Power"), most=10**6, places=3)
    efficiency = FigureField(_l("Efficiency"), most=10**9, places=6)
    noise_low_db = FigureField(_l("Noise, lowest"), least=1, most=150)
    noise_high_db = FigureField(_l("Noise, highest"), least=1, most=150)
    cooling = ChoiceField(_l("Cooling"), (), optional=True)
    voltage = TextField(_l("Voltage"), at_most=40)
    interface = TextField(_l("Interface"), at_most=40)
    weight = FigureField(_l("Weight"), most=10**5, places=3)
    size_mm = SizeField(_l("Size"))
    released = MonthField(_l("Released"), or_year=True)
    psu_included = TriStateField(_l("Power supply included"))
    warranty_months = FigureField(_l("Warranty"), most=120)
    condition = ChoiceField(_l("Condition"), ())
    moq = FigureField(_l("Minimum order quantity"), [Given()], least=1, most=100_000)
    delivery = ChoiceField(_l("Delivery term"), DELIVERY_TERMS)
    delivery_month = MonthField(_l("Month of delivery"))
    deposit_percent = FigureField(_l("Deposit"), least=1, most=100)
    balance_days = FigureField(_l("Balance due before the month"), most=365)
    grace_days = FigureField(_l("Days of grace after the month"), most=365)
    daily_percent = FigureField(_l("Compensation for a day of delay"), most=100, places=2)
    cap_percent = FigureField(_l("Compensation at most"), most=100)

    def __init__(self, *arguments: Any, stored: Sku | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.stored = stored
        chinese = is_chinese()
        known = [(word.code, word.zh if chinese else word.en) for word in COOLINGS]
        self.cooling.choices = [("", _l("Not known")), *known]
        self.condition.choices = [(word.code, word.zh if chinese else word.en) for word in CONDITIONS]

    def show(self, sku: Sku) -> None:
        """Fill in what is known of a SKU, in the units of the trade."""
        self.stored = sku
        for name in (*SAME, *WHOLE):
            value = getattr(sku, name)
            self[name].data = "" if value is None else str(value)
        self.hashrate_unit.data = sku.hashrate_unit or ""
        if sku.futures_terms:
            terms = sku.futures_terms.terms
            for name in TERMS:
                self[name].data = str(getattr(terms, name))
            self.daily_percent.data = str(units.plain(Decimal(terms.daily_bp) / 100))
        self.psu_included.process_data(sku.psu_included)
        self.power.data, self.weight.data = _thousandth(sku.power_mw), _thousandth(sku.weight_g)
        if sku.hashrate and sku.hashrate_unit:
            self.hashrate.data = str(units.amount_in(sku.hashrate, sku.hashrate_unit))
            self.efficiency.data = _shown_efficiency(sku)

    def variant(self) -> Variant:
        """Facts and terms in base units, once the form is valid."""
        rate = self._rate()
        facts: dict[str, Any] = {name: self[name].whole or None for name in WHOLE}
        facts |= {name: self[name].data or None for name in SAME}
        return Variant(
            **facts
            | {
                "label_zh": self.label_zh.data or "",
                "label_en": self.label_en.data or "",
                "hashrate": rate.base if rate else None,
                "hashrate_unit": rate.unit if rate else None,
                "power_mw": _thousandfold(self.power),
                "efficiency_fj": self._efficiency(),
                "weight_g": _thousandfold(self.weight),
                "psu_included": self.psu_included.fact,
                "futures_terms": self._terms(),
            }
        )

    def validate_hashrate(self, field: Any) -> None:
        if field.data and not self.hashrate_unit.data:
            raise ValidationError(_l("Please choose the unit of the hashrate."))
        try:
            self._rate()
        except units.NotExact:
            raise ValidationError(_l("This hashrate cannot be kept exactly.")) from None

    def validate_efficiency(self, field: Any) -> None:
        """Facts that contradict each other are typing errors; the import refuses them by the same tolerance."""
        if not field.data:
            return
        try:
            rate, stated = self._rate(), self._efficiency()
        except units.NotExact:
            raise ValidationError(_l("This efficiency cannot be kept exactly.")) from None
        if rate is None:
            raise ValidationError(_l("Efficiency needs a hashrate: it is counted per unit of it."))
        power = _thousandfold(self.power)
        worked_out = units.efficiency_from_power(power, rate.base) if power else None
        if worked_out and stated and abs(stated - worked_out) * 100 > worked_out * TOLERANCE_PERCENT:
            raise ValidationError(_l("Power and hashrate give another efficiency. Please check the three figures."))

    def validate_noise_high_db(self, field: Any) -> None:
        low, high = self.noise_low_db.whole, field.whole
        if low and high and high < low:
            raise ValidationError(_l("The highest noise is below the lowest."))

    def validate_delivery_month(self, field: Any) -> None:
        if self.delivery.data == FUTURES and not field.data:
            raise ValidationError(_l("Please name the month in which the futures start shipping."))

    def validate_deposit_percent(self, field: Any) -> None:
        """Terms are stated whole or not at all."""
        stated = [name for name in (*TERMS, "daily_percent") if self[name].data]
        if self.delivery.data == FUTURES and 0 < len(stated) <= len(TERMS):
            raise ValidationError(_l("Please fill in all five terms of futures, or none: then all is paid before."))

    def _terms(self) -> Terms | None:
        if self.delivery.data != FUTURES or not self.deposit_percent.data:
            return None
        daily_bp = int((self.daily_percent.figure or 0) * 100)
        return Terms(daily_bp=daily_bp, **{name: self[name].whole or 0 for name in TERMS})

    def _rate(self) -> units.Hashrate | None:
        figure, unit = self.hashrate.figure, self.hashrate_unit.data
        return units.Hashrate.of(figure, unit) if figure and unit in units.EXPONENTS else None

    def _efficiency(self) -> int | None:
        figure, unit = self.efficiency.figure, self.hashrate_unit.data
        if not figure or unit not in units.EXPONENTS:
            return None
        if self.stored and unit == self.stored.hashrate_unit and self.efficiency.data == _shown_efficiency(self.stored):
            return self.stored.efficiency_fj  # shown with three decimals, kept with more
        return units.efficiency_from_stated(figure, f"J/{units.per_hash(unit)}")


class PriceForm(Form):
    """A new price and why; empty is "on request"."""

    price = MoneyField(_l("New price"))
    reason = TextField(_l("Reason"), [Given()], at_most=200)


def _shown_efficiency(sku: Sku) -> str:
    if sku.efficiency_fj is None or sku.hashrate_unit is None:
        return ""
    return str(units.efficiency_in(sku.efficiency_fj, sku.hashrate_unit))


def _thousandth(amount: int | None) -> str:
    return "" if amount is None else str(units.plain(Decimal(amount) / 1000))


def _thousandfold(field: FigureField) -> int | None:
    """Milliwatts or grams of a figure in watts or kilograms; zero is as good as unknown."""
    return int(field.figure * 1000) or None if field.figure else None

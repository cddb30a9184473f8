"""What a product page shows of one product and one chosen variant, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalog import units
from app.catalog.electricity import cost_a_day
from app.catalog.futures import Terms
from app.catalog.models import Product, Sku
from app.catalog.neighbours import FreightEstimate, Place, freight_to
from app.catalog.rows import STOCK_STATES, figure, noise, said, stock_note, symbol, unit_price, watts
from app.catalog.vocabulary import CONDITIONS, COOLINGS, DELIVERIES, FUTURES, ON_REQUEST, OUT, SPOT
from app.foundation.money import Money

NEARLY_GONE = 3
Fact = tuple[str, str | None] | tuple[str, str | None, str]


@dataclass(frozen=True)
class Asked:
    """What a visitor typed or chose on the page, or did before. `kwh_typed` is kept as typed where it cannot be read.

    A province may also be suggested by where the address of the request lies.
    """

    province: str | None
    kwh_price: Decimal
    kwh_typed: str | None = None
    is_suggested: bool = False
    quantity: int = 1


@dataclass(frozen=True)
class Delivery:
    """Freight and arrival to the chosen province, from the warehouse that would most likely send."""

    origin: Place
    estimate: FreightEstimate


@dataclass(frozen=True)
class VariantRow:
    """A line of the table of variants."""

    code: str
    label: str
    is_chosen: bool
    condition: str
    watts: str | None
    efficiency: str | None
    efficiency_unit: str
    price: Money | None
    state: str
    state_text: str
    state_note: str


class ProductPage:
    """Read by the template. `places` are the warehouses that hold free units of the product's variants."""

    def __init__(self, product: Product, chosen: Sku, places: Sequence[Place], asked: Asked, locale: str) -> None:
        self.product, self.sku, self.asked, self.locale = product, chosen, asked, locale
        self.variants = [sku for sku in product.skus if not sku.withdrawn]
        self.places = [place for place in places if place.sku_id == chosen.id]
        self.name = chosen.full_name(locale) if len(self.variants) == 1 else product.name(locale)
        self.unit = chosen.hashrate_unit or ""
        self.symbol = symbol(product.kind, product.category.code, chosen.cooling, chosen.power_mw)

    @property
    def subtitle(self) -> str:
        """Maker, kind of work, condition, release: what places the machine at a glance."""
        coins = " ".join(coin.code.upper() for coin in self.product.coins)
        facts = [self.product.brand.name(self.locale), self.product.category.name(self.locale), coins]
        return " · ".join(filter(None, [*facts, said(self.sku.condition, CONDITIONS, self.locale), self.sku.released]))

    @property
    def about(self) -> list[str]:
        """The text of the goods desk, by paragraphs."""
        return [part.strip() for part in self.product.about(self.locale).split("\n") if part.strip()]

    @property
    def short_unit(self) -> str:
        """`T` of `TH/s`, for ¥/T."""
        return units.per_hash(self.unit).removesuffix("H")

    @property
    def warehouses(self) -> list[tuple[str, int, None]]:
        return [(place.name(self.locale), place.units, None) for place in self.places]

    @property
    def most(self) -> int | None:
        """As many as can be ordered at once; a service has no end."""
        return None if self.product.needs_no_parcel else self.units_left

    @property
    def units_left(self) -> int:
        return sum(place.units for place in self.places)

    @property
    def state(self) -> str:
        """What can be had by the stock at hand; a service with a price always."""
        if self.sku.price is None:
            return ON_REQUEST
        if self.product.needs_no_parcel:
            return SPOT
        return self.sku.delivery if self.units_left >= self.sku.moq else OUT

    @property
    def stock_state(self) -> tuple[str, str]:
        """Mark and word of `components/stock.html`."""
        if self.product.needs_no_parcel and self.state == SPOT:
            return "here", _("Available")
        if self.state == SPOT and self.units_left <= NEARLY_GONE:
            return "few", ngettext("%(num)s unit left", "%(num)s units left", self.units_left)
        return STOCK_STATES[self.state], said(self.state, DELIVERIES, self.locale) or ""

    @property
    def can_be_bought(self) -> bool:
        return self.sku.is_on_sale and self.state != OUT

    @property
    def price_per_unit(self) -> Money | None:
        return unit_price(self.sku.price, self.sku.hashrate, self.unit)

    @property
    def headline(self) -> list[tuple[str, str | None, str]]:
        """The strip of four figures; nothing for parts and services."""
        if self.sku.hashrate is None:
            return []
        return [
            (_("Hashrate"), self._hashrate, self.unit),
            (_("Power"), watts(self.sku.power_mw), "W"),
            (_("Efficiency"), self._efficiency, f"J/{units.per_hash(self.unit)}"),
            (_("Noise"), noise(self.sku.noise_low_db, self.sku.noise_high_db), "dB"),
        ]

    @property
    def specification(self) -> list[Fact]:
        """Every fact with its name; None prints as unknown."""
        sku, locale = self.sku, self.locale
        facts: list[Fact] = [
            (_("Maker"), self.product.brand.name(locale)),
            (_("Model"), self.product.model),
            (_("Condition"), said(sku.condition, CONDITIONS, locale)),
        ]
        if sku.hashrate is not None:
            facts += [
                (_("Algorithm"), self.product.category.name(locale)),
                (_("Coin"), ", ".join(coin.name(locale) for coin in self.product.coins) or None),
                *self.headline,
                (_("Cooling"), said(sku.cooling, COOLINGS, locale)),
                (_("Power supply"), _included(sku.psu_included)),
            ]
        if not self.product.needs_no_parcel:
            facts += [fact for fact in self._physical if sku.hashrate is not None or fact[1] is not None]
        return [*facts, (_("Warranty"), self.warranty)]

    @property
    def _physical(self) -> list[Fact]:
        """What one can measure; of a part only what is known."""
        sku = self.sku
        return [
            (_("Input voltage"), sku.voltage),
            (_("Interface"), sku.interface),
            (_("Weight"), figure(units.plain(Decimal(sku.weight_g) / 1000)) if sku.weight_g else None, "kg"),
            (_("Size"), sku.size_mm.replace("x", " × ") if sku.size_mm else None, "mm"),
            (_("Released"), sku.released),
        ]

    @property
    def warranty(self) -> str | None:
        months = self.sku.warranty_months
        if months is None:
            return None
        return ngettext("%(num)s month", "%(num)s months", months) if months else _("none")

    @property
    def terms(self) -> list[tuple[str, str | None]]:
        """What a buyer looks for beside the price."""
        if self.product.needs_no_parcel:
            return [(_("Minimum order"), self._units(self.sku.moq)), (_("Delivery"), _("A service: nothing is sent"))]
        lead = _("within 48 hours of payment")
        if self.sku.delivery == FUTURES:
            lead = _("shipping starts in %(month)s", month=self.sku.delivery_month or "-")
        origin = self.delivery_from.name(self.locale) if self.delivery_from else None
        return [
            (_("Minimum order"), self._units(self.sku.moq)),
            (_("Ships from"), origin),
            (_("Lead time"), lead if self.state in (SPOT, FUTURES) else None),
            (_("Warranty"), self.warranty),
        ]

    @property
    def futures_terms(self) -> Terms | None:
        """What a buyer of these futures is promised."""
        offered = self.sku.futures_terms if self.sku.is_futures else None
        return offered.terms if offered else None

    @property
    def deposit(self) -> Money | None:
        """What makes an order of one unit firm."""
        return self.futures_terms.deposit_of(self.sku.price) if self.futures_terms and self.sku.price else None

    @property
    def delivery_from(self) -> Place | None:
        """The warehouse with most left, which would serve an order."""
        return max(self.places, key=lambda place: place.units, default=None)

    @property
    def delivery(self) -> Delivery | None:
        origin = self.delivery_from
        if origin is None or self.asked.province is None or self.product.needs_no_parcel:
            return None
        estimate = freight_to(self.sku.weight_g, max(self.sku.moq, 1), origin.province, self.asked.province)
        return Delivery(origin, estimate) if estimate else None

    @property
    def power_cost(self) -> Money | None:
        """What the machine draws in a day, at the price asked for."""
        return cost_a_day(self.sku.power_mw, self.asked.kwh_price) if self.sku.power_mw else None

    @property
    def offers_estimates(self) -> bool:
        """Whether there is anything to work out: freight, or the cost of power."""
        return self.delivery_from is not None or self.power_cost is not None

    @property
    def moq_text(self) -> str:
        return self._units(max(self.sku.moq, 1))

    @property
    def kwh_shown(self) -> str:
        """The price in its box: as typed where it could not be read."""
        return self.asked.kwh_typed or f"{self.asked.kwh_price:f}"

    @property
    def variant_rows(self) -> list["VariantRow"]:
        return [self._variant_row(sku) for sku in self.variants]

    def _variant_row(self, sku: Sku) -> "VariantRow":
        unit, state = sku.hashrate_unit or "", sku.delivery_state
        return VariantRow(
            code=sku.code,
            label=sku.label(self.locale) or sku.code,
            is_chosen=sku.id == self.sku.id,
            condition=said(sku.condition, CONDITIONS, self.locale) or "",
            watts=watts(sku.power_mw),
            efficiency=figure(units.efficiency_in(sku.efficiency_fj, unit)) if sku.efficiency_fj and unit else None,
            efficiency_unit=f"J/{units.per_hash(unit)}",
            price=sku.price,
            state=STOCK_STATES[state],
            state_text=said(state, DELIVERIES, self.locale) or "",
            state_note=stock_note(state, sku.delivery_month, sku.moq),
        )

    @property
    def plain_watts(self) -> str:
        return f"{units.plain(Decimal(self.sku.power_mw or 0) / 1000):f}"

    @property
    def _hashrate(self) -> str | None:
        return figure(units.amount_in(self.sku.hashrate, self.unit)) if self.sku.hashrate else None

    @property
    def _efficiency(self) -> str | None:
        return figure(units.efficiency_in(self.sku.efficiency_fj, self.unit)) if self.sku.efficiency_fj else None

    def _units(self, count: int) -> str:
        return ngettext("%(num)s unit", "%(num)s units", count)


def _included(answer: bool | None) -> str | None:
    return None if answer is None else _("supplied with it") if answer else _("not supplied")

"""From stored figures to what a row of a listing prints: the fields of `components/machine_table.html`.

Figures come out as text with thousands separators, which both languages write alike, so a page of rows costs no
formatting in the template.
"""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from app.catalog import units
from app.catalog.queries import ListedSku
from app.catalog.vocabulary import CONDITIONS, COOLINGS, DELIVERIES, FUTURES, MACHINE, ON_REQUEST, OUT, SPOT, Word, word
from app.foundation.money import Money

STOCK_STATES = {SPOT: "here", FUTURES: "coming", ON_REQUEST: "unknown", OUT: "none"}
HOME_WATTS, SMALL_WATTS, LARGE_AIR_WATTS, LARGE_HYDRO_WATTS = 300, 2000, 5000, 8000


@dataclass(frozen=True)
class MachineRow:
    """One SKU on a listing, in one language."""

    sku_id: int
    code: str
    slug: str
    name: str
    note: str
    symbol: str
    algorithm: str | None
    coin: str | None
    hashrate: str | None
    hashrate_unit: str
    watts: str | None
    efficiency: str | None
    efficiency_unit: str
    noise: str | None
    cooling: str | None
    price: Money | None
    unit_price: Money | None
    unit: str
    stock_state: str
    stock_text: str
    stock_note: str
    moq: int
    can_be_bought: bool
    url: str = ""


def machine_row(sku: ListedSku, locale: str, coin: str | None, url: str) -> MachineRow:
    """A row for `zh` or `en`; `coin` and `url` are the caller's, who knows names and addresses."""
    unit = sku.unit or sku.hashrate_unit or ""
    label = sku.label_zh if locale == "zh" else sku.label_en
    shown = " ".join(filter(None, (sku.name_zh if locale == "zh" else sku.name_en, label)))
    state = ON_REQUEST if sku.price is None else sku.delivery if sku.available else OUT
    return MachineRow(
        sku_id=sku.sku_id,
        code=sku.code,
        slug=sku.slug,
        url=url,
        name=shown,
        note=" · ".join(filter(None, (said(sku.condition, CONDITIONS, locale), sku.released))),
        symbol=symbol(sku.kind, sku.category, sku.cooling, sku.power_mw),
        algorithm=sku.category_zh if locale == "zh" else sku.category_en,
        coin=coin,
        hashrate=figure(units.amount_in(sku.hashrate, unit)) if sku.hashrate and unit else None,
        hashrate_unit=unit,
        watts=watts(sku.power_mw),
        efficiency=figure(units.efficiency_in(sku.efficiency_fj, unit)) if sku.efficiency_fj and unit else None,
        efficiency_unit=f"J/{units.per_hash(unit)}",
        noise=noise(sku.noise_low_db, sku.noise_high_db),
        cooling=said(sku.cooling, COOLINGS, locale),
        price=sku.price,
        unit_price=unit_price(sku.price, sku.hashrate, unit),
        unit=units.per_hash(unit).removesuffix("H"),
        stock_state=STOCK_STATES[state],
        stock_text=said(state, DELIVERIES, locale) or "",
        stock_note=stock_note(state, sku.delivery_month, sku.moq),
        moq=sku.moq,
        can_be_bought=sku.price is not None and sku.available,
    )


def said(code: str | None, words: tuple[Word, ...], locale: str) -> str | None:
    """The word for a code in this language; None stays None."""
    entry = word(code, words) if code else None
    return None if entry is None else entry.zh if locale == "zh" else entry.en


def stock_note(state: str, month: str | None, moq: int) -> str:
    """What matters beside the state: when futures start shipping, how many one must take."""
    notes = [_("ships from %(month)s", month=month)] if state == FUTURES and month else []
    notes += [_("from %(n)s units", n=moq)] if moq > 1 and state in (SPOT, FUTURES) else []
    return " · ".join(notes)


def figure(number: Decimal | int) -> str:
    """1,234.5 in both languages."""
    return f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"


def watts(power_mw: int | None) -> str | None:
    return None if power_mw is None else figure(units.plain(Decimal(power_mw) / 1000))


def noise(low: int | None, high: int | None) -> str | None:
    """`75`, or `33–55` where it depends on the mode."""
    if high is None:
        return None
    return str(high) if low in (None, high) else f"{low}–{high}"


def unit_price(price: Money | None, hashrate: int | None, unit: str) -> Money | None:
    """Price of one unit of hashrate: ¥ per T."""
    return Money(units.price_per_unit(price.fen, hashrate, unit)) if price and hashrate and unit else None


def symbol(kind: str, category: str, cooling: str | None, power_mw: int | None) -> str:
    """The drawing for a machine by cooling and wattage, for a part by what it is; neutral where that is not known."""
    if kind != MACHINE:
        return (
            category if category in ("psu", "board", "fan", "cable") else "service" if kind == "service" else "neutral"
        )
    power = power_mw / 1000 if power_mw is not None else None
    if power is not None and power < HOME_WATTS:
        return "home"
    if cooling == "air":
        return (
            "air-m"
            if power is None
            else "air-s"
            if power < SMALL_WATTS
            else "air-l"
            if power > LARGE_AIR_WATTS
            else "air-m"
        )
    if cooling == "hydro":
        return "hydro-l" if power is not None and power > LARGE_HYDRO_WATTS else "hydro-m"
    return "immersion-m" if cooling == "immersion" else "neutral"

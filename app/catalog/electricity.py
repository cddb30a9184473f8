"""What a machine draws in a day, at the buyer's own price of a kWh. A cost, never a yield. Pure."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.money import Money

DEFAULT_YUAN_PER_KWH = Decimal("0.40")
PRICE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


def kwh_price_in(typed: str | None) -> Decimal | None:
    """Yuan per kWh as typed; None for what is not a plain number of at most four decimals."""
    text = unicodedata.normalize("NFKC", typed or "").strip()
    return Decimal(text) if PRICE.fullmatch(text) else None


def cost_a_day(power_mw: int, yuan_per_kwh: Decimal) -> Money:
    """24 hours at rated power, to the nearest fen."""
    fen = Decimal(power_mw) * 24 / 1_000_000 * yuan_per_kwh * 100
    return Money(int(fen.quantize(Decimal(1), ROUND_HALF_UP)))

"""What the page that thanks for an order tells of it: whose goods, and a band of its amount. Clause 3.2."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from jinja2.runtime import Context

from app.foundation.money import Money

AMOUNT_BANDS_YUAN = (1_000, 5_000, 10_000, 50_000, 100_000, 500_000)
"""Where the second band of amounts and each further one begins. Counters keep the numbers: append only."""
NUMBER_OF_BANDS = len(AMOUNT_BANDS_YUAN) + 1


def amount_band(amount: Money) -> int:
    """The band of an order's amount, from 1."""
    return 1 + sum(amount.fen >= limit * 100 for limit in AMOUNT_BANDS_YUAN)


def name_of_band(band: int) -> str:
    """The amounts of a band: its lower bound and that of the next, in whole yuan."""
    bounds = [f"¥{limit:,}" for limit in AMOUNT_BANDS_YUAN]
    if band <= 1:
        return f"< {bounds[0]}"
    return f"{bounds[band - 2]} - {bounds[band - 1]}" if band <= len(bounds) else f"≥ {bounds[-1]}"


@dataclass(frozen=True, slots=True)
class Bought:
    """What a page that thanks for an order says of it: whose goods, and about how much. Neither number nor buyer."""

    principals: Sequence[int] = ()
    amount: Money | None = None

    @property
    def band(self) -> int:
        return amount_band(self.amount) if self.amount else 0


def orders_are_read_by(app: Flask, reader: Callable[[Any], Bought]) -> None:
    """Let the page that thanks say what was bought: `reader` gives it once for each order, and nothing afterwards."""
    app.extensions["bought_reader"] = reader


def bought_in(context: Context) -> Bought:
    reader: Callable[[Any], Bought] = current_app.extensions.get("bought_reader", lambda order: Bought())
    return reader(context.get("order"))

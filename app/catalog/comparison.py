"""A few SKUs side by side: one line per fact, the best figure of a line marked where machines compare."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext as _

from app.catalog.facets import Shelf
from app.catalog.listing import code_of
from app.catalog.queries import ListedSku
from app.catalog.rows import MachineRow, machine_row
from app.foundation.money import Money

MOST = 4


@dataclass(frozen=True)
class Cell:
    """A fact of one machine. `is_best` only where all machines share an algorithm."""

    text: str | None
    unit: str = ""
    money: Money | None = None
    is_best: bool = False


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]


class Comparison:
    """Read by the template. `address` is the page's own, for links that leave a machine out."""

    def __init__(
        self,
        shelf: Shelf,
        skus: Sequence[ListedSku],
        locale: str,
        product_url: Callable[[str, str], str],
        address: str,
    ) -> None:
        self.skus, self.address = skus, address
        self.rows = [
            machine_row(sku, locale, shelf.coins_of(sku.sku_id), product_url(sku.slug, code_of(shelf, sku)))
            for sku in skus
        ]
        self.comparable = len({(sku.category, sku.unit) for sku in skus}) == 1 and len(skus) > 1

    def without(self, row: MachineRow) -> str:
        """The page without this machine."""
        left = [("sku", other.code) for other in self.rows if other.code != row.code]
        return f"{self.address}?{urlencode(left)}" if left else self.address

    @property
    def lines(self) -> list[Line]:
        rows, skus = self.rows, self.skus
        return [
            Line(_("Algorithm"), [Cell(row.algorithm) for row in rows]),
            Line(_("Coin"), [Cell(row.coin) for row in rows]),
            self._figures(_("Hashrate"), "hashrate", [sku.hashrate for sku in skus], highest=True),
            self._figures(_("Power"), "watts", [sku.power_mw for sku in skus]),
            self._figures(_("Efficiency"), "efficiency", [sku.efficiency_fj for sku in skus]),
            self._figures(_("Noise"), "noise", [sku.noise_high_db for sku in skus]),
            Line(_("Cooling"), [Cell(row.cooling) for row in rows]),
            Line(_("Condition and release"), [Cell(row.note or None) for row in rows]),
            self._money(_("Price"), [row.price for row in rows], [""] * len(rows)),
            self._money(_("Price per T"), [row.unit_price for row in rows], [f"/{row.unit}" for row in rows]),
            Line(_("Stock and delivery"), [Cell(_joined(row)) for row in rows]),
        ]

    def _figures(self, name: str, field: str, figures: Sequence[int | None], *, highest: bool = False) -> Line:
        unit_of = {"hashrate": "hashrate_unit", "efficiency": "efficiency_unit"}.get(field)
        fixed = {"watts": "W", "noise": "dB"}.get(field, "")
        best = self._best(figures, highest)
        cells = [
            Cell(getattr(row, field), getattr(row, unit_of) if unit_of else fixed, is_best=number in best)
            for number, row in enumerate(self.rows)
        ]
        return Line(name, cells)

    def _money(self, name: str, amounts: Sequence[Money | None], units: Sequence[str]) -> Line:
        best = self._best([amount.fen if amount else None for amount in amounts], False)
        pairs = enumerate(zip(amounts, units, strict=True))
        return Line(name, [Cell(None, unit, amount, number in best) for number, (amount, unit) in pairs])

    def _best(self, figures: Sequence[int | None], highest: bool) -> set[int]:
        """Where the best figure stands; nowhere if all are equal or the machines do not compare."""
        known = [figure for figure in figures if figure is not None]
        if not self.comparable or len(set(known)) < 2:
            return set()
        best = max(known) if highest else min(known)
        return {number for number, figure in enumerate(figures) if figure == best}


def _joined(row: MachineRow) -> str:
    return " · ".join(filter(None, (row.stock_text, row.stock_note)))

"""What the catalogue's pages show that slices above it know: stock by warehouse, freight to a province.

Imports run downward, so those slices hand their readers in when they are wired, as they hand `privacy` theirs. Without
them (a catalogue alone) the pages show no stock and no freight.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.foundation.money import Money


class Place(NamedTuple):
    """Free units of a SKU in a warehouse. `province` is the code of a province."""

    sku_id: int
    warehouse_id: int
    name_zh: str
    name_en: str
    province: str
    units: int

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


@dataclass(frozen=True)
class FreightEstimate:
    """What sending costs and how many days it is on the road."""

    amount: Money
    days_low: int
    days_high: int
    weight_is_known: bool


StockReader = Callable[[Session, Collection[int]], Sequence[Any]]
FreightReader = Callable[[int | None, int, str, str], FreightEstimate]
"""(grams of a unit or None, units, province of origin, province of destination) -> estimate"""


@dataclass
class Neighbours:
    """What was handed in so far."""

    stock: StockReader = lambda session, sku_ids: ()
    freight: FreightReader | None = None
    provinces: Callable[[str], list[tuple[str, str]]] = lambda locale: []
    province_at: Callable[[str], str] = lambda place: ""


def hand_in(app: Flask, **readers: Any) -> None:
    """Called by a slice above when it is wired: `stock=`, `freight=`, `provinces=`, `province_at=`."""
    for name, reader in readers.items():
        if not hasattr(Neighbours, name):
            raise ValueError(f"the catalogue asks nobody for {name}")
        setattr(_of(app), name, reader)


def stock_of(session: Session, sku_ids: Collection[int]) -> tuple[Place, ...]:
    """Where free units of these SKUs lie."""
    return tuple(Place(*row) for row in _of(current_app).stock(session, sku_ids))


def freight_to(weight_g: int | None, units: int, origin: str, destination: str) -> FreightEstimate | None:
    """An estimate, or None where nobody makes any."""
    reader = _of(current_app).freight
    return reader(weight_g, units, origin, destination) if reader else None


def provinces(locale: str) -> list[tuple[str, str]]:
    """(code, name) of the provinces that can be chosen, in a fixed order."""
    return _of(current_app).provinces(locale)


def province_at(place: str) -> str:
    """The code of the province that a place is ("CN-GD"), "" for none."""
    return _of(current_app).province_at(place)


def _of(app: Flask) -> Neighbours:
    neighbours: Neighbours = app.extensions.setdefault("catalog_neighbours", Neighbours())
    return neighbours

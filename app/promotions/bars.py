"""A row of bars, one a day, as shapes of an SVG drawn on the server. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 640, 96
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Bar:
    """Lengths in the units of the SVG; `label` is the day."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True)
class Bars:
    """`title` says what is drawn; `most` is the value of the highest bar."""

    title: str
    bars: list[Bar]
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def bars_of(days: Sequence[tuple[int, int]], title: str) -> Bars:
    """`days`: day number (from 1970-01-01) and value, in order."""
    most = max((value for _, value in days), default=0)
    pitch = WIDTH / max(len(days), 14)
    bars = []
    for place, (day, value) in enumerate(days):
        height = round(value / most * HEIGHT, 2) if most else 0
        label, left = (EPOCH + timedelta(days=day)).isoformat(), round(place * pitch, 2)
        bars.append(Bar(left, round(HEIGHT - height, 2), round(pitch * 0.8, 2), height, label, value))
    return Bars(title, bars, most)

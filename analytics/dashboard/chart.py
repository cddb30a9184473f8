"""The geometry of the one chart, worked out on the server and drawn by the template as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 840, 280
LEFT, RIGHT, TOP, BOTTOM = 60, 14, 12, 34
MOST_LABELS = 7


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    label: str
    value: int


@dataclass(frozen=True)
class Chart:
    """Points of this period and the one before, lines across with their value, names of days below."""

    width: int
    height: int
    left: int
    right: int
    baseline: int
    points: list[Point]
    before: str
    """The dotted line, as the value of `points` of a polyline."""
    grid: list[tuple[float, int]]
    labels: list[Point]
    is_open: bool
    """True where the last point will still grow: the way to it is drawn in dashes."""

    @property
    def line(self) -> str:
        return _path(self.points[:-1] if self.is_open else self.points)

    @property
    def open_line(self) -> str:
        """The way to a last point that will still grow."""
        return _path(self.points[-2:]) if self.is_open else ""

    @property
    def area(self) -> str:
        """The ground under the line, as a polygon."""
        if not self.points:
            return ""
        return f"{self.points[0].x:g},{self.baseline} {_path(self.points)} {self.points[-1].x:g},{self.baseline}"


def chart_of(days: Sequence[str], values: Sequence[int], before: Sequence[int], *, is_open: bool = False) -> Chart:
    """`before` has at most as many values. The scale begins at 0 and ends at a round number.

    `is_open` says that the last value will still grow.
    """
    top = round_up(max([*values, *before, 1]))
    points = _points(days, values, top)
    every = max(1, -(-len(days) // MOST_LABELS))
    steps = next(number for number in (4, 5, 3) if top % number == 0)
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        baseline=HEIGHT - BOTTOM,
        points=points,
        before=_path(_points(days, before, top)),
        grid=[(_y(top * step / steps, top), top * step // steps) for step in range(steps + 1)],
        labels=points[::every],
        is_open=is_open,
    )


@dataclass(frozen=True)
class Flag:
    """Where a note stands on the chart: its number in the list below, and how high, so that neighbours stay apart."""

    number: int
    x: float
    y: float


FLAG_APART = 18


def flags_of(chart: Chart, places: Sequence[int]) -> list[Flag]:
    """A flag for each note, by the number of the point that it belongs to; those at one point stand below another."""
    found: list[Flag] = []
    for number, place in enumerate(places, 1):
        x = chart.points[place].x
        near = sum(abs(flag.x - x) < FLAG_APART for flag in found)
        found.append(Flag(number, x, TOP + FLAG_APART * (near % 5)))
    return found


def round_up(number: int) -> int:
    """The next number of the form 1, 2, 4, 6, 8 or 10 times a power of ten; at least 4, so that lines are whole."""
    power = 1
    while number > 10 * power:
        power *= 10
    found = next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= number)
    return max(4, found)


def _points(days: Sequence[str], values: Sequence[int], top: int) -> list[Point]:
    space = WIDTH - LEFT - RIGHT
    step = space / (len(days) - 1) if len(days) > 1 else 0
    start = LEFT if len(days) > 1 else LEFT + space / 2
    return [
        Point(round(start + index * step, 1), _y(value, top), day, value)
        for index, (day, value) in enumerate(zip(days, values, strict=False))
    ]


def _y(value: float, top: int) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{point.x:g},{point.y:g}" for point in points)

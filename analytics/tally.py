"""What one hit adds to the counters: deltas spread over cells, gathered in memory until one transaction writes them.

Pure. The names of tables and measures are those of `store.py`. Where a figure is cut by a dimension, everything about a
visit (visits, pages, bounces, seconds, visitors) goes by what was true when the visit began; a page view goes by what
was true of that page (language, device, width, member), but by the visit's source and entry page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from analytics.codes import Cut, LeftOut, channel_of, kind_of_page
from analytics.promotion import Measure, Move
from analytics.visit import Deltas

FIGURES = ("views", "pages", "visits", "bounces", "seconds")
PAGE_FIGURES = ("views", "entries", "exits")

FigureCell = tuple[int, int, int, int]


class Tally:
    """Sums to be added to the store, by table. Keys are the key columns in their order there."""

    def __init__(self) -> None:
        self.figures: dict[FigureCell, list[int]] = defaultdict(lambda: [0] * len(FIGURES))
        self.gaps: dict[tuple[int, int, int, int, int], int] = defaultdict(int)
        self.page_figures: dict[FigureCell, list[int]] = defaultdict(lambda: [0] * len(PAGE_FIGURES))
        self.funnel: dict[tuple[int, int, int, int, int], int] = defaultdict(int)
        self.conversions: dict[tuple[int, int, int, int], int] = defaultdict(int)
        self.left_out: dict[tuple[int, int], int] = defaultdict(int)
        self.promotions: dict[Move, int] = defaultdict(int)
        self.pages: dict[int, str] = {}

    def leave_out(self, day: int, reason: LeftOut, hits: int = 1) -> None:
        self.left_out[day, reason] += hits

    def name_page(self, page: int, key: str) -> None:
        self.pages[page] = key

    def book(self, moved: Deltas, *, raced: bool = False) -> None:
        """Add one hit. Of two hits that used one and the same memory, the second (`raced`) adds its view alone."""
        self._book_view(moved)
        if raced:
            self.leave_out(moved.day, LeftOut.RACED)
        elif moved.number == 0:
            self.leave_out(moved.day, LeftOut.NO_COOKIES)
        else:
            self._book_visit(moved)

    def convert(self, moved: Deltas, band: int) -> None:
        """Add one placed order, seen by the beacon, in its band of amounts."""
        self.conversions[moved.day, moved.first_source, moved.source, band] += 1

    def promote(self, moves: Iterable[Move], *, raced: bool = False) -> None:
        """Add what a page moved about promotions. Of two that used one memory the second adds its showings alone."""
        for move in moves:
            if not raced or move.measure == Measure.SHOWN:
                self.promotions[move] += 1

    def _book_view(self, moved: Deltas) -> None:
        for cut, value in cuts_of_view(moved):
            self.figures[moved.day, cut, value, 0][0] += 1
        self.page_figures[moved.day, Cut.ALL, 0, moved.page][0] += 1

    def _book_visit(self, moved: Deltas) -> None:
        begins = int(moved.number == 1)
        bounces = begins - int(moved.number == 2)
        for cut, value in cuts_of_visit(moved):
            cell = self.figures[moved.visit_day, cut, value, 0]
            cell[1] += 1
            cell[2] += begins
            cell[3] += bounces
            cell[4] += moved.seconds
            if moved.gap:
                self.gaps[moved.day, cut, value, 0, moved.gap] += 1
        self._book_ends(moved, begins)
        if moved.step_after != moved.step_before:
            self.funnel[moved.visit_day, Cut.ALL, 0, moved.step_before, moved.step_after] += 1

    def _book_ends(self, moved: Deltas, begins: int) -> None:
        if begins:
            self.page_figures[moved.visit_day, Cut.ALL, 0, moved.page][1] += 1
        if moved.left == moved.page:
            return
        self.page_figures[moved.visit_day, Cut.ALL, 0, moved.page][2] += 1
        if moved.left:
            self.page_figures[moved.visit_day, Cut.ALL, 0, moved.left][2] -= 1


def cuts_of_view(moved: Deltas) -> Iterable[tuple[int, int]]:
    yield from _cuts(moved, moved.device, moved.width, moved.language, moved.member)


def cuts_of_visit(moved: Deltas) -> Iterable[tuple[int, int]]:
    yield from _cuts(moved, moved.visit_device, moved.visit_width, moved.visit_language, moved.visit_member)


def _cuts(moved: Deltas, device: int, width: int, language: int, member: int) -> Iterator[tuple[int, int]]:
    yield Cut.ALL, 0
    yield Cut.DEVICE, device
    yield Cut.WIDTH, width
    yield Cut.LANGUAGE, language
    yield Cut.CHANNEL, channel_of(moved.source)
    yield Cut.SOURCE, moved.source
    yield Cut.MEMBER, member
    yield Cut.ENTRY_KIND, kind_of_page(moved.entry)

"""What hits add to the counters: deltas gathered by profile in memory, then spread over cells for one transaction.

Pure. The names of tables and measures are those of `store.py`. Where a figure is cut by a dimension, everything about a
visit (visits, pages, bounces, seconds, visitors) goes by what was true when the visit began; a page view goes by what
was true of that page (device, browser, language, member ...), but by the visit's source, campaign and entry page.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from analytics.cells import Cell, Profile, all_cells, filter_cells
from analytics.codes import Cut, LeftOut, Mark, Matter, kind_of_page, page_code
from analytics.days import first_day_of_month, month_of, week_of
from analytics.journal import NOT_LOADED, LeavingLine
from analytics.promotion import SAW_IT, Audience, Measure, Move
from analytics.visit import NEW, Classes, Deltas

FIGURES = ("views", "pages", "visits", "bounces", "seconds")
PAGE_FIGURES = ("views", "entries", "exits", "seconds")

AUDIENCE_CUTS = (Cut.DEVICE, Cut.PLACE, Cut.MEMBER, Cut.RETURNING)
"""By which those are counted whom a promotion reached: each alone, in the order of promotion.Audience."""


class Tally:
    """Sums to be added to the store. `book` gathers; the properties give the cells of each table."""

    def __init__(self) -> None:
        self._profiles: dict[Profile, int] = {}
        self._figures: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        self._visitors: dict[tuple[int, int, int], int] = defaultdict(int)
        self._pages: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._steps: dict[tuple[int, int, int, int], int] = defaultdict(int)
        self.hours: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        self.cohorts: dict[tuple[int, int], int] = defaultdict(int)
        self.conversions: dict[tuple[int, int, int, int], int] = defaultdict(int)
        self.marks: dict[tuple[int, int, int], int] = defaultdict(int)
        self.not_found: dict[tuple[int, int, int], int] = defaultdict(int)
        self.left_out: dict[tuple[int, int], int] = defaultdict(int)
        self.timings: dict[tuple[int, int, int], int] = defaultdict(int)
        self.faults: dict[tuple[int, int, int], int] = defaultdict(int)
        self.page_times: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        self.loads: dict[tuple[int, int, int], int] = defaultdict(int)
        self.outbound: dict[tuple[int, int, int, int], int] = defaultdict(int)
        self.promotions: dict[Move, int] = defaultdict(int)
        self.promotion_audience: dict[tuple[int, int, int, int], int] = defaultdict(int)
        self.pages: dict[int, str] = {}

    def leave_out(self, day: int, reason: LeftOut, hits: int = 1) -> None:
        self.left_out[day, reason] += hits

    def name_page(self, page: int, key: str) -> None:
        self.pages[page] = key

    def book_server(self, day: int, matter: int, a: int, b: int, answers: int) -> None:
        """Add what the site itself did: see `journal.ServerLine`."""
        if matter == Matter.ANSWER:
            self.timings[day, a, b] += answers
        else:
            self.faults[day, a, b] += answers

    def book_leaving(self, line: LeavingLine) -> None:
        """Add what a page told when it was left; of visits this moves nothing."""
        sums, kind = self.page_times[line.day, line.page], kind_of_page(line.page)
        sums[0] += line.hits
        sums[1] += line.seconds
        if line.bucket != NOT_LOADED:
            self.loads[line.day, kind, line.bucket] += 1
        for way, target in line.led:
            self.outbound[line.day, kind, way, target] += 1

    def book(self, moved: Deltas, *, raced: bool = False) -> None:
        """Add one hit. Of two hits that used one and the same memory, the second (`raced`) adds its view alone."""
        shown = self._number_of(moved.classes, moved)
        self._figures[moved.day, shown][0] += 1
        self._pages[moved.day, shown, moved.page][0] += 1
        self.hours[moved.day, moved.hour][0] += 1
        if raced:
            self.leave_out(moved.day, LeftOut.RACED)
        elif moved.number == 0:
            self.leave_out(moved.day, LeftOut.NO_COOKIES)
        else:
            same = moved.visit_classes == moved.classes
            self._book_visit(moved, shown if same else self._number_of(moved.visit_classes, moved))

    def _number_of(self, classes: Classes, moved: Deltas) -> int:
        """A number that stands for a profile in this tally."""
        profile = Profile(classes, moved.source, moved.campaign, kind_of_page(moved.entry))
        return self._profiles.setdefault(profile, len(self._profiles))

    def move_on(self, moved: Deltas) -> None:
        """Add what a page counted before moves of its visit when it is shown again: time, way and day, but no view."""
        self._book_visit(moved, self._number_of(moved.visit_classes, moved), pages=0)

    def convert(self, moved: Deltas, band: int) -> None:
        """Add one placed order, seen by the beacon, in its band of amounts."""
        self.conversions[moved.day, moved.first_source, moved.source, band] += 1

    def mark(self, moved: Deltas, mark: Mark, key: str) -> None:
        """Add what a page told of a catalogue key, or of the group of addresses that leads nowhere."""
        about = page_code(kind_of_page(moved.page), key)
        self.name_page(about, key)
        if mark == Mark.NOT_FOUND:
            self.not_found[moved.day, about, moved.source] += 1
        else:
            self.marks[moved.day, about, mark] += 1

    def promote(self, moves: Iterable[Move], audience: Audience, *, raced: bool = False) -> None:
        """Add what a page moved about promotions. Of two that used one memory the second adds its showings alone."""
        for move in moves:
            if not raced or move.measure == Measure.SHOWN:
                self.promotions[move] += 1
            if not raced and move.measure == Measure.REACHED and move.arm in SAW_IT:
                for cut, value in zip(AUDIENCE_CUTS, audience, strict=True):
                    self.promotion_audience[move.day, move.campaign, int(cut), value] += 1

    def _book_visit(self, moved: Deltas, visit: int, pages: int = 1) -> None:
        begins = int(moved.number == 1)
        sums = self._figures[moved.visit_day, visit]
        sums[1] += pages
        sums[2] += begins
        sums[3] += begins - int(moved.number == 2)
        sums[4] += moved.seconds
        if begins:
            self.hours[moved.day, moved.hour][1] += 1
        if moved.gap:
            self._visitors[moved.day, visit, moved.gap] += 1
        if moved.cohort:
            self.cohorts[moved.cohort, week_of(moved.day)] += 1
        if moved.step_after != moved.step_before:
            self._steps[moved.visit_day, visit, moved.step_before, moved.step_after] += 1
        self._book_ends(moved, visit, begins)

    def _book_ends(self, moved: Deltas, visit: int, begins: int) -> None:
        if moved.left:
            self._pages[moved.visit_day, visit, moved.left][3] += moved.seconds
        if moved.left != moved.page:
            self._pages[moved.visit_day, visit, moved.page][2] += 1
            if moved.left:
                self._pages[moved.visit_day, visit, moved.left][2] -= 1
        self._pages[moved.visit_day, visit, moved.page][1] += begins

    @property
    def figures(self) -> dict[tuple[int, int, int, int], list[int]]:
        """(day, cut, a, b): FIGURES."""
        found: dict[tuple[int, int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        cells = self._cells(all_cells)
        for (day, profile), (views, pages, visits, bounces, seconds) in self._figures.items():
            for cut, a, b in cells[profile]:
                sums = found[day, cut, a, b]
                sums[0] += views
                sums[1] += pages
                sums[2] += visits
                sums[3] += bounces
                sums[4] += seconds
        return found

    @property
    def visitor_gaps(self) -> dict[tuple[int, int, int, int, int], int]:
        """(day, cut, a, b, gap): visitors."""
        found: dict[tuple[int, int, int, int, int], int] = defaultdict(int)
        cells = self._cells(all_cells)
        for (day, profile, gap), visitors in self._visitors.items():
            for cut, a, b in cells[profile]:
                found[day, cut, a, b, gap] += visitors
        return found

    @property
    def page_figures(self) -> dict[tuple[int, int, int, int], list[int]]:
        """(day, cut, a, page): PAGE_FIGURES."""
        found: dict[tuple[int, int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        cells = self._cells(filter_cells)
        for (day, profile, page), (views, entries, exits, seconds) in self._pages.items():
            for cut, a, _ in cells[profile]:
                sums = found[day, cut, a, page]
                sums[0] += views
                sums[1] += entries
                sums[2] += exits
                sums[3] += seconds
        return found

    @property
    def funnel(self) -> dict[tuple[int, int, int, int, int], int]:
        """(day, cut, a, step before, step after): visits."""
        found: dict[tuple[int, int, int, int, int], int] = defaultdict(int)
        cells = self._cells(filter_cells)
        for (day, profile, before, after), visits in self._steps.items():
            for cut, a, _ in cells[profile]:
                found[day, cut, a, before, after] += visits
        return found

    def _cells(self, of: Callable[[Profile], tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
        """The cells of each profile, in the place of its number."""
        return [of(profile) for profile in self._profiles]


def months_of(cells: Mapping[Any, Any]) -> dict[tuple[int, ...], list[int]]:
    """The sums of cells whose key begins with a day, by month instead."""
    found: dict[tuple[int, ...], list[int]] = {}
    for (day, *key), sums in cells.items():
        numbers = sums if isinstance(sums, list) else [sums]
        months = found.setdefault((month_of(day), *key), [0] * len(numbers))
        for place, number in enumerate(numbers):
            months[place] += number
    return found


def month_gaps_of(gaps: Mapping[Any, int]) -> dict[tuple[int, ...], int]:
    """Visitor gaps by month: (month, cut, a, b, the browser's last active day before): visitors; day 0 is never.

    A browser counts in a range that begins on day f and holds the whole month if that last day lies before f. Where it
    lies in the month itself it never does: f is the first day of the month at the latest.
    """
    found: dict[tuple[int, ...], int] = defaultdict(int)
    for (day, cut, a, b, gap), visitors in gaps.items():
        month = month_of(day)
        if gap > day - first_day_of_month(month):
            found[month, cut, a, b, 0 if gap == NEW else day - gap] += visitors
    return found

"""The linkage game of clause 2.10: a solver who knows everybody's habits and holds every counter guesses no better.

Sixty browsers live a week. The solver knows of each its device, language, source, place and days, and wants to know
which of twelve machines it looked at. All tables of the counting house lie open. While a day lasts its small cells give
visitors away, so the game can be lost; once the days are closed the solver is left with chance.
"""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from analytics.closing import close_days
from analytics.codes import Channel, Cut, page_code, source_code
from analytics.store import Store, add_tally, page_figures
from analytics.tally import Tally
from analytics.visit import Classes, advance, unseen
from tests.analytics.builders import DAY, NOON, TODAY, a_hit, at

MACHINES = [page_code(1, f"m{number}") for number in range(12)]
CROWDS, CROWD, DAYS = 8, 60, 7
GUESSES, CHANCE = CROWDS * CROWD, 1 / len(MACHINES)
FIRST_DAY = TODAY - DAYS - 2
SOURCES = [source_code(Channel.DIRECT), source_code(Channel.SEARCH, "baidu")]


class Habits:
    """What the solver knows of a browser, and the machine that it wants to know."""

    def __init__(self, chance: Random) -> None:
        self.machine = chance.choice(MACHINES)
        self.classes = Classes(
            device=chance.choice([1, 1, 1, 2, 2, 3]), language=chance.choice([1, 1, 2]), place=chance.randrange(8)
        )
        self.source = chance.choice(SOURCES)
        self.days = [FIRST_DAY + number for number in sorted(chance.sample(range(DAYS), chance.randint(1, 3)))]

    def live(self, tally: Tally) -> None:
        state = None
        for day in self.days:
            now = at(NOON + (day - TODAY) * DAY)
            hit = a_hit(page=self.machine, classes=self.classes, source=self.source, step=1)
            state, moved = advance(state or unseen(now, hit.fresh), hit, now)
            tally.book(moved)

    @property
    def cells(self) -> list[tuple[int, Cut, int]]:
        """The cells behind a filter in which this browser must have been counted."""
        values = {
            Cut.DEVICE: self.classes.device,
            Cut.LANGUAGE: self.classes.language,
            Cut.PLACE: self.classes.place,
            Cut.CHANNEL: self.source >> 32,
        }
        return [(day, cut, value) for day in self.days for cut, value in values.items()]


def guesses_right(store: Store, when: Callable[[Store], None], chance: Random) -> int:
    """Of one crowd: for how many of its browsers the solver names the machine."""
    crowd, tally = [Habits(chance) for _ in range(CROWD)], Tally()
    for browser in crowd:
        browser.live(tally)
    with store.writing() as connection:
        add_tally(connection, tally)
    when(store)
    seen: dict[tuple[int, int, int], dict[int, int]] = {}
    with store.reading() as connection:
        for row in connection.execute(page_figures.select()):
            seen.setdefault((row.day, row.cut, row.a), {})[row.page] = row.views
    return sum(guess(seen, browser, chance) == browser.machine for browser in crowd)


def guess(seen: dict, target: Habits, chance: Random) -> int:
    """The machine that makes up most of what was seen by those who share the target's habits."""
    scores: Counter = Counter()
    for cell in target.cells:
        views = seen.get(cell, {})
        for machine, number in views.items():
            scores[machine] += number / sum(views.values()) ** 2
    return max(scores, key=scores.__getitem__) if scores else chance.choice(MACHINES)


def played(tmp_path, when: Callable[[Store], None]) -> int:
    right, chance = 0, Random(11)
    for number in range(CROWDS):
        store = Store(f"sqlite:///{tmp_path}/{number}.db")
        store.create_tables()
        right += guesses_right(store, when, chance)
        store.engine.dispose()
    return right


def nights_pass(store: Store) -> None:
    with store.writing() as connection:
        close_days(connection, TODAY)


@pytest.mark.clause("2.10")
def test_while_days_are_open_their_small_cells_would_give_visitors_away(tmp_path):
    assert played(tmp_path, lambda store: None) > GUESSES * 0.6


@pytest.mark.clause("2.10")
def test_once_days_are_closed_the_solver_is_left_with_chance(tmp_path):
    """Not above what a blind guess reaches, by more than three standard deviations."""
    assert played(tmp_path, nights_pass) <= GUESSES * CHANCE + 3 * (GUESSES * CHANCE * (1 - CHANCE)) ** 0.5

"""Whatever the folder does to be quick, each line moves the cells that it would move by itself, one after the other."""

from collections import Counter, defaultdict
from random import Random

from sqlalchemy import select

from analytics.codes import FILTERS, PAIRS, SINGLE_CUTS, Channel, Cut, channel_of, cut_of_pair, kind_of_page, page_code
from analytics.days import first_day_of_month, month_of
from analytics.journal import HitLine
from analytics.store import figure_months, figures, funnel, gap_months, gaps, page_figures
from analytics.visit import NEW, Classes, advance, memory_used, unseen, without_memory
from tests.analytics.builders import DAY, NOON, a_hit, a_line, at

OF_CLASSES = {cut: cut.name.lower() for cut in SINGLE_CUTS if cut.name.lower() in Classes._fields}


def lived(chance: Random) -> list[HitLine]:
    """Lines of thirty browsers over two months' ends; some keep no cookies, some races repeat a memory."""
    lines = []
    for _ in range(30):
        state, seconds = None, NOON - chance.randrange(9) * DAY
        while seconds < NOON:
            drawn = {name: chance.randrange(4) for name in Classes._fields[:-2]}
            hit = a_hit(
                page=page_code(chance.randint(1, 3), chance.choice(["", "rye", "spelt"])), **drawn,
                member=chance.randrange(2), source=chance.choice(list(Channel)) << 32 | chance.randrange(3),
                campaign=chance.randrange(2), step=chance.randrange(5),
            )  # fmt: skip
            before = state or unseen(at(seconds), chance.getrandbits(60))
            state, moved = advance(before, hit, at(seconds))
            lines.append(a_line()._replace(memory=memory_used(before), moved=moved))
            if chance.random() < 0.1:
                lines.append(lines[-1]._replace(ticket=a_line().ticket))
            if chance.random() < 0.1:
                lines.append(a_line()._replace(memory=0, moved=without_memory(hit, at(seconds))))
            seconds += chance.choice([20, 300, 3000, DAY])
    return lines


def cells_of(classes: Classes, line: HitLine) -> list[tuple[int, int, int]]:
    """The cells of the whole site, of each cut and of each pair, spelled out."""
    moved = line.moved
    value = {cut: getattr(classes, name) for cut, name in OF_CLASSES.items()} | {
        Cut.CHANNEL: channel_of(moved.source), Cut.SOURCE: moved.source, Cut.CAMPAIGN: moved.campaign,
        Cut.ENTRY_KIND: kind_of_page(moved.entry),
    }  # fmt: skip
    pairs = [(cut_of_pair(x, y), value[x], value[y]) for x, y in PAIRS]
    return [(0, 0, 0), *((cut, value[cut], 0) for cut in SINGLE_CUTS), *pairs]


def counted_plainly(lines: list[HitLine]) -> dict[str, Counter]:
    found: dict[str, Counter] = defaultdict(Counter)
    used: set[int] = set()
    for line in lines:
        moved, raced = line.moved, line.memory in used
        used.add(line.memory)
        for cell in cells_of(moved.classes, line):
            found["views"][moved.day, *cell] += 1
            if cell[0] in (0, *FILTERS):
                found["page views"][moved.day, *cell[:2], moved.page] += 1
        if moved.number == 0 or raced:
            continue
        for cell in cells_of(moved.visit_classes, line):
            found["pages"][moved.visit_day, *cell] += 1
            found["visits"][moved.visit_day, *cell] += moved.number == 1
            found["bounces"][moved.visit_day, *cell] += (moved.number == 1) - (moved.number == 2)
            found["seconds"][moved.visit_day, *cell] += moved.seconds
            found["gaps"][moved.day, *cell, moved.gap] += moved.gap > 0
            if cell[0] in (0, *FILTERS):
                steps = (moved.step_before, moved.step_after)
                found["steps"][moved.visit_day, *cell[:2], *steps] += steps[0] != steps[1]
    return found


def stored(house, table, keys: int, count: str) -> Counter:
    with house.store.reading() as connection:
        return +Counter({tuple(row)[:keys]: getattr(row, count) for row in connection.execute(select(table))})


def test_each_line_moves_its_own_cells_however_many_are_folded_at_once(house):
    lines = lived(Random(5))
    truth = counted_plainly(lines)
    house.now = NOON - 9 * DAY  # so that no day is closed meanwhile
    house.append(*lines)
    house.fold(batch_bytes=20_000)
    for count in ("views", "pages", "visits", "bounces", "seconds"):
        assert stored(house, figures, 4, count) == +truth[count], count
    assert stored(house, gaps, 5, "visitors") == +truth["gaps"]
    assert stored(house, page_figures, 4, "views") == +truth["page views"]
    assert stored(house, funnel, 5, "visits") == +truth["steps"]


def test_months_hold_of_one_dimension_every_sum_and_every_visitor_of_a_range_that_holds_the_month(house):
    lines = lived(Random(6))
    truth = counted_plainly(lines)
    house.append(*lines)
    house.fold()
    months, seen = Counter(), Counter()
    for (day, cut, a, b), views in truth["views"].items():
        if cut < 100:
            months[month_of(day), cut, a, b] += views
    for (day, cut, a, b, gap), visitors in truth["gaps"].items():
        if cut < 100 and gap > day - first_day_of_month(month_of(day)):
            seen[month_of(day), cut, a, b, 0 if gap == NEW else day - gap] += visitors
    single = {key: n for key, n in stored(house, figure_months, 4, "views").items() if key[1] < 100}
    assert single == +months
    single = {key: n for key, n in stored(house, gap_months, 5, "visitors").items() if key[1] < 100}
    assert single == +seen

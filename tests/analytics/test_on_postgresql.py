"""The counters on PostgreSQL: several nodes fold into one store at once, are killed, and every ticket counts once."""

import multiprocessing
import random
import threading

import pytest
from sqlalchemy import func, select

from analytics.closing import close_days
from analytics.codes import Cut, Device, LeftOut
from analytics.journal import PromotionLine
from analytics.open_weeks import open_weeks
from analytics.promotion import LIFE_DAYS, Arm, Audience, Measure, Move
from analytics.reading import Range
from analytics.release import Week, release_closed_weeks, released_weeks
from analytics.reports import Reports
from analytics.store import Store, add_tally, figures, last_closed, promotions
from analytics.tally import Tally
from tests.analytics.builders import DAY, NOON, TODAY, a_line
from tests.analytics.conftest import House
from tests.analytics.test_open_weeks import came, race

NODES = 3
SHOWN = Move(TODAY, 1, Arm.OUTSIDE, Measure.SHOWN)
REACHED = SHOWN._replace(measure=Measure.REACHED)
ON_A_PHONE = Audience(device=Device.PHONE)


@pytest.fixture
def nodes(postgres_url, tmp_path):
    """Nodes with a journal each and one store between them."""
    houses = [House(tmp_path / f"node{number}", Store(postgres_url)) for number in range(NODES)]
    houses[0].store.create_tables()
    yield houses
    for house in houses:
        house.store.engine.dispose()


@pytest.mark.clause("3.2(1)a")
def test_replays_and_races_that_meet_different_nodes_are_counted_once(nodes):
    lines = [a_line(key=f"k{number % 9}") for number in range(300)]
    for node in nodes:
        node.append(*lines)
        node.append(*[a_line(memory=line.memory) for line in lines[:10]])
        node.append(*[PromotionLine(line.ticket, line.memory, (SHOWN, REACHED), ON_A_PHONE) for line in lines])
    together = threading.Barrier(NODES)

    def fold(node: House) -> None:
        together.wait()
        node.fold()

    threads = [threading.Thread(target=fold, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert nodes[0].totals() == {
        "views": 300 + NODES * 10, "pages": 300, "visits": 300, "bounces": 300, "seconds": 0, "visitors": 300,
    }  # fmt: skip
    assert nodes[0].left_out() == {LeftOut.REPLAYED: 300 * (NODES - 1), LeftOut.RACED: NODES * 10}
    assert promoted(nodes[0]) == {Measure.SHOWN: 300, Measure.REACHED: 300}


def promoted(node: House) -> dict[int, int]:
    with node.store.reading() as connection:
        return {row.measure: row.happened for row in connection.execute(select(promotions))}


@pytest.mark.clause("4.1.3(3)")
def test_of_nodes_that_release_a_week_at_once_one_has_drawn_all_its_numbers(nodes, tmp_path):
    reached = [PromotionLine(a_line().ticket, a_line().memory, (REACHED,), ON_A_PHONE) for _ in range(95)]
    alone = [House(tmp_path / f"{n}", Store(f"sqlite:///{tmp_path}/alone{n}.db")) for n in range(NODES)]
    for node in alone:
        node.store.create_tables()
    for node in (nodes[0], *alone):
        node.append(*reached)
        node.fold()
    together = threading.Barrier(NODES)

    def release(node: House, seed: int) -> None:
        together.wait()
        release_closed_weeks(node.store, TODAY + 9, 1, random.Random(seed).randrange)

    threads = [threading.Thread(target=release, args=(node, seed)) for seed, node in enumerate(nodes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, node in enumerate(alone):
        release_closed_weeks(node.store, TODAY + 9, 1, random.Random(seed).randrange)
    drawn = [week_of_campaign(node) for node in alone]
    assert week_of_campaign(nodes[0]) in drawn and len({str(week) for week in drawn}) > 1


@pytest.mark.clause("2.10")
def test_of_nodes_that_draw_an_open_week_at_once_one_has_drawn_all_that_stays(nodes):
    came(nodes[0], 204, days_ago=7)
    drawn = race(*(node.store for node in nodes))
    assert len(set(drawn)) > 1 and {open_weeks(node.store, TODAY + 1)[0] for node in nodes} < set(drawn)


def week_of_campaign(node: House) -> Week:
    (week,) = released_weeks(node.store, 1, TODAY, TODAY - LIFE_DAYS + 1, TODAY + 9, bands=1)
    return week


def _fold_for_ever(root, url) -> None:
    house = House(root, Store(url))
    while True:
        house.fold()


@pytest.mark.clause("3.2(1)a")
def test_a_folder_killed_in_the_middle_of_its_transaction_leaves_nothing_half_counted(nodes, postgres_url):
    node, context = nodes[0], multiprocessing.get_context("spawn")
    for _ in range(3):
        child = context.Process(target=_fold_for_ever, args=(node.root, postgres_url))
        child.start()
        for _ in range(60):
            node.append(*[a_line() for _ in range(5)])
        child.kill()
        child.join()
    node.fold()
    assert (node.totals()["views"], node.totals()["visitors"], node.left_out()) == (900, 900, {})


@pytest.mark.clause("2.10")
def test_what_one_node_still_counts_of_a_day_that_another_one_closes_leaves_no_small_cell(nodes):
    before, late = Tally(), Tally()
    before.book(a_line(seconds=NOON - 4 * DAY).moved)
    late.book(a_line(seconds=NOON - 3 * DAY).moved)
    with nodes[0].store.writing() as connection:
        add_tally(connection, before)

    def close() -> None:
        with nodes[1].store.writing() as connection:
            close_days(connection, TODAY)

    closing = threading.Thread(target=close)
    with nodes[0].store.writing() as connection:
        add_tally(connection, late)
        closing.start()
        closing.join(timeout=1)
        assert closing.is_alive()
    closing.join()
    with nodes[0].store.reading() as connection:
        assert last_closed(connection) == TODAY - 2
        assert connection.scalar(select(func.count()).select_from(figures).where(figures.c.cut >= 100)) == 0


def test_the_reports_are_the_same_on_both_engines(nodes, house):
    lines = [a_line(key=f"k{number % 4}", seconds=1_795_406_400 + number) for number in range(50)]
    nodes[0].append(*lines)
    house.append(*lines)
    nodes[0].fold()
    house.fold()
    days, kinds = Range(TODAY - 1, TODAY + 1), {1: "front"}
    theirs, ours = Reports(nodes[0].store, kinds), Reports(house.store, kinds)
    assert theirs.totals(days) == ours.totals(days)
    assert theirs.by_day(days) == ours.by_day(days)
    assert theirs.by_page(days) == ours.by_page(days)
    assert [theirs.by(cut, days) for cut in Cut if cut] == [ours.by(cut, days) for cut in Cut if cut]

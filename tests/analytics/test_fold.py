"""Journal to counters, exactly once: replays, races, two folders, a locked store, and what is forgotten when."""

import multiprocessing
import sqlite3
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from analytics.codes import Cut, LeftOut
from analytics.journal import ALLOWED, LeftOutLine
from analytics.store import BOOKKEEPING, Store, conversions, journal_files, metadata, nonces, page_figures, pages
from analytics.visit import advance, unseen
from tests.analytics.builders import DAY, NOON, TODAY, a_hit, a_line, at


def rows_of(house, table) -> list:
    with house.store.reading() as connection:
        return list(connection.execute(select(table)))


@pytest.mark.clause("3.2(1)a")
def test_a_line_is_counted_once_however_often_the_folder_runs(house):
    journal = house.journal()
    journal.append(a_line())
    for _ in range(3):
        house.fold()
    assert house.totals() == {"views": 1, "pages": 1, "visits": 1, "bounces": 1, "seconds": 0, "visitors": 1}


@pytest.mark.clause("3.2(1)a")
def test_a_ticket_counted_before_is_dropped_whole(house):
    line = a_line()
    house.append(line, line._replace(memory=line.memory + 1))
    house.fold()
    house.append(line)
    house.fold()
    assert (house.totals()["views"], house.totals()["visits"]) == (1, 1)
    assert house.left_out() == {LeftOut.REPLAYED: 2}


def test_a_second_hit_with_one_memory_counts_as_a_view_and_is_counted_itself(house):
    line = a_line()
    house.append(line, a_line(memory=line.memory))
    house.fold()
    house.append(a_line(memory=line.memory))
    house.fold()
    assert house.totals() == {"views": 3, "pages": 1, "visits": 1, "bounces": 1, "seconds": 0, "visitors": 1}
    assert house.left_out() == {LeftOut.RACED: 2}


def test_a_page_gone_back_to_moves_its_visit_once_though_its_image_is_asked_for_twice(house):
    state, _ = advance(unseen(at(NOON), 1), a_hit(), at(NOON))
    first = a_line()
    again = a_line(state, seconds=NOON + 60)._replace(ticket=first.ticket)
    house.append(first, again, again)
    house.fold()
    house.append(again)
    house.fold()
    assert (house.totals()["views"], house.totals()["pages"], house.totals()["seconds"]) == (1, 1, 60)
    assert house.left_out() == {LeftOut.REPLAYED: 3}


def test_views_without_cookies_never_race_with_each_other(house):
    house.append(*[a_line(memory=0) for _ in range(3)])
    house.fold()
    assert house.left_out() == {}


@pytest.mark.clause("2.10")
def test_nonces_are_forgotten_after_forty_eight_hours(house):
    house.append(a_line())
    house.fold()
    assert len(rows_of(house, nonces)) == 2
    house.now = NOON + 2 * DAY - 3600
    house.fold()
    assert len(rows_of(house, nonces)) == 2
    house.now = NOON + 2 * DAY
    house.fold()
    assert not rows_of(house, nonces)


@pytest.mark.clause("2.10")
def test_every_column_of_the_counters_is_of_an_allowed_kind():
    """J1: days, coarse codes, catalogue keys, small integers, counts; the folder's book-keeping stands alone."""
    for table in metadata.sorted_tables:
        if table not in BOOKKEEPING:
            assert {column.name for column in table.columns} <= set(ALLOWED), table.name
        assert not table.foreign_keys
    assert {column.name for column in nonces.columns} == {"nonce", "hour"}
    assert {column.name for column in journal_files.columns} == {"name", "position"}


def test_pages_keep_their_names_and_placed_orders_their_bands(house):
    house.append(a_line(key="s19-pro", band=3), a_line(key="s19-pro"), a_line())
    house.append(LeftOutLine(TODAY, LeftOut.PREFETCHED, 1))
    house.append(a_line(shown_after_prefetch=1))
    house.fold()
    assert {row.key for row in rows_of(house, pages)} == {"s19-pro", ""}
    assert [(row.band, row.orders) for row in rows_of(house, conversions)] == [(3, 1)]
    assert sum(row.entries for row in rows_of(house, page_figures) if row.cut == Cut.ALL) == 4
    assert house.left_out() == {}


@pytest.mark.clause("3.2(1)a")
def test_two_folders_at_once_count_every_line_once(house):
    for _ in range(6):
        house.append(*[a_line() for _ in range(50)])
    start = threading.Barrier(2)

    def fold():
        start.wait()
        for _ in range(5):
            house.fold()

    threads = [threading.Thread(target=fold) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (house.totals()["views"], house.left_out()) == (300, {})
    assert not rows_of(house, journal_files)


def test_a_folder_that_comes_late_to_a_finished_file_counts_nothing_again(house):
    """It had the file open when the other one counted it to the end and took it away."""
    house.append(a_line(), a_line())
    (path,) = house.journal_dir.glob("*.hits")
    with path.open("rb") as file:
        house.fold()
        assert house.folder()._fold_batch(path, file.fileno(), True) == 0
    assert (house.totals()["views"], house.left_out(), rows_of(house, journal_files)) == (2, {}, [])


def test_a_crash_after_a_file_was_counted_and_renamed_is_cleared_up(house):
    house.append(a_line())
    house.fold()
    house.append(a_line())
    (path,) = house.journal_dir.glob("*.hits")
    folder = house.folder()
    with path.open("rb") as file:
        folder._fold_batch(path, file.fileno(), True)
    path.rename(path.with_suffix(".done"))
    house.fold()
    assert house.totals()["views"] == 2
    assert not list(house.journal_dir.iterdir()) and not rows_of(house, journal_files)


@pytest.mark.clause("3.2")
def test_a_locked_store_delays_figures_and_loses_none(house):
    house.append(a_line())
    other = sqlite3.connect(house.root / "counts.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = Store(f"sqlite:///{house.root}/counts.db?timeout=0.1")
    patient, house.store = house.store, impatient
    with impatient.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=100")
    with pytest.raises(OperationalError):
        house.fold()
    other.execute("ROLLBACK")
    house.store = patient
    house.fold()
    assert house.totals()["views"] == 1


def test_the_figures_do_not_depend_on_how_the_lines_were_cut_into_batches(house):
    house.append(*[a_line(key=f"k{n % 7}") for n in range(200)])
    house.fold(batch_bytes=1000)
    assert house.totals()["views"] == 200
    with house.store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(pages)) == 7


def _fold_forever(root) -> None:
    from tests.analytics.conftest import House

    house = House(root, Store(f"sqlite:///{root}/counts.db"))
    while True:
        house.fold()


@pytest.mark.clause("3.2(1)a")
def test_a_folder_killed_again_and_again_counts_every_line_once(house):
    context = multiprocessing.get_context("spawn")
    for _ in range(4):
        child = context.Process(target=_fold_forever, args=(house.root,))
        child.start()
        for _ in range(40):
            house.append(*[a_line() for _ in range(5)])
        child.kill()
        child.join()
    house.fold()
    assert (house.totals()["views"], house.totals()["visitors"], house.left_out()) == (800, 800, {})

"""The weeks on `/m/counts`: closed, above the floor, with real noise that is drawn once. Clause 2.10."""

import random
from collections import Counter
from math import exp
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.days import first_day_of_week, week_of
from analytics.disclosure import NOISE_SCALE
from analytics.fold import KEPT_DAYS
from analytics.open_weeks import WEEKS, OpenWeek, open_weeks, published, release_open_weeks
from analytics.reports import Figures
from analytics.store import Store, forget
from tests.analytics.builders import DAY, TODAY, a_line

MONDAY = first_day_of_week(week_of(TODAY))


def seeded(seed: int):
    return random.Random(seed).randrange


def came(house, visitors: int, *, days_ago: int) -> None:
    """Browsers that had never come before, each for one page."""
    then = house.now - days_ago * DAY
    house.append(*[a_line(seconds=then) for _ in range(visitors)])
    house.fold()


@pytest.mark.clause("2.10")
def test_a_week_of_nine_visitors_is_never_told_and_one_of_forty_always(house):
    came(house, 40, days_ago=7)
    came(house, 9, days_ago=14)
    release_open_weeks(house.store, TODAY + 1)
    newest, before = open_weeks(house.store, TODAY + 1)[:2]
    assert newest.begins == MONDAY - 7 and set(newest[1:]) <= set(range(10, 80, 10))
    assert before == OpenWeek(MONDAY - 14)
    assert {published(0, Figures(visitors=9, visits=50, views=90), seeded(n)) for n in range(200)} == {OpenWeek(0)}


@pytest.mark.clause("2.10")
def test_a_week_is_not_told_before_it_has_been_over_for_a_day(house):
    came(house, 50, days_ago=0)
    release_open_weeks(house.store, MONDAY + 7)
    assert all(week.visitors == 0 for week in open_weeks(house.store, MONDAY + 8))
    release_open_weeks(house.store, MONDAY + 8)
    assert open_weeks(house.store, MONDAY + 8)[0].visitors > 0


def test_the_table_is_a_fixed_one_of_a_quarter_whose_weeks_do_not_overlap(house):
    weeks = open_weeks(house.store, TODAY)
    assert len(weeks) == WEEKS
    assert {before.begins - after.begins for before, after in zip(weeks, weeks[1:], strict=False)} == {7}


@pytest.mark.clause("2.10")
def test_each_number_is_the_sum_with_discrete_laplace_noise_rounded_to_ten():
    """Chi-square over the three steps that are met most and the rest: beyond 16.3 once in a thousand."""
    number, counted = 8_000, Figures(visitors=1_004, visits=2_004, views=3_004)
    draw = seeded(5)
    drawn = [published(0, counted, draw) for _ in range(number)]
    for name in ("visitors", "visits", "views"):
        met = Counter(getattr(week, name) - getattr(counted, name) + 4 for week in drawn)
        expected = {step: number * sum(chance(noise) for noise in noises(step)) for step in (-10, 0, 10)}
        rest = number - sum(expected.values())
        square = sum((met[step] - n) ** 2 / n for step, n in expected.items())
        assert square + (number - sum(met[step] for step in expected) - rest) ** 2 / rest < 16.3
    same = sum(week.visitors + 1_000 == week.visits for week in drawn)
    assert same < 0.7 * number  # each number has noise of its own


def chance(noise: int) -> float:
    q = exp(-1 / NOISE_SCALE)
    return (1 - q) / (1 + q) * q ** abs(noise)


def noises(step: int) -> range:
    """Those by which a sum that ends in 4 is rounded so many away from the ten below it."""
    return range(step - 9, step + 1)


@pytest.mark.clause("2.10")
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers())
def test_whatever_the_noise_no_two_numbers_differ_by_one_to_nine_and_none_is_below_ten(visitors, visits, views, seed):
    counted = Figures(visitors=visitors, visits=visitors + visits, views=visitors + visits + views)
    week = published(0, counted, seeded(seed))
    assert all(n % 10 == 0 for n in week[1:]) and week.views >= week.visits >= week.visitors
    assert visitors >= 10 or week == OpenWeek(0)


@pytest.mark.clause("2.10")
def test_a_week_is_drawn_once_and_reads_the_same_ever_after(house):
    came(house, 204, days_ago=7)
    release_open_weeks(house.store, TODAY + 1, seeded(1))
    first = open_weeks(house.store, TODAY + 1)
    came(house, 100, days_ago=7)
    for seed in range(2, 20):
        release_open_weeks(house.store, TODAY + 1, seeded(seed))
        assert open_weeks(house.store, TODAY + 1) == first


@pytest.mark.clause("2.10")
def test_of_two_workers_that_draw_at_the_same_time_one_has_drawn_all_that_stays(house):
    came(house, 204, days_ago=7)
    drawn = race(house.store, house.store)
    assert len(set(drawn)) == 2 and open_weeks(house.store, TODAY + 1)[0] in drawn


def race(*workers: Store) -> list[OpenWeek]:
    """Let each worker draw, with numbers of its own, before any writes; what each of them drew."""
    both_draw = Barrier(len(workers), timeout=20)

    def release(store: Store, seed: int) -> None:
        draw, waited = seeded(seed), []

        def draw_together(below: int) -> int:
            if not waited:
                waited.append(both_draw.wait())
            return draw(below)

        release_open_weeks(store, TODAY + 1, draw_together)

    threads = [Thread(target=release, args=(store, seed)) for seed, store in enumerate(workers, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = Figures(visitors=204, visits=204, views=204)
    return [published(MONDAY - 7, counted, seeded(seed)) for seed, _ in enumerate(workers, 1)]


def test_a_released_week_is_kept_as_long_as_any_figure_of_it_and_so_never_drawn_again(house):
    came(house, 60, days_ago=7)
    release_open_weeks(house.store, TODAY + 1)
    for day, is_kept in ((MONDAY - 1, True), (MONDAY, False)):
        with house.store.writing() as connection:
            forget(connection, day)
        assert bool(open_weeks(house.store, TODAY + 1)[0].visitors) == is_kept
    assert KEPT_DAYS > 7 * WEEKS

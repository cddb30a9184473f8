"""`flask analytics report`: its shape, and every range of days against histories kept whole."""

import json
from random import Random

import pytest

from analytics.cli import CUTS, DIMENSIONS, report_of
from analytics.codes import ShopMeasure
from analytics.days import date_of
from analytics.fold import KEPT_DAYS
from analytics.journal import HitLine
from analytics.reading import Range
from analytics.visit import IDLE_SECONDS, NEW, advance, memory_used, unseen
from tests.analytics.browsing import Surfer
from tests.analytics.builders import DAY, NOON, TODAY, a_hit, at

ISO = date_of(TODAY).isoformat()
FIRST = NOON - 11 * DAY


def run(app, *words: str):
    return app.test_cli_runner().invoke(args=["analytics", "report", *words])


def report(app, *words: str) -> dict:
    answer = run(app, *words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.mark.clause("3.2(1)a")
def test_a_hit_is_in_the_report_at_once_and_the_report_has_the_agreed_shape(site):
    app, analytics = site
    Surfer(app).opens("/bread/rye")
    analytics.tell_day_total(date_of(TODAY), ShopMeasure.PLACED, 2, 1_399_900)
    assert report(app, "--from", ISO, "--to", ISO) == {
        "from": ISO,
        "to": ISO,
        "totals": {
            "views": 1, "visits": 1, "visitors": 1, "bounces": 1, "seconds": 0, "orders": 2, "amount": 1_399_900,
        },
        "by": [],
    }  # fmt: skip


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_can_be_asked_for_and_adds_up(site, dimension):
    app, _ = site
    Surfer(app).opens("/bread/rye")
    Surfer(app).opens("/bread/rye", width="s", Referer="https://www.baidu.com/")
    rows = report(app, "--from", ISO, "--to", ISO, "--by", dimension)["by"]
    assert all(row["value"] for row in rows)
    if dimension in CUTS:
        assert sum(row["visitors"] for row in rows) == sum(row["visits"] for row in rows) == 2


@pytest.mark.parametrize("day", ["2026-02-29", "yesterday", "", "2026-11-23T00:00", "99999-01-01", "2026-11-23; drop"])
def test_a_wrong_day_is_refused_with_a_sentence(site, day):
    answer = run(site[0], "--from", day, "--to", ISO, "--json")
    assert answer.exit_code == 2 and "is not a day such as" in answer.stderr


def test_days_the_wrong_way_round_and_unknown_dimensions_are_refused(site):
    app, _ = site
    assert "before the first" in run(app, "--from", ISO, "--to", date_of(TODAY - 1).isoformat()).stderr
    assert run(app, "--from", ISO, "--to", ISO, "--by", "account").exit_code == 2


def test_a_report_can_be_read_by_people_too(site):
    app, _ = site
    Surfer(app).opens("/")
    text = run(app, "--from", ISO, "--to", ISO, "--by", "page").stdout
    assert "visitors" in text and "front" in text and "{" not in text


def histories(seed: int, browsers: int = 30) -> list[list[int]]:
    """Seconds at which each browser opened a page, over twelve days."""
    chance = Random(seed)
    found = []
    for _ in range(browsers):
        seconds, moments = FIRST + chance.randrange(3 * DAY), []
        while seconds < NOON:
            moments.append(seconds)
            seconds += chance.choice([7, 60, IDLE_SECONDS - 1, IDLE_SECONDS, 5 * 3600, DAY, chance.randrange(5 * DAY)])
        found.append(moments)
    return found


def lines_of(moments: list[int]) -> list[HitLine]:
    state, lines = None, []
    for seconds in moments:
        hit = a_hit()
        before = state or unseen(at(seconds), hit.fresh)
        state, moved = advance(before, hit, at(seconds))
        lines.append(HitLine(hit.tag, memory_used(before), 0, 0, 0, moved, ""))
    return lines


def visits_of(moments: list[int]) -> list[list[int]]:
    visits: list[list[int]] = []
    for seconds in moments:
        if visits and seconds - visits[-1][-1] < IDLE_SECONDS:
            visits[-1].append(seconds)
        else:
            visits.append([seconds])
    return visits


def truth(all_moments: list[list[int]], first: int, last: int) -> dict[str, int]:
    def inside(seconds: int) -> bool:
        return first <= at(seconds).day <= last

    visits = [visit for moments in all_moments for visit in visits_of(moments) if inside(visit[0])]
    return {
        "views": sum(inside(seconds) for moments in all_moments for seconds in moments),
        "visits": len(visits),
        "visitors": sum(any(map(inside, moments)) for moments in all_moments),
        "bounces": sum(len(visit) == 1 for visit in visits),
        "seconds": sum(visit[-1] - visit[0] for visit in visits),
    }


@pytest.mark.clause("3.2(1)a")
@pytest.mark.parametrize("seed", [1, 2])
def test_every_range_of_days_is_exact_after_journal_and_folder(site, seed):
    """All 78 ranges of twelve days, every figure, with the lines in the order in which nobody came."""
    _, analytics = site
    all_moments = histories(seed)
    lines = [line for moments in all_moments for line in lines_of(moments)]
    Random(seed).shuffle(lines)
    for line in lines:
        analytics.journal.append(line)
    analytics.fold()
    for first in range(TODAY - 11, TODAY + 1):
        for last in range(first, TODAY + 1):
            found = report_of(analytics, Range(first, last))["totals"]
            assert {name: found[name] for name in truth([], 0, 0)} == truth(all_moments, first, last)


def test_a_browser_never_seen_before_is_new_in_every_range():
    assert NEW > KEPT_DAYS

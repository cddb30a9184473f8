"""Search terms as a host tells them: by day and language, above the floor, without anything else."""

import pytest
from sqlalchemy import select

from analytics import store as tables
from analytics.fold import KEPT_DAYS
from analytics.journal import ALLOWED
from analytics.reading import Range
from analytics.store import forget
from analytics.terms import FLOOR, Searched, Term, tell_terms, terms
from tests.analytics.builders import TODAY

DAYS = Range(TODAY - 30, TODAY)


@pytest.mark.clause("1.1.2d")
def test_a_term_below_the_floor_is_dropped_whoever_tells_it(house):
    tell_terms(house.store, TODAY, [Searched("zh", "s19", FLOOR, True), Searched("zh", "rare", FLOOR - 1, True)])
    assert terms(house.store, DAYS) == [Term("s19", FLOOR, True)]


def test_telling_a_day_again_changes_nothing_and_takes_nothing_away(house):
    for _ in range(3):
        tell_terms(house.store, TODAY, [Searched("zh", "s19", 7, True), Searched("en", "s19", 6, True)])
    tell_terms(house.store, TODAY, [Searched("en", "late", 2, True)])
    assert terms(house.store, DAYS) == [Term("s19", 13, True)]


def test_the_most_searched_come_first_over_a_range_of_days(house):
    tell_terms(house.store, TODAY - 1, [Searched("zh", "a", 9, True), Searched("zh", "b", 5, True)])
    tell_terms(house.store, TODAY, [Searched("zh", "b", 6, True), Searched("en", "c", 5, True)])
    assert [row.term for row in terms(house.store, DAYS)] == ["b", "a", "c"]
    assert [row.term for row in terms(house.store, Range(TODAY - 1, TODAY - 1))] == ["a", "b"]
    assert [row.term for row in terms(house.store, DAYS, "en")] == ["c"]


def test_whether_a_term_finds_anything_is_what_its_last_day_says(house):
    tell_terms(house.store, TODAY - 1, [Searched("zh", "new machine", 5, False), Searched("zh", "old one", 5, True)])
    tell_terms(house.store, TODAY, [Searched("zh", "new machine", 5, True), Searched("zh", "old one", 5, False)])
    assert {row.term: row.found for row in terms(house.store, DAYS)} == {"new machine": True, "old one": False}


@pytest.mark.clause("1.1.2d")
def test_nothing_is_kept_beside_day_language_and_numbers(house):
    assert list(tables.terms.c.keys()) == ["day", "language", "term", "browsers", "found"]
    assert set(tables.terms.c.keys()) <= set(ALLOWED)


def test_terms_are_forgotten_with_all_other_figures(house):
    tell_terms(house.store, TODAY - KEPT_DAYS - 1, [Searched("zh", "s19", 5, True)])
    with house.store.writing() as connection:
        forget(connection, TODAY - KEPT_DAYS)
        assert connection.execute(select(tables.terms)).all() == []

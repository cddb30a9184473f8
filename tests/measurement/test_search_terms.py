"""Searches are counted once a day for a browser, and only what five browsers searched for is told. Clause 1.1.2d."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from analytics.days import number_of
from analytics.reading import Range
from analytics.store import metadata
from analytics.terms import Term, terms
from app.foundation.clock import SHANGHAI, now, today
from app.foundation.cookies import signed_facts
from app.foundation.database import db, transaction
from app.privacy.prefs import CountedTerms
from app.search.counting_terms import close_days, is_counted, with_counted
from app.search.models import SearchTally
from app.search.wiring import tell_terms_of_past_days
from tests.accounts.builders import an_account, signed_in
from tests.analytics.browsing import Surfer
from tests.catalog.builders import a_product
from tests.privacy.builders import save_choices_in

PREFETCH = {"Sec-Purpose": "prefetch"}
ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"}


class Searcher(Surfer):
    """A browser that searches and loads the images of the page, as browsers do."""

    def searches(self, text: str, lang: str = "zh-cn", **headers: str) -> bool:
        """Whether the page carried an image that counts its term."""
        sent = {**self.headers, **headers}
        page = self.client.get(f"/{lang}/search", query_string={"q": text}, headers=sent)
        assert page.status_code == 200 and "Set-Cookie" not in page.headers
        found = re.search(r'<img class="beacon" src="([^"]*/search/seen[^"]*)"', page.text)
        if found:
            self.client.get(unescape(found[1]), headers=sent, follow_redirects=True)
        return found is not None


@pytest.fixture(autouse=True)
def noon(clock, app: Flask):
    clock.freeze(datetime(2026, 11, 23, 12, tzinfo=SHANGHAI))


def tallies() -> dict[str, int]:
    return dict(db.session.execute(select(SearchTally.term, SearchTally.browsers)).all())


def told(house, language: str | None = None) -> list[Term]:
    """What stands in the counts after the present day is over."""
    close_days(db.session(), now() + timedelta(days=1))
    day = number_of(today())
    return terms(house.store, Range(day, day), language)


@pytest.mark.clause("1.1.2d")
def test_what_five_browsers_searched_for_is_told_after_the_day_and_what_four_did_is_not(app, house):
    for number in range(5):
        searcher = Searcher(app)
        searcher.searches("S19 Pro 110T")
        if number < 4:
            searcher.searches("m63s 水冷")
    assert told(house) == [Term("s19 pro 110t", searches=5, found=False)]


@pytest.mark.clause("1.1.2d")
def test_fifty_searches_from_one_browser_count_as_one(app, house):
    searcher = Searcher(app)
    images = [searcher.searches("kaspa 矿机") for _ in range(50)]
    assert images == [True] + [False] * 49
    assert tallies() == {"kaspa 矿机": 1}
    assert told(house) == []


@pytest.mark.clause("1.1.2d")
def test_a_telephone_number_is_in_no_store_however_many_search_for_it(app, house):
    for _ in range(6):
        Searcher(app).searches("13912345678")
        Searcher(app).searches("张先生 s19")
    assert tallies() == {} and told(house) == []
    with house.store.reading() as connection:
        everything = str([connection.execute(table.select()).all() for table in metadata.sorted_tables])
    assert "13912345678" not in everything and "张" not in everything


@pytest.mark.clause("1.1.2d")
def test_a_browser_without_cookies_is_never_counted(app):
    stranger = Searcher(app, cookies=False)
    assert all(stranger.searches("s19") for _ in range(20))
    assert tallies() == {}


@pytest.mark.clause("3b")
def test_a_browser_without_cookies_is_sent_on_once_and_no_more(app):
    stranger = Searcher(app, cookies=False)
    first = stranger.client.get("/en/search/seen?q=s19", headers=stranger.headers)
    assert (first.status_code, first.headers["Cache-Control"]) == (302, "no-store")
    second = stranger.client.get(first.headers["Location"], headers=stranger.headers)
    assert (second.status_code, second.data) == (204, b"") and "Set-Cookie" not in second.headers


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"DNT": "1"}, ROBOT, PREFETCH], ids=str)
def test_who_may_not_be_counted_gets_no_image_and_no_tally(app, headers: dict[str, str]):
    searcher = Searcher(app)
    assert not searcher.searches("s19", **headers)
    for _ in range(2):
        answer = searcher.client.get("/en/search/seen?q=s19", headers={**searcher.headers, **headers})
        assert answer.status_code == 204 and "Set-Cookie" not in answer.headers
    assert tallies() == {}


@pytest.mark.clause("3.1.2b")
def test_who_refuses_counting_is_not_tallied_and_the_mark_is_taken_back(app):
    searcher = Searcher(app)
    searcher.searches("s19")
    save_choices_in(searcher.client, headers={"Origin": "http://localhost"})
    assert searcher.client.get_cookie("prefs") is None
    assert not searcher.searches("s21")
    assert tallies() == {"s19": 1}


def test_a_mere_head_request_counts_nothing(app):
    searcher = Searcher(app)
    searcher.searches("s19")
    searcher.client.head("/en/search/seen?q=s21", headers=searcher.headers)
    assert tallies() == {"s19": 1}


def test_members_and_guests_are_counted_alike(app):
    member = Searcher(app)
    signed_in(member.client, an_account())
    member.searches("s19")
    Searcher(app).searches("S19")
    assert tallies() == {"s19": 2}


def test_languages_are_counted_apart_and_together(app, house):
    for _ in range(5):
        Searcher(app).searches("s19", "en")
        Searcher(app).searches("s19")
        Searcher(app).searches("s21", "en")
    assert told(house, "en") == [Term("s19", 5, False), Term("s21", 5, False)]
    assert told(house, "zh") == [Term("s19", 5, False)]
    assert told(house) == [Term("s19", 10, False), Term("s21", 5, False)]


def test_a_term_says_whether_it_found_anything(app, house):
    a_product("Antminer S21")
    for _ in range(5):
        Searcher(app).searches("antminer s21")
        Searcher(app).searches("filecoin")
    assert told(house) == [Term("antminer s21", 5, found=True), Term("filecoin", 5, found=False)]


def test_a_browser_counts_again_on_another_day(app, clock):
    searcher = Searcher(app)
    searcher.searches("s19")
    clock.travel(days=1)
    assert searcher.searches("s19")
    days = dict(db.session.execute(select(SearchTally.day, SearchTally.browsers)).all())
    assert days == {today() - timedelta(days=1): 1, today(): 1}


@pytest.mark.clause("3.1.1b")
def test_browsers_that_searched_for_the_same_have_the_same_cookie(app):
    one, other = Searcher(app), Searcher(app)
    for text in ("s19", "s21"):
        one.searches(text)
    for text in ("s21", "s19"):
        other.searches(text)
    assert one.client.get_cookie("prefs").value == other.client.get_cookie("prefs").value
    assert "s19" not in str(signed_facts("prefs", one.client.get_cookie("prefs").value))


@pytest.mark.clause("2.10")
def test_the_tally_is_deleted_with_the_day_and_not_before_its_last_requests_are_answered(app, clock):
    Searcher(app).searches("s19")
    clock.travel(hours=12, minutes=4)
    tell_terms_of_past_days()
    assert tallies() == {"s19": 1}
    clock.travel(minutes=2)
    tell_terms_of_past_days()
    assert tallies() == {}


@pytest.mark.clause("1.1.2d")
def test_a_worker_that_dies_between_telling_and_deleting_tells_the_same_again(app, house):
    """The tally that it told of is there again, as after its death."""
    for _ in range(2):
        with transaction() as session:
            session.add(SearchTally(day=today(), language="zh", term="s19", browsers=6, found=True))
        assert told(house) == [Term("s19", 6, True)]
    assert tallies() == {}


@given(st.lists(st.text(max_size=10), max_size=100))
def test_a_mark_holds_every_term_that_was_counted_and_is_64_bits_at_most(searched: list[str]):
    day, counted = today(), CountedTerms()
    for term in searched:
        counted = with_counted(term, "zh", day, counted)
    assert all(is_counted(term, "zh", day, counted) for term in searched)
    assert 0 <= counted.mark < 2**64 and counted.mark.bit_count() <= len(set(searched))
    assert not any(is_counted(term, "zh", day + timedelta(days=1), counted) for term in searched)

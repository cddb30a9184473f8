"""`/m/counts`: everybody may read what is counted, and how many came in weeks that are closed."""

import tomllib
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table

from analytics.closing import FLOOR
from analytics.days import date_of, first_day_of_week, week_of
from analytics.extension import PACKAGE
from analytics.fold import KEPT_DAYS
from analytics.open_counts import WEEKS, kept_for, name_of_text, open_tables, open_weeks, published
from analytics.reports import Figures
from analytics.store import figures, metadata
from analytics.texts import LANGUAGES, texts_in
from tests.analytics.browsing import Surfer
from tests.analytics.builders import DAY, TODAY, a_line

MONDAY = first_day_of_week(week_of(TODAY))


def reads(site, language: str = "en") -> str:
    answer = site[0].test_client().get(f"/m/counts?lang={language}")
    assert answer.status_code == 200
    return answer.text


def came(house, visitors: int, *, days_ago: int) -> None:
    """Browsers that had never come before, each for one page."""
    then = house.now - days_ago * DAY
    house.append(*[a_line(seconds=then) for _ in range(visitors)])


@pytest.mark.clause("2.9")
@pytest.mark.clause("2.10")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_and_every_column_is_told_with_its_meaning(site, language):
    page, told = unescape(reads(site, language)), list(open_tables(texts_in(language)))
    assert [table.name for table in told] == sorted(metadata.tables)
    for table in told:
        assert f'id="{table.name}"' in page and table.meaning in page and table.kept in page
        assert [name for name, _ in table.columns] == [column.name for column in metadata.tables[table.name].columns]
        assert all(meaning in page for _, meaning in table.columns)


@pytest.mark.clause("2.10")
def test_a_column_that_no_text_explains_is_found():
    planted = Table("figures", MetaData(), Column("account", Integer))
    with pytest.raises(KeyError):
        texts_in("en")(name_of_text(planted, planted.c.account))


def test_no_text_is_left_of_a_table_or_column_that_is_gone():
    names = {f"table.{table}" for table in metadata.tables}
    names |= {name_of_text(table, column) for table in metadata.tables.values() for column in table.columns}
    written = tomllib.loads((PACKAGE / "translations" / "texts.toml").read_text(encoding="utf-8"))
    assert {name for name in written if name.startswith(("table.", "column."))} == names


def test_the_page_says_how_long_each_table_is_kept():
    kept = " ".join(kept_for(texts_in("en"), figures))
    assert "25 months" in kept and f"fewer than {FLOOR}" in kept
    assert 25 * 30.4 <= KEPT_DAYS <= 25 * 30.5
    by_name = {table.name: table.kept for table in open_tables(texts_in("en"))}
    assert "48 hours" in by_name["nonces"] and "30 minutes" in by_name["minutes"]


@pytest.mark.clause("2.10")
def test_a_week_of_ten_visitors_is_told_rounded_and_one_of_nine_is_not(house):
    came(house, 14, days_ago=7)
    came(house, 9, days_ago=14)
    house.fold()
    newest, before = open_weeks(house.store, TODAY + 1)[:2]
    assert newest == (MONDAY - 7, 10, 10, 10)
    assert before == (MONDAY - 14, 0, 0, 0)


@pytest.mark.clause("2.10")
def test_a_week_is_not_told_before_it_has_been_over_for_a_day(house):
    came(house, 30, days_ago=0)
    house.fold()
    assert all(week.visitors == 0 for week in open_weeks(house.store, MONDAY + 7))
    assert open_weeks(house.store, MONDAY + 8)[0] == (MONDAY, 30, 30, 30)


def test_the_table_is_a_fixed_one_of_a_quarter_whose_weeks_do_not_overlap(house):
    weeks = open_weeks(house.store, TODAY)
    assert len(weeks) == WEEKS
    assert {before.begins - after.begins for before, after in zip(weeks, weeks[1:], strict=False)} == {7}


@pytest.mark.clause("2.10")
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 9))
def test_one_visitor_more_or_less_moves_no_number_by_less_than_ten(visitors, visits, views, more):
    counted = Figures(visitors=visitors, visits=visitors + visits, views=visitors + visits + views)
    grown = counted._replace(visitors=counted.visitors + more, visits=counted.visits + more, views=counted.views + more)
    for one, other in zip(published(0, counted), published(0, grown), strict=True):
        assert one == other or abs(one - other) >= 10
    assert visitors >= 10 or published(0, counted) == (0, 0, 0, 0)


def test_the_page_shows_the_weeks_and_hides_the_small_ones(site, moment):
    app, analytics = site
    for _ in range(12):
        Surfer(app).opens("/")
    analytics.fold()
    moment.seconds += 8 * DAY
    page = reads(site)
    monday = date_of(first_day_of_week(week_of(TODAY))).isoformat()
    assert f'<time datetime="{monday}">' in page
    assert page.count("<td>10</td>") == 3 and page.count("<td>fewer than 10</td><td>-</td><td>-</td>") == WEEKS - 1


def test_the_page_stands_while_the_store_is_down(site):
    metadata.drop_all(site[1].store.engine)
    page = reads(site)
    assert texts_in("en")("open_no_weeks") in page and 'id="figures"' in page


def test_the_page_needs_no_script_and_weighs_little(site):
    page = reads(site, "zh")
    assert "<script" not in page and " style=" not in page and len(page.encode()) < 40_000


@pytest.mark.parametrize("query", ["lang=fr", "lang=", "lang=%00", "x=" + "y" * 2000])
def test_nonsense_in_the_address_breaks_nothing(site, query):
    assert site[0].test_client().get(f"/m/counts?{query}").status_code == 200


@pytest.mark.clause("2.10")
def test_the_page_takes_no_cookie_and_sets_none(site):
    surfer = Surfer(site[0])
    surfer.opens("/")
    answer = surfer.client.get("/m/counts?lang=en", headers=surfer.headers)
    assert answer.headers.getlist("Set-Cookie") == [] and answer.text == reads(site)

"""`/m/counts`: everybody may read what is counted, and how many came in weeks that are closed."""

import re
import tomllib
from html import unescape

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from analytics.closing import FLOOR
from analytics.days import date_of, first_day_of_week, week_of
from analytics.extension import PACKAGE
from analytics.fold import KEPT_DAYS
from analytics.open_counts import kept_for, name_of_text, open_tables
from analytics.open_weeks import WEEKS
from analytics.store import figures, metadata
from analytics.texts import LANGUAGES, texts_in
from tests.analytics.browsing import Surfer
from tests.analytics.builders import DAY, TODAY


def reads(site, language: str = "en") -> str:
    answer = site[0].test_client().get(f"/m/counts?lang={language}")
    assert answer.status_code == 200
    return answer.text


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


def test_the_page_shows_the_weeks_and_hides_the_small_ones(site, moment):
    app, analytics = site
    for _ in range(60):
        Surfer(app).opens("/")
    analytics.fold()
    moment.seconds += 8 * DAY
    assert reads(site).count("<td>fewer than 10</td>") == WEEKS
    analytics.release(bands=1)
    page = reads(site)
    monday = date_of(first_day_of_week(week_of(TODAY))).isoformat()
    assert f'<time datetime="{monday}">' in page
    assert page.count("<td>fewer than 10</td><td>-</td><td>-</td>") == WEEKS - 1
    assert len(re.findall(r"<td>[3-9]0</td>", page)) == 3 and reads(site) == page


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

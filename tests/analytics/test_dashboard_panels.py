"""Every panel at its own address: all rows, search, pages, CSV and JSON of the same rows."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from analytics.codes import Channel, ProductMeasure, ShopMeasure
from analytics.dashboard import Goal, Site
from analytics.dashboard.files import FORMULA_STARTS, safe
from analytics.dashboard.panels import GROUPS, PANELS
from analytics.dashboard.tables import rate
from analytics.days import date_of
from analytics.example.bakery import bakery
from analytics.products import tell_products
from analytics.terms import Searched, tell_terms
from tests.analytics.browsing import Surfer
from tests.analytics.builders import DAY, TODAY
from tests.analytics.dashboards import a_site, come, page, rows

NONSENSE = ["", "q=%00", "q=" + "x" * 5000, "page=-1", "page=1e9", "page=99999999999999999999", "page=２"]


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_every_panel_answers_on_nothing_and_behind_filters(site, panel, ending):
    for query in ("", "device=phone", "device=phone&channel=search", "from=nonsense&to="):
        answer = site[0].test_client().get(f"/dashboard/{panel}{ending}?{query}")
        assert answer.status_code == (422 if "nonsense" in query else 200)


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("from=2026-13-01&to=2026-11-23", {"from"}),
        ("from=9999-01-01&to=", {"from", "to"}),
        ("from=2026-11-23&to=2026-11-01", {"to"}),
        ("device=fridge", {"filters"}),
        ("device=phone&device=tablet", {"filters"}),
    ],
)
def test_a_file_of_days_or_filters_that_cannot_be_used_is_refused_and_says_why(site, ending, query, where):
    answer = site[0].test_client().get(f"/dashboard/pages.{ending}?lang=zh&{query}")
    assert answer.status_code == 422 and set(answer.json["errors"]) == where
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("panel", "told"), [("pages", {"device": "phone"}), ("faults", {})])
def test_a_file_names_the_filter_by_which_its_panel_is_cut_and_no_other(site, panel, told):
    answer = site[0].test_client().get(f"/dashboard/{panel}.json?device=phone&channel=search")
    assert answer.json["filters"] == told


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_search_and_page_never_breaks_a_panel(site, query):
    Surfer(site[0]).opens("/")
    page(site, query, path="/dashboard/pages")


@pytest.mark.parametrize("path", ["nowhere", "nowhere.csv", "part/nowhere", "PAGES", "pages.xml", "%00"])
def test_what_is_no_panel_is_not_found(site, path):
    assert site[0].test_client().get(f"/dashboard/{path}").status_code == 404


def test_a_site_without_products_has_no_such_panel(tmp_path, moment):
    app, _ = bakery(tmp_path, moment, Site())
    assert app.test_client().get("/dashboard/products").status_code == 404
    assert "dashboard/products" not in app.test_client().get("/dashboard").text


@pytest.mark.parametrize("group", GROUPS)
def test_a_tab_is_chosen_in_the_address_and_comes_alone_for_the_script(site, group):
    last = GROUPS[group][-1]
    text = page(site, f"lang=en&{group}={last}")
    assert f"/dashboard/{last}?" in text
    alone = page(site, f"lang=en&{group}={last}", path=f"/dashboard/part/{group}")
    assert '<section class="count-panel' in alone and "<html" not in alone and f"/dashboard/{last}?" in alone


def test_search_finds_rows_by_name_in_upper_or_lower_case(site):
    come(site, 2, Channel.SEARCH)
    come(site, 1, Channel.SOCIAL)
    found = page(site, "lang=en&q=SEARCH", path="/dashboard/channels")
    assert "Search engine" in found and "Social site" not in found
    assert "Try fewer" in page(site, "lang=en&q=zzz", path="/dashboard/channels")
    assert list(rows(site, "channels", "q=social")) == ["Social site"]


def test_a_long_list_is_paged(site):
    surfer = Surfer(site[0])
    for number in range(60):
        surfer.opens(f"/bread/loaf{number}")
    first, second = (page(site, f"lang=en&page={n}", path="/dashboard/pages") for n in (1, 2))
    loaves = [set(re.findall(r"bread loaf\d+", text)) for text in (first, second)]
    assert (len(loaves[0]), len(loaves[1])) == (50, 10) and not loaves[0] & loaves[1]
    assert 'rel="next"' in first and 'rel="prev"' in second
    assert page(site, "lang=en&page=9", path="/dashboard/pages").count("bread loaf") == second.count("bread loaf")


def test_csv_holds_the_rows_of_the_page_and_opens_in_a_spreadsheet(site):
    come(site, 3, Channel.SEARCH)
    site[1].fold()
    answer = site[0].test_client().get("/dashboard/channels.csv?lang=zh")
    assert answer.data.startswith(b"\xef\xbb\xbf") and answer.mimetype == "text/csv"
    heads, *found = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert heads[:3] == ["来访渠道", "访问次数", "访客数"] and found[0][:3] == ["搜索引擎", "3", "3"]
    assert "attachment" in answer.headers["Content-Disposition"]


@given(st.text(max_size=20))
def test_no_cell_begins_a_formula(text):
    assert not safe(text).startswith(FORMULA_STARTS)
    assert safe(text) in (text, f"'{text}")


def test_a_page_named_like_a_formula_does_no_harm(tmp_path, moment):
    app, analytics = bakery(tmp_path, moment, a_site(name_page=lambda kind, key: f"=HYPERLINK({kind})"))
    Surfer(app).opens("/")
    analytics.fold()
    text = app.test_client().get("/dashboard/pages.csv").data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=HYPERLINK(front)" in cells and not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]


def test_the_way_to_an_order_shows_who_went_no_further(site):
    goes, stays = Surfer(site[0]), Surfer(site[0])
    for surfer in (goes, stays):
        surfer.opens("/bread/rye")
    goes.opens("/basket")
    found = rows(site, "funnel")
    assert [row["visits"] for row in found.values()] == [2, 2, 1, 0, 0]
    assert [row["drop_off"] for row in found.values()] == [None, 0.0, 0.5, 1.0, None]


def test_the_shops_own_totals_stand_beside_what_the_beacon_saw(site):
    for measure, orders in ((ShopMeasure.PLACED, 4), (ShopMeasure.PAID, 3), (ShopMeasure.REFUNDED, 1)):
        site[1].tell_day_total(date_of(TODAY), measure, orders, orders * 100)
    told = {name: (row["orders_told"], row["amount_hundredths"]) for name, row in rows(site, "shop-days").items()}
    assert told == {"Placed": (4, 400), "Paid": (3, 300), "Refunded": (1, 100)}
    assert [row["orders_told"] for row in rows(site, "seen-orders").values()] == [4, 0]


def test_products_show_seen_in_cart_placed_and_changed_prices(site):
    app, analytics = site
    surfer = Surfer(app)
    for path in ("/bread/rye", "/bread/rye", "/basket?added=rye"):
        surfer.opens(path)
    for measure in ProductMeasure:
        tell_products(analytics.store, TODAY, 2, measure, [("rye", 1)])
    found = rows(site, "products")["bread rye"]
    assert (found["views"], found["placed"], found["conversion"]) == (2, 1, 0.5)
    assert found["price_changed"] == date_of(TODAY).isoformat()[5:]


def test_goals_count_visits_to_a_step_and_views_of_a_page(tmp_path, moment):
    goals = [Goal("Basket", step="cart"), Goal("Rye", "bread", "rye"), Goal("Any bread", "bread"), Goal("?", step="no")]
    site = bakery(tmp_path, moment, a_site(goals=lambda: goals))
    surfer = Surfer(site[0])
    for path in ("/bread/rye", "/bread/oat", "/basket"):
        surfer.opens(path)
    assert {name: row["reached"] for name, row in rows(site, "goals").items()} == {
        "Basket": 1, "Rye": 1, "Any bread": 2, "?": 0,
    }  # fmt: skip


def test_who_came_again_is_told_by_week_of_first_visit(site, moment):
    surfers = [Surfer(site[0]), Surfer(site[0])]
    for surfer in surfers:
        surfer.opens("/")
    moment.seconds += 7 * DAY
    surfers[0].opens("/")
    found = rows(site, "cohorts", "period=28d")
    assert [(row["new_browsers"], row["after_1_weeks"]) for row in found.values()] == [(2, 0.5)]


@pytest.mark.parametrize("query", ["period=28d", "period=12m", "period=all", "period=12m&device=phone&channel=direct"])
def test_the_page_asks_no_more_of_the_store_the_more_there_is(site, query):
    asked: list[str] = []
    event.listen(site[1].store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    counts = []
    for number in (1, 40):
        surfer = Surfer(site[0])
        for each in range(number):
            surfer.opens(f"/bread/loaf{each}")
        site[1].fold()
        asked.clear()
        assert site[0].test_client().get(f"/dashboard?{query}").status_code == 200
        counts.append(sum(statement.startswith(("SELECT", "WITH")) for statement in asked))
    assert counts[0] == counts[1] <= 55


def test_small_shares_do_not_read_as_none():
    assert [rate(share) for share in (0, 0.004, 0.01, 0.5, 1)] == ["0 %", "0.4 %", "1 %", "50 %", "100 %"]


def test_searches_say_which_found_nothing(site):
    told = [Searched("zh", "水冷", 9, True), Searched("en", "unicorn", 6, False), Searched("en", "rare", 4, True)]
    tell_terms(site[1].store, TODAY, told)
    found = {name: (row["searched"], row["search_result"]) for name, row in rows(site, "searches").items()}
    assert found == {"水冷": (9, ""), "unicorn": (6, "nothing found")}

"""Filters in the address: chips, clicks on rows, what cannot be used, and the floor below which no number stands."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import Channel, Cut, Device
from analytics.dashboard.figures import headlines
from analytics.dashboard.filters import MOST, PARAMETERS, filter_of, picks_of
from analytics.dashboard.floor import INSIDE_FLOOR
from analytics.dashboard.tables import Row, with_floor
from analytics.place import place_code
from analytics.reports import Figures
from analytics.texts import texts_in
from tests.analytics.dashboards import come, page, rows

KINDS = {"front": 1, "bread": 2, "basket": 3}
EN = texts_in("en")
DESKTOP, PHONE = int(Device.DESKTOP), int(Device.PHONE)


def headline(text: str, name: str) -> str:
    found = re.search(rf"<dt>{name}.*?count-figure__value\">(.*?)</span>", text, re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture
def crowd(site):
    """Twelve by desktop from a search engine, seven by phone directly, two by phone by mail."""
    come(site, 12, Channel.SEARCH, device=DESKTOP)
    come(site, 7, Channel.DIRECT, device=PHONE)
    come(site, 2, Channel.MAIL, device=PHONE)
    return site


def test_a_filter_reaches_the_headline_figures_and_the_panels(crowd):
    text = page(crowd, "lang=en&device=phone")
    assert headline(text, "Visitors") == "9" and "Orders placed" not in text.partition("count-panels")[0]
    assert rows(crowd, "devices", "device=phone").keys() == {"Phone"}
    assert rows(crowd, "pages", "device=phone")["front"]["views"] == 9


def test_a_filter_is_a_chip_that_can_be_taken_off(crowd):
    text = page(crowd, "lang=en&device=phone&channel=direct&period=7d")
    chips = re.search(r'<ul class="count-chips".*?</ul>', text, re.DOTALL)[0]
    assert 'href="?lang=en&period=7d&channel=direct"' in chips and 'href="?lang=en&period=7d&device=phone"' in chips
    assert "Device: <b>Phone</b>" in chips and "Way of arrival: <b>Direct</b>" in chips


def test_a_click_on_a_row_sets_the_filter_and_a_third_takes_the_place_of_the_second(crowd):
    come(crowd, 5, Channel.MAIL, device=PHONE)
    assert 'href="/dashboard?lang=en&channel=search"' in page(crowd, "lang=en")
    assert 'href="/dashboard?lang=en&device=phone&channel=direct"' in page(crowd, "lang=en&device=phone")
    assert 'href="/dashboard?lang=en&device=phone&member=guest"' in page(crowd, "lang=en&device=phone&channel=direct")


def test_behind_two_filters_a_panel_says_that_it_takes_the_first(crowd):
    text = page(crowd, "lang=en&device=phone&channel=direct")
    assert headline(text, "Visitors") == "7"
    assert EN("first_filter_only", name="Phone") in text and EN("not_filtered") in text
    assert EN("first_filter_only", name="Phone") not in page(crowd, "lang=en&device=phone")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("device=fridge", "filter_unknown"),
        ("device=", "filter_unknown"),
        ("device=%00%F0%9F%98%80", "filter_unknown"),
        ("place=XX", "filter_unknown"),
        ("entry=" + "9" * 400, "filter_unknown"),
        ("device=phone&device=desktop", "filter_twice"),
        ("device=phone&channel=search&member=guest", "filter_third"),
    ],
)
def test_what_cannot_be_used_is_left_off_and_said(site, query, problem):
    text = page(site, f"lang=en&{query}")
    assert EN(problem) in text


@given(st.lists(st.tuples(st.sampled_from([*PARAMETERS, "other"]), st.text(max_size=8) | st.sampled_from(
    ["phone", "search", "guest", "zh", "front", "CN", "CN-GD", "JP"]))))  # fmt: skip
def test_reading_filters_never_raises_and_takes_two_at_most(pairs):
    found = picks_of(pairs, KINDS)
    assert len(found.picked) <= MOST
    assert len({each.parameter for each in found.picked}) == len(found.picked)
    assert bool(found.problems) or len([name for name, _ in pairs if name in PARAMETERS]) == len(found.picked)


def test_china_lets_its_provinces_through_and_a_province_itself_alone():
    china, province = filter_of(Cut.PLACE, "CN", {}), filter_of(Cut.PLACE, "CN-GD", {})
    assert china.low <= place_code("CN") <= place_code("CN-GD") <= china.high < place_code("JP")
    assert (province.low, province.high) == (place_code("CN-GD"), place_code("CN-GD"))


def test_provinces_count_with_their_country(site):
    come(site, 6, place=place_code("CN-GD"))
    come(site, 5, place=place_code("CN"))
    come(site, 4, place=place_code("JP"))
    assert {name: row["visits"] for name, row in rows(site, "countries").items()} == {"China": 11, "Japan": 4}
    assert [row["visits"] for row in rows(site, "provinces").values()] == [6]
    assert headline(page(site, "lang=en&place=CN"), "Visits") == "11"
    assert headline(page(site, "lang=en&place=CN-GD"), "Visits") == "6"


@pytest.mark.clause("2.10")
def test_rows_of_a_filter_pair_below_the_floor_stand_together(crowd):
    come(crowd, 3, Channel.AI, device=PHONE)
    found = rows(crowd, "channels", "device=phone")
    others = found.pop(EN("few_each", number=2))
    assert [row["visits"] for row in found.values()] == [7] and others["visits"] == 5
    assert others["visitors"] is None and others["views"] is None


@pytest.mark.clause("2.10")
def test_a_row_alone_below_the_floor_is_not_told_by_the_others(crowd):
    """Two came by mail: the nine phones less seven would say so."""
    assert [row["visits"] for row in rows(crowd, "channels", "device=phone").values()] == [9]


@pytest.mark.clause("2.10")
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_no_number_below_the_floor_is_shown_nor_to_be_reckoned_from_the_rest(counts):
    ordered = sorted(counts, reverse=True)
    shown = with_floor([Row(str(n), (n,)) for n in ordered], [n < INSIDE_FLOOR for n in ordered], EN)
    told = [row.numbers[0] for row in shown]
    assert all(number >= INSIDE_FLOOR for number in told if isinstance(number, int))
    folded = len(ordered) - (len(shown) - 1) if len(shown) < len(ordered) or min(ordered) < INSIDE_FLOOR else 0
    assert folded != 1 or len(ordered) == 1


@pytest.mark.clause("2.10")
def test_headline_figures_behind_two_filters_keep_the_floor(crowd):
    text = page(crowd, "lang=en&device=phone&channel=mail")
    assert headline(text, "Visitors") == headline(text, "Bounce rate") == "fewer than 5"
    few, many = Figures(views=9, visits=4, visitors=4), Figures(views=90, visits=40, visitors=40)
    assert {figure.value for figure in headlines(EN, few, many, str, filtered=True, narrow=True)} == {"fewer than 5"}
    assert {figure.change for figure in headlines(EN, many, few, str, filtered=True, narrow=True)} == {""}


@pytest.mark.clause("2.10")
def test_the_days_of_the_chart_behind_two_filters_keep_the_floor(crowd):
    text = page(crowd, "lang=en&device=phone&channel=mail&period=today")
    cells = re.findall(r"<td>(.*?)</td>", re.search(r"<tbody>.*?</tfoot>", text, re.DOTALL)[0])
    assert set(cells) == {"fewer than 5"}


def test_an_empty_choice_says_what_to_do(crowd):
    assert EN("empty_filtered") in page(crowd, "lang=en&device=tablet")

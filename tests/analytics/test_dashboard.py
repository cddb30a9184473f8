"""The marketers' page: figures that agree with the report, dates that are wrong, both languages, no script needed."""

import re
import tomllib
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from analytics.codes import Channel, Device, LeftOut, ShopMeasure, Step, Width
from analytics.dashboard.chart import chart_of, flags_of, round_up
from analytics.dashboard.figures import headlines
from analytics.dashboard.panels import GROUPS, PANELS
from analytics.dashboard.period import PRESETS
from analytics.days import date_of
from analytics.example.bakery import bakery
from analytics.extension import PACKAGE
from analytics.reading import Range
from analytics.reports import Figures
from analytics.simulation import Room
from analytics.texts import duration, texts_in
from tests.analytics.browsing import Surfer
from tests.analytics.builders import DAY, TODAY
from tests.analytics.dashboards import page

ISO = date_of(TODAY).isoformat()


def table_of_days(text: str) -> dict[str, list[str]]:
    rows = re.findall(r'<tr><th scope="row">(\d{4}-\d\d-\d\d)</th>(.*?)</tr>', text)
    return {day: re.findall(r"<td>(.*?)</td>", cells) for day, cells in rows}


@pytest.mark.clause("3.2(1)a")
def test_the_page_shows_the_figures_of_the_report_by_day_and_in_total(site, moment):
    app, analytics = site
    surfers = [Surfer(app), Surfer(app)]
    for surfer in surfers:
        surfer.opens("/")
    moment.seconds += DAY
    surfers[0].opens("/bread/rye")
    analytics.tell_day_total(date_of(TODAY), ShopMeasure.PLACED, 3, 139_900)
    text = page(site, f"from={ISO}&to={date_of(TODAY + 1)}&lang=en")
    assert table_of_days(text)[ISO] == ["2", "2", "2", "3", "1,399.00"]
    assert table_of_days(text)[date_of(TODAY + 1).isoformat()] == ["1", "1", "1", "0", "0.00"]
    total = re.search(r"<tfoot>.*?</tfoot>", text).group()
    assert re.findall(r"<td>(.*?)</td>", total) == ["2", "3", "3", "3", "1,399.00"]


def test_told_again_the_last_word_on_a_day_stands(site):
    _, analytics = site
    for orders in (3, 3, 2):
        analytics.tell_day_total(date_of(TODAY), ShopMeasure.PLACED, orders, orders * 100)
    analytics.tell_day_total(date_of(TODAY), ShopMeasure.PAID, 1, 100)
    found = analytics.reports.totals(Range(TODAY, TODAY))
    assert (found.orders, found.amount) == (2, 200)


def test_an_empty_period_says_so_and_what_will_appear(site):
    assert "Nothing was counted in this period" in page(site, "lang=en")


def test_a_single_visitor_makes_a_page_without_nonsense(site):
    Surfer(site[0]).opens("/")
    text = page(site, "period=today&lang=en")
    assert "Nothing was counted" not in text and "nan" not in text.lower().replace("finance", "")
    assert "100 %" in text


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("from=2026-02-29&to=2026-03-01", "not_a_day"),
        ("from=%00&to=", "not_a_day"),
        (f"from={ISO}&to=9999-12-31", "in_future"),
        (f"from=0001-01-01&to={ISO}", "too_early"),
        (f"from={ISO}&to={date_of(TODAY - 1)}", "to_before_from"),
        (f"from=<script>&to={ISO}", "not_a_day"),
        (f"from=２０２６-１１-０１&to={ISO}", "not_a_day"),
    ],
)
def test_a_wrong_date_is_said_at_its_field_and_stays_as_typed(site, query, error):
    text = page(site, query + "&lang=en", status=422)
    assert texts_in("en")(error) in text and 'aria-invalid="true"' in text


def test_what_was_typed_stays(site):
    text = page(site, f"from=yesterday&to={ISO}&lang=en", status=422)
    assert "(yesterday)" in text and f'value="{ISO}"' in text


@pytest.mark.parametrize("query", ["period=nonsense", "chart=;drop", "period=7d&period=28d", "lang=xx", "from=&to="])
def test_nonsense_elsewhere_shows_the_usual_page(site, query):
    page(site, query)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_makes_a_page(site, preset):
    Surfer(site[0]).opens("/")
    assert f'lang=en&period={preset}" aria-current="page"' in page(site, f"period={preset}&lang=en")


def test_the_change_is_that_against_the_comparison():
    now, before = Figures(visits=150, bounces=30, views=150), Figures(visits=100, bounces=50, views=150)
    found = {figure.name: figure for figure in headlines(texts_in("en"), now, before, str)}
    assert (found["visits"].change, found["visits"].better) == ("+50 %", 1)
    bounced = found["bounce_rate"]
    assert (bounced.value, bounced.change, bounced.better) == ("20 %", "-60 %", 1)
    assert (found["views"].change, found["orders"].change) == ("unchanged", "unchanged")
    assert headlines(texts_in("en"), now, Figures(), str)[1].change == "nothing before"
    assert {figure.change for figure in headlines(texts_in("en"), now, None, str)} == {""}


def test_without_comparison_nothing_is_dotted(site):
    Surfer(site[0]).opens("/")
    assert "count-key--before" in page(site, "period=7d")
    assert "count-key--before" not in page(site, "period=7d&compare=none")


def test_the_chart_stands_on_zero_and_reaches_its_highest_value():
    chart = chart_of(["a", "b", "c"], [0, 5, 10], [20, 0, 0])
    assert [point.y for point in chart.points][0] == chart.baseline
    assert chart.grid[-1][1] == 20 and len(chart.before.split()) == 3
    for most in range(1, 2_000):
        values = [value for _, value in chart_of(["a"], [most], [0]).grid]
        assert len({b - a for a, b in pairwise(values)}) == 1 and values[-1] >= most
    assert chart_of(["a"], [1], [0]).points[0].x > 300
    assert [round_up(n) for n in (1, 4, 5, 11, 99, 100, 101, 7_001)] == [4, 4, 6, 20, 100, 100, 200, 8_000]


def test_the_way_to_a_day_that_is_not_over_is_drawn_apart():
    whole, so_far = (chart_of(["a", "b", "c"], [4, 8, 2], [], is_open=is_open) for is_open in (False, True))
    assert len(whole.line.split()) == 3 and whole.open_line == ""
    assert len(so_far.line.split()) == 2 and so_far.open_line.split() == whole.line.split()[1:]
    assert so_far.area == whole.area


def test_a_time_below_a_minute_has_no_minutes():
    assert [duration(texts_in("en"), seconds) for seconds in (0, 59, 60)] == ["0 s", "59 s", "1 min 0 s"]


def test_notes_on_one_day_stand_below_another():
    chart = chart_of(["a", "b"], [1, 2], [])
    flags = flags_of(chart, [1, 0, 1])
    assert [flag.number for flag in flags] == [1, 2, 3]
    assert flags[0].x == flags[2].x and flags[0].y < flags[2].y


def test_left_out_requests_stand_with_their_reason(site):
    Surfer(site[0]).loads("/m/b.gif?t=forged")
    text = page(site, "period=today&lang=en")
    assert texts_in("en")("left_out.forged") in text
    assert texts_in("en")("left_out_here", number="1") in text


def test_every_figure_and_every_panel_can_be_asked_what_it_is(site):
    text = page(site, "lang=en")
    for name in ("visitors", "visits", "views", "bounce_rate", "panel.left-out", "panel.members"):
        assert texts_in("en")(f"{name}_what") in text


@pytest.mark.clause("2.2")
def test_every_text_is_there_in_both_languages_with_the_same_gaps():
    texts = tomllib.loads((PACKAGE / "translations" / "texts.toml").read_text())
    for name, both in texts.items():
        assert set(both) == {"en", "zh"} and all(both.values()), name
        assert set(re.findall(r"{\w+}", both["en"])) == set(re.findall(r"{\w+}", both["zh"])), name
    for group, values in {"channel": Channel, "device": Device, "width": Width, "left_out": LeftOut}.items():
        assert {f"{group}.{value.name.lower()}" for value in values} <= set(texts)
    assert {f"step.{step.name.lower()}" for step in Step if step} <= set(texts)
    assert {f"told.{measure.name.lower()}" for measure in ShopMeasure} <= set(texts)


def test_every_panel_has_its_place_and_its_texts_and_no_other_is_told_of():
    texts = tomllib.loads((PACKAGE / "translations" / "texts.toml").read_text())
    told = {name.removeprefix("panel.").removesuffix("_what") for name in texts if name.startswith("panel.")}
    assert sorted(name for panels in GROUPS.values() for name in panels) == sorted(PANELS)
    assert told == set(PANELS) and all(f"panel.{name}_what" in texts for name in PANELS)


def test_no_text_is_left_unused():
    """Every text is named in a template or in code; those of values and presets by their lists above."""
    sources = "".join(file.read_text() for file in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")])
    texts = tomllib.loads((PACKAGE / "translations" / "texts.toml").read_text())
    plain = [name for name in texts if "." not in name and not name.endswith("_what")]
    made = {"by_day", "by_week", "by_month"}
    assert [n for n in plain if n not in made and f'"{n}"' not in sources and f"'{n}'" not in sources] == []


class Inline(HTMLParser):
    """Collects what a strict content policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        is_inline = tag == "style" or (tag == "script" and "src" not in dict(attrs))
        if is_inline or any(name == "style" or name.startswith("on") for name, _ in attrs):
            self.found.append(tag)


def test_the_page_holds_no_inline_script_and_no_inline_style(site):
    Surfer(site[0]).opens("/")
    assert Inline(page(site)).found == []


def test_a_long_range_says_that_a_browser_may_be_counted_twice(site):
    first = date_of(TODAY - 500).isoformat()
    assert texts_in("en")("long_range") in page(site, f"from={first}&to={ISO}&lang=en")
    assert texts_in("en")("long_range") not in page(site, "period=12m&lang=en")


def test_the_last_minutes_are_told_to_the_script_as_on_the_page(site):
    app, analytics = site
    for _ in range(3):
        Surfer(app).opens("/")
    assert '<b data-count="five_minutes">3</b>' in page(site)
    answer = app.test_client().get("/dashboard/now.json")
    assert answer.json == {"five_minutes": 3, "thirty_minutes": 3}
    assert answer.headers["Cache-Control"] == "no-store"


def test_made_up_visits_are_not_of_the_last_minutes(tmp_path, moment):
    rooms, keys = (Room("front", begins=1, goes=1),), dict
    app, analytics = bakery(tmp_path, moment, rooms=rooms, page_keys=keys)
    assert analytics.simulate(days=2, visits=20, seed=1) > 20
    assert app.test_client().get("/dashboard/now.json").json == {"five_minutes": 0, "thirty_minutes": 0}

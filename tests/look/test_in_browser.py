"""What only a browser shows: nothing spills at 320 px, nothing moves, fingers find their target, focus is seen."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.look.browser_pages import Samples
from tests.look.rendering import SAMPLES

PAGES = sorted(path.stem for path in SAMPLES.glob("*.html"))
PHONE = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}

SPILLED = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """
[...document.querySelectorAll("button, .button, .input, .search__field, summary, .site-header__links a")]
  .concat([...document.querySelectorAll(".pagination a, .chip, .option, .facet__option")])
  .filter((it) => it.getClientRects().length && !it.closest(".table, .facet__range, .facet__more"))
  .filter((it) => it.getBoundingClientRect().height < 43.5)
  .map((it) => `${it.tagName} ${it.className} ${it.getBoundingClientRect().height}`)
"""
MOVED = """
new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { moved += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 300);
})
"""
RING = (
    "(() => { const it = getComputedStyle(document.activeElement); return it.outlineStyle + ' ' + it.outlineWidth; })()"
)


@pytest.fixture
def phone(chromium: Any) -> Iterator[Samples]:
    with Samples(chromium, **PHONE) as samples:
        yield samples


@pytest.fixture
def desk(chromium: Any) -> Iterator[Samples]:
    with Samples(chromium, viewport={"width": 1280, "height": 900}) as samples:
        yield samples


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_spills_over_at_320_px(phone, name, lang):
    assert phone.open(name, lang).evaluate(SPILLED) == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_finger_finds_every_control(phone, name):
    assert phone.open(name).evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_once_it_is_there(desk, name):
    assert desk.open(name).evaluate(MOVED) == 0


@pytest.mark.parametrize("name", PAGES)
def test_the_content_policy_stops_nothing_and_no_script_fails(desk, name):
    desk.open(name).wait_for_load_state("networkidle")
    assert desk.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_few_files_and_for_none_elsewhere(desk, name):
    desk.open(name).wait_for_load_state("networkidle")
    assert len(desk.asked) <= 10
    assert all(path.startswith(("/static/", "/en/")) for _, path in desk.asked)


@pytest.mark.parametrize("name", ["listing", "checkout", "cart"])
def test_focus_is_seen_at_every_stop_of_the_tab_key(desk, name):
    page = desk.open(name)
    page.evaluate("document.activeElement.blur()")
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) == "solid 2px"


def test_the_first_stop_of_the_tab_key_skips_to_the_content(desk):
    page = desk.open("home")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_errors_take_the_focus_and_lead_to_their_field(desk):
    page = desk.open("checkout")
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    page.click(".error-summary a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "mobile"


def test_filters_stand_open_on_a_desk_without_script(chromium):
    with Samples(chromium, viewport={"width": 1280, "height": 900}, java_script_enabled=False) as samples:
        assert samples.open("listing").is_visible("input[name=hashrate_from]")


def test_filters_are_folded_on_a_phone_and_open_at_a_touch(phone):
    page = phone.open("listing")
    assert not page.is_visible("input[name=hashrate_from]")
    page.tap(".facets__opener")
    assert page.is_visible("input[name=hashrate_from]")


@pytest.mark.parametrize("width", [320, 390, 820])
def test_a_card_shows_all_of_itself_on_every_width(phone, width):
    page = phone.open("listing")
    page.set_viewport_size({"width": width, "height": 640})
    hidden = "(it) => it.scrollWidth - it.clientWidth"
    assert page.eval_on_selector(".table-region--listing", hidden) == 0


def test_the_listing_is_a_table_to_a_screen_reader_even_as_cards(phone):
    page = phone.open("listing")
    assert page.get_by_role("table", name="Bitcoin machines").get_by_role("row").count() > 5

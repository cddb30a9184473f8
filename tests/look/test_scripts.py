"""The small scripts improve what works without them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.look.browser_pages import SITE, Samples


@pytest.fixture
def desk(chromium: Any) -> Iterator[Samples]:
    with Samples(chromium, viewport={"width": 1280, "height": 900}) as samples:
        yield samples


def sent(samples: Samples, method: str) -> list[str]:
    return [path for used, path in samples.asked if used == method and not path.startswith("/static/")]


def test_plus_and_minus_stay_within_the_limits_of_the_box(desk):
    page = desk.open("product")
    page.click(".stepper__button >> nth=1")
    assert page.input_value("#quantity") == "2"
    for _ in range(3):
        page.click(".stepper__button >> nth=0")
    assert page.input_value("#quantity") == "1"


def test_plus_and_minus_say_what_they_change(desk):
    assert desk.open("product").get_by_role("button", name="More: Quantity").count() == 1


def test_power_cost_follows_the_price_and_ignores_nonsense(desk):
    page = desk.open("product")
    page.fill("#kwh", "0.50")
    assert page.inner_text("output") == "¥43.74"
    page.fill("#kwh", "abc")
    assert page.inner_text("output") == "¥43.74"


def test_full_width_digits_are_understood(desk):
    page = desk.open("product")
    page.fill("#kwh", "０．５")
    assert page.inner_text("output") == "¥43.74"


@pytest.mark.parametrize(
    ("password", "word"),
    [("short", "Too short"), ("1234567890", "Weak"), ("aaaaaaaaaaaa", "Weak"), ("maple-ridge", "Fair"),
     ("four words make a line", "Strong")],
)  # fmt: skip
def test_a_word_on_the_strength_of_a_password(desk, password, word):
    page = desk.open("checkout")
    page.wait_for_load_state("networkidle")  # the module that listens is fetched after the page
    page.fill("#password", password)
    shown = "word => document.querySelector('#password-strength').innerText === word"
    page.wait_for_function(shown, arg=word, timeout=5000)


PRESS_TWICE = """
(() => {
  const press = () => document.querySelector(".add").dispatchEvent(new Event("submit", { cancelable: true }));
  const taken = [press(), press()];
  dispatchEvent(new Event("pageshow"));
  return [...taken, press()];
})()
"""


def test_an_impatient_second_press_is_dropped_until_one_comes_back(desk):
    assert desk.open("product").evaluate(PRESS_TWICE) == [True, False, True]


def test_a_pressed_filter_takes_effect_at_once_without_empty_fields(desk):
    page = desk.open("listing")
    page.evaluate("document.querySelector('.facets').action = '/en/listing'")
    with page.expect_navigation():
        page.click("input[value=hydro]")
    asked = sent(desk, "GET")[-1]
    assert "cooling=hydro" in asked
    assert "hashrate_from=100" in asked
    assert "hashrate_to" not in asked


def test_a_filter_ticked_by_keyboard_waits_for_the_button(desk):
    page = desk.open("listing")
    page.focus("input[value=hydro]")
    page.keyboard.press("Space")
    page.wait_for_timeout(100)
    assert len(sent(desk, "GET")) == 1


@pytest.fixture
def searching(desk: Samples) -> Samples:
    desk.answers["/en/search/suggestions"] = lambda: (
        '<li><a href="/en/cart">S21</a></li><li><a href="/en/order">S21 Pro</a></li>'
    )
    page = desk.open("home")
    page.focus("#site-search")
    page.wait_for_load_state("networkidle")
    page.keyboard.type("s21")
    page.wait_for_selector(".suggestions a")
    return desk


def test_a_list_in_which_somebody_chooses_is_not_taken_away_by_a_later_answer(searching):
    page = searching.page
    page.keyboard.type("p")
    page.keyboard.press("ArrowDown")
    searching.answers["/en/search/suggestions"] = lambda: '<li><a href="/en/cart">S19</a></li>'
    page.wait_for_timeout(400)
    assert page.get_attribute("#site-search", "aria-activedescendant") == "site-search-suggestions-0"
    assert page.inner_text("#site-search-suggestions-0") == "S21"


def test_arrow_keys_choose_a_suggestion_and_enter_follows_it(searching):
    page = searching.page
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#site-search", "aria-activedescendant") == "site-search-suggestions-1"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{SITE}/en/order")


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(searching):
    searching.page.keyboard.press("Escape")
    assert not searching.page.is_visible(".suggestions")
    assert searching.page.input_value("#site-search") == "s21"


def test_enter_without_a_choice_searches(searching):
    searching.answers["/en/search"] = lambda: "<!doctype html><title>Search</title>"
    searching.page.keyboard.press("Enter")
    searching.page.wait_for_url(f"{SITE}/en/search?q=s21")


def test_the_menu_closes_by_escape_and_gives_the_focus_back(desk):
    page = desk.open("home")
    page.click(".menu__opener")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.is_visible(".menu__panel")
    assert page.evaluate("document.activeElement.className") == "menu__opener"

"""The dashboard in a browser: tabs and filters with script and without, notes on the chart."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_moving_about import tab_to
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.part("chromium")
Open = Callable[..., Visitor]


def test_a_tab_changes_its_own_place_and_the_next_filter_keeps_it(visitor: Open, signed_in_staff: Callable[..., Any]):
    marketer = visitor("en", storage_state=signed_in_staff("marketer"))
    page = marketer.open("/dashboard?period=28d")
    page.evaluate("window.stillThere = true")
    page.get_by_role("link", name="Last pages", exact=True).click()
    page.locator("#page h2", has_text="Last pages").wait_for()
    assert "page=exits" in page.url and page.evaluate("window.stillThere")
    page.get_by_role("link", name="Only: Direct").click()
    page.locator(".count-chips").wait_for()
    assert "page=exits" in page.url and "channel=direct" in page.url
    assert page.locator("#page h2").inner_text().startswith("Last pages") and marketer.faults == []


def test_without_script_tabs_filters_and_files_are_links(visitor: Open, signed_in_staff: Callable[..., Any]):
    marketer = visitor("zh-cn", storage_state=signed_in_staff("marketer", script=False), java_script_enabled=False)
    page = marketer.open("/dashboard?period=28d")
    page.locator("#with .count-tabs a").last.click()
    assert "with=widths" in page.url and page.locator("#with [aria-current]").inner_text() == "窗口宽度"
    page.locator("#arrival tbody a").first.click()
    assert page.locator(".count-chips li").count() == 1
    page.locator("#arrival .count-all a").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith("channels-")


def test_days_tabs_and_explanations_are_reached_by_keyboard_alone(visitor: Open, signed_in_staff: Callable[..., Any]):
    marketer = visitor("en", storage_state=signed_in_staff("marketer"))
    page = marketer.open("/dashboard")
    tab_to(page, ".count-days summary")
    page.keyboard.press("Enter")
    tab_to(page, ".count-dates button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard?from=*")
    assert page.locator(".count-days details").get_attribute("open") is not None
    tab_to(page, ".count-figure summary")
    page.keyboard.press("Enter")
    assert page.locator(".count-figure p").first.is_visible()
    tab_to(page, "#with .count-tabs a:not([aria-current])")
    page.keyboard.press("Enter")
    page.locator("#with h2", has_text="Browsers").wait_for()
    assert marketer.faults == []


def test_without_script_other_days_are_chosen_behind_one_line(visitor: Open, signed_in_staff: Callable[..., Any]):
    state = signed_in_staff("marketer", script=False)
    marketer = visitor("zh-cn", storage_state=state, java_script_enabled=False, viewport=PHONE)
    page = marketer.open("/dashboard")
    assert not page.locator("#count-from").is_visible()
    page.locator(".count-days summary").click()
    page.locator(".count-dates button").click()
    page.locator(".count-days").get_by_role("link", name="不对比").click()
    assert "compare=none" in page.url and page.locator(".count-before").count() == 0


def test_a_note_is_written_and_stands_on_the_chart(visitor: Open, signed_in_staff: Callable[..., Any]):
    marketer = visitor("en", storage_state=signed_in_staff("marketer"))
    page = marketer.open("/dashboard/notes")
    day = marketer.new_tab()
    day.goto(page.url.replace("/notes", "?period=yesterday"))
    page.get_by_label("Day", exact=True).fill(day.locator("#count-from").input_value())
    page.get_by_label("What happened").fill("Price cut of the spring sale")
    page.get_by_role("button", name="Write the note").click()
    page.get_by_text("The note stands on the chart.").wait_for()
    day.reload()
    assert day.locator(".count-notes li").inner_text().endswith("Price cut of the spring sale")
    assert day.locator(".count-flag__number").text_content() == "1"


def test_a_link_is_registered_without_script_and_its_long_address_fits_a_phone(
    visitor: Open, signed_in_staff: Callable[..., Any]
):
    state = signed_in_staff("marketer", script=False)
    marketer = visitor("en", storage_state=state, java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = marketer.open("/dashboard/links")
    page.get_by_label("Name of the link").fill("Weibo in November")
    page.get_by_label("Source (utm_source)").fill("WeiBo")
    page.get_by_label("Campaign (utm_campaign)").fill("双十一")
    page.get_by_label("Leads to").fill("/products")
    page.get_by_role("button", name="Register the link").click()
    page.get_by_text("The link is registered.").wait_for()
    query = "?utm_source=weibo&utm_campaign=%E5%8F%8C%E5%8D%81%E4%B8%80"
    assert page.locator("td code").nth(1).inner_text().endswith(f"/en/products{query}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

"""The counting house's open pages in a browser: small screens, light and dark, without script."""

from collections.abc import Callable

import pytest

from tests.browser.sights import AXE, FINDINGS, SPILL, SPILLING, WIDTHS
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.part("chromium")
Open = Callable[..., Visitor]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/m/counts", "/m/mine"])
def test_axe_finds_nothing_and_nothing_spills_at_any_width_in_light_or_dark(visitor: Open, path: str, language: str):
    guest = visitor("en")
    page = guest.open("/help")
    page.goto(page.url.replace("/en/help", f"{path}?lang={language}"))
    page.evaluate("() => document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FINDINGS, None) == []
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SPILL) <= 0, page.evaluate(SPILLING)
    assert guest.faults == []


def test_a_table_is_opened_by_keyboard_without_script(visitor: Open):
    page = visitor("en", java_script_enabled=False).open("/privacy/cookies")
    page.get_by_role("link", name="What is counted here").click()
    page.locator("#nonces summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("Kept for 48 hours.").is_visible()

"""What holds of every kind of page, in both languages, for guest, buyer and staff, by light and in the dark."""

from collections.abc import Callable

import pytest

from tests.browser.pages import EVERY, Look
from tests.browser.sights import DARK_IN, WIDTHS, Sight

pytestmark = [
    pytest.mark.part("chromium"),
    pytest.mark.parametrize("look", EVERY, ids=str),
]
in_both_languages = pytest.mark.parametrize("lang", ["zh-cn", "en"])
See = Callable[[Look, str], Sight]
KB = 1024


@in_both_languages
def test_axe_finds_nothing(sight: See, look: Look, lang: str):
    assert sight(look, lang).findings == []


def test_colours_are_told_apart_in_the_dark(sight: See, look: Look):
    """Colours know no language, so one look is enough."""
    assert sight(look, DARK_IN).findings_in_the_dark == []


@in_both_languages
@pytest.mark.clause("3a")
@pytest.mark.clause("5.2.1")
def test_nothing_fails_nothing_is_refused_and_no_stranger_is_asked(sight: See, look: Look, lang: str):
    assert sight(look, lang).faults == []


@in_both_languages
def test_the_page_is_light(sight: See, look: Look, lang: str):
    seen = sight(look, lang)
    assert seen.weight <= 100 * KB
    assert seen.script <= 15 * KB
    assert len(seen.requests) <= 12, seen.requests


@in_both_languages
def test_nothing_moves_while_it_loads(sight: See, look: Look, lang: str):
    assert sight(look, lang).shift < 0.01


@in_both_languages
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_spills_over_the_side(sight: See, look: Look, lang: str, width: str):
    spilled, what = sight(look, lang).spills[width]
    assert spilled <= 0, what

"""A browser too old to be safe is told so, and the same pages go on serving it. Clause 1.2.1(2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import Browser
from analytics.journal import ALLOWED
from analytics.store import metadata
from app.accounts.browsers import browser_family
from app.support.old_browsers import ENDED, OLDEST, is_old

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 14_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{}.0 Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
EXPLORER = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"
WARNING = {"en": "This browser is too old to be safe", "zh-cn": "此浏览器版本过旧"}


def is_warned(client, agent: str, path: str = "/en/help", language: str = "en") -> bool:
    page = client.get(path, headers={"User-Agent": agent})
    assert page.status_code == 200
    return WARNING[language] in page.text


@pytest.mark.clause("1.2.1(2)")
@pytest.mark.parametrize("agent", [CHROME.format(99), SAFARI.format(15), FIREFOX.format(91), EXPLORER])
def test_an_old_browser_is_told_in_both_languages_and_led_to_help(app, client, agent):
    assert is_warned(client, agent)
    assert is_warned(client, agent, "/zh-cn/products", "zh-cn")
    assert 'href="/en/help#browsers"' in client.get("/en/help", headers={"User-Agent": agent}).text


@pytest.mark.clause("1.2.1(2)")
@pytest.mark.parametrize(
    "agent", [CHROME.format(100), SAFARI.format(16), FIREFOX.format(140), "", "Nobody/1.0", "\x80("]
)
def test_a_browser_that_is_new_enough_or_unknown_is_told_nothing(app, client, agent):
    assert not is_warned(client, agent)


@pytest.mark.clause("1.2.1(2)")
def test_an_old_browser_buys_from_the_same_pages(app, client):
    with_warning = client.get("/en/products", headers={"User-Agent": EXPLORER}).text
    assert "<h1" in with_warning and 'type="search"' in with_warning


@pytest.mark.clause("1.2.1(2)")
def test_help_says_which_versions_serve(app, client):
    for language in ("en", "zh-cn"):
        page = client.get(f"/{language}/help").text
        assert all(f"{name} {version}" in page for name, version in OLDEST.values())


@pytest.mark.clause("1.2.1(2)")
def test_no_store_has_a_place_for_a_browsers_version(app, client):
    versions = [CHROME.format(version) for version in (99, 140)]
    assert len({browser_family(agent) for agent in versions}) == 1
    assert not [name for name in ALLOWED if "version" in name]
    assert not [column for table in metadata.tables.values() for column in table.columns if "version" in column.name]


def test_every_family_with_a_floor_is_known_to_the_counting_house():
    assert {*OLDEST, *ENDED} <= {browser.name.lower() for browser in Browser}


@given(st.sampled_from(sorted(OLDEST)), st.integers(1, 400), st.integers(1, 400))
def test_no_version_is_warned_about_when_an_older_one_is_not(family, older, newer):
    older, newer = sorted((older, newer))
    assert is_old(family, older) >= is_old(family, newer)

"""Device, browser and system from a browser's description. Nothing hostile breaks them."""

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given
from hypothesis import strategies as st
from user_agents import parse

from analytics.agent import LONGEST, AgentClass, _agent_of, agent_of
from analytics.codes import Browser, Device, System
from analytics.texts import texts_in
from tests.analytics import agents
from tests.analytics.agent_lists import share_right


@pytest.mark.clause("1.1.2a")
@pytest.mark.parametrize(
    ("text", "device", "browser", "version", "system"),
    [
        (agents.WINDOWS, Device.DESKTOP, Browser.CHROME, 131, System.WINDOWS),
        (agents.MAC, Device.DESKTOP, Browser.SAFARI, 18, System.MACOS),
        (agents.UBUNTU, Device.DESKTOP, Browser.FIREFOX, 133, System.LINUX),
        (agents.CHROMEBOOK, Device.DESKTOP, Browser.CHROME, 131, System.CHROMEOS),
        (agents.PIXEL, Device.PHONE, Browser.CHROME, 131, System.ANDROID),
        (agents.IPHONE, Device.PHONE, Browser.SAFARI, 17, System.IOS),
        (agents.IPHONE_CHROME, Device.PHONE, Browser.CHROME, 131, System.IOS),
        (agents.IPAD, Device.TABLET, Browser.SAFARI, 16, System.IOS),
        (agents.EDGE, Device.DESKTOP, Browser.EDGE, 131, System.WINDOWS),
        (agents.OPERA, Device.DESKTOP, Browser.OPERA, 116, System.WINDOWS),
        (agents.YANDEX, Device.DESKTOP, Browser.YANDEX, 24, System.WINDOWS),
        (agents.SAMSUNG, Device.PHONE, Browser.SAMSUNG, 27, System.ANDROID),
        (agents.HUAWEI, Device.PHONE, Browser.HUAWEI, 15, System.HARMONYOS),
        (agents.XIAOMI, Device.PHONE, Browser.XIAOMI, 19, System.ANDROID),
        (agents.QQ_BROWSER, Device.PHONE, Browser.QQ, 19, System.ANDROID),
        (agents.UC, Device.PHONE, Browser.UC, 17, System.ANDROID),
        (agents.QUARK, Device.PHONE, Browser.QUARK, 7, System.ANDROID),
        (agents.BAIDU, Device.PHONE, Browser.BAIDU, 13, System.ANDROID),
        (agents.SOGOU, Device.PHONE, Browser.SOGOU, 5, System.ANDROID),
        (agents.QIHOO, Device.DESKTOP, Browser.QIHOO_360, 0, System.WINDOWS),
        (agents.WECHAT, Device.PHONE, Browser.WECHAT, 8, System.ANDROID),
        (agents.ALIPAY, Device.PHONE, Browser.ALIPAY, 10, System.ANDROID),
        (agents.INSTAGRAM, Device.PHONE, Browser.INSTAGRAM, 325, System.IOS),
        ("", Device.OTHER, Browser.OTHER, 0, System.OTHER),
    ],
)
def test_the_classes_follow_the_browsers_description(text, device, browser, version, system):
    assert agent_of(text)[:4] == (device, browser, version, system)


@pytest.mark.parametrize(
    ("text", "browser"),
    [(agents.DOUYIN, Browser.DOUYIN), (agents.FACEBOOK, Browser.FACEBOOK), (agents.LINE, Browser.LINE)],
)
def test_an_application_that_shows_pages_counts_as_a_browser(text, browser):
    assert agent_of(text).browser is browser


def test_the_new_harmony_system_is_not_taken_for_android():
    assert agent_of(agents.HARMONY)[1:4] == (Browser.HUAWEI, 4, System.HARMONYOS)


@pytest.mark.clause("1.2.1(2)")
def test_of_a_version_only_its_first_number_is_known():
    assert agent_of(agents.WINDOWS) == agent_of(agents.WINDOWS.replace("131.0.0.0", "131.0.6778.140"))


@pytest.mark.clause("1.2.1(2)")
@given(st.text(max_size=700))
def test_the_classes_hold_small_numbers_and_none_of_the_text(text):
    assert all(isinstance(value, int) and 0 <= value < 1000 for value in agent_of(text))


@pytest.mark.clause("1.1.2a")
@pytest.mark.parametrize(("kind", "least"), [("device", 0.99), ("browser", 0.99), ("system", 0.99)])
def test_browsers_seen_on_real_sites_get_the_class_that_another_list_gives_them(kind, least, record_property):
    share = share_right(kind)
    record_property(f"{kind}, right", share)
    assert share >= least


def test_the_compiled_parser_says_what_user_agents_says():
    strings = [agent for entry in CRAWLER_USER_AGENTS_DATA[::10] for agent in entry["instances"][:2]]
    for text in (*strings, *agents.PEOPLE):
        theirs, ours = parse(text[:LONGEST]), agent_of(text).device
        expected = Device.TABLET if theirs.is_tablet else Device.PHONE if theirs.is_mobile else None
        assert ours is (expected or (Device.DESKTOP if theirs.is_pc else Device.OTHER)), text


def test_of_a_long_description_only_its_beginning_is_remembered():
    for number in range(50):
        agent_of(f"Mozilla/5.0 {'x' * 500}" + str(number) * 60_000)
    before = _agent_of.cache_info()
    agent_of(f"Mozilla/5.0 {'x' * 500}")
    after = _agent_of.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


@pytest.mark.parametrize("text", ["\x00", "\udcff\udcfe", "\u202eMozilla/5.0", "=cmd|' /C calc'!A0", "9" * 65_536])
def test_hostile_descriptions_get_classes_too(text):
    assert isinstance(agent_of(text), AgentClass)


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_browser_and_system_has_a_name(language):
    text = texts_in(language)
    assert all(text(f"browser.{browser.name.lower()}") for browser in Browser)
    assert all(text(f"system.{system.name.lower()}") for system in System)

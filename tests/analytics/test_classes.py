"""Headers in, coarse classes out: devices, robots, sources. Nothing hostile breaks them."""

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given
from hypothesis import strategies as st
from user_agents import parse

from analytics.codes import Channel, Device, channel_of, source_code
from analytics.device import _class_of, device_of
from analytics.robots import _is_robot, is_robot
from analytics.source import _FAMILIES, _HOSTS, source_name, source_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"  # fmt: skip # noqa: E501
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"  # fmt: skip # noqa: E501
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1"  # fmt: skip # noqa: E501
WECHAT = "Mozilla/5.0 (Linux; Android 13; V2148A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160083 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN"  # fmt: skip # noqa: E501
SLACK = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.6261.156 Electron/29.3.0 Safari/537.36 Sonic Slack_SSB/4.38.125"  # fmt: skip # noqa: E501
WHATSAPP = "Mozilla/5.0 (Linux; Android 13; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 WhatsApp/2.23.20.76 A"  # fmt: skip # noqa: E501
FACEBOOK = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21E236 [FBAN/FBIOS;FBAV/458.0.0.32.112;FBDV/iPhone14,5;FBMD/iPhone]"  # fmt: skip # noqa: E501
CUBOT = "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 Mobile Safari/537.36"  # fmt: skip # noqa: E501
HEADLESS = WINDOWS.replace("Chrome", "HeadlessChrome")


@pytest.mark.clause("1.1.2a")
@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (WINDOWS, Device.DESKTOP),
        (IPHONE, Device.PHONE),
        (IPAD, Device.TABLET),
        (WECHAT, Device.PHONE),
        ("", Device.OTHER),
    ],
)
def test_the_device_class_follows_the_browsers_description(agent, device):
    assert device_of(agent) is device


def test_the_compiled_parser_says_what_user_agents_says():
    strings = [agent for entry in CRAWLER_USER_AGENTS_DATA[::10] for agent in entry["instances"][:2]]
    strings += [WINDOWS, IPHONE, IPAD, WECHAT, SLACK, FACEBOOK, CUBOT]
    for text in strings:
        theirs, ours = parse(text[:512]), device_of(text)
        expected = Device.TABLET if theirs.is_tablet else Device.PHONE if theirs.is_mobile else None
        assert ours is (expected or (Device.DESKTOP if theirs.is_pc else Device.OTHER)), text


@pytest.mark.parametrize("agent", [WINDOWS, IPHONE, IPAD, WECHAT, SLACK, WHATSAPP, FACEBOOK, CUBOT, ""])
def test_people_are_no_robots_not_even_inside_an_application(agent):
    assert not is_robot(agent)


@pytest.mark.clause("3.2(1)a")
def test_nearly_all_listed_robots_are_known():
    strings = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]]
    assert len(strings) > 2000
    assert sum(map(is_robot, strings)) / len(strings) >= 0.99


@pytest.mark.parametrize(
    "agent",
    [
        "SomeNewBot/1.0 (+https://example.com/bot)", "acme-crawler", "curl/8.5.0", "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (compatible; ThingSpider/2.1; http://thing.example)", HEADLESS,
    ],
)  # fmt: skip
def test_a_request_that_names_itself_a_robot_is_one(agent):
    assert is_robot(agent)


def test_a_site_in_development_may_count_a_headless_browser():
    assert not is_robot(HEADLESS, count_automated_browsers=True)
    assert is_robot("Googlebot/2.1", count_automated_browsers=True)


@given(st.text(max_size=2000))
def test_no_description_breaks_the_classes(text):
    device_of(text)
    is_robot(text)


def test_of_a_long_description_only_its_beginning_is_remembered():
    for number in range(50):
        long = f"Mozilla/5.0 {'x' * 500}" + str(number) * 60_000
        is_robot(long)
        device_of(long)
    before = _is_robot.cache_info().hits, _class_of.cache_info().hits
    is_robot(f"Mozilla/5.0 {'x' * 500}")
    device_of(f"Mozilla/5.0 {'x' * 500}")
    assert (_is_robot.cache_info().hits, _class_of.cache_info().hits) == (before[0] + 1, before[1] + 1)


@pytest.mark.clause("1.2.1(4)")
@pytest.mark.parametrize(
    ("referrer", "channel", "host"),
    [
        ("", Channel.DIRECT, ""),
        ("https://shop.example/zh-cn/products?page=2", Channel.INTERNAL, ""),
        ("https://www.baidu.com/s?wd=s19", Channel.SEARCH, "baidu"),
        ("https://www.google.com.hk/", Channel.SEARCH, "google"),
        ("https://mail.google.com/mail/u/0/", Channel.MAIL, "gmail"),
        ("https://gemini.google.com/app", Channel.AI, "gemini"),
        ("https://kimi.moonshot.cn/chat/x", Channel.AI, "kimi"),
        ("https://tieba.baidu.com/p/1", Channel.SOCIAL, "tieba"),
        ("https://WWW.ZHIHU.COM/question/1", Channel.SOCIAL, "zhihu"),
        ("https://some-blog.example/about-zhang-san", Channel.OTHER, "other"),
        ("https://notgoogle.com/", Channel.OTHER, "other"),
        ("https://google.evil.example.com/", Channel.OTHER, "other"),
        ("https://partner.example/", Channel.PARTNER, "other"),
        ("javascript:alert(1)", Channel.DIRECT, ""),
        ("http://[broken", Channel.DIRECT, ""),
    ],
)
def test_a_referring_address_becomes_a_channel_and_a_listed_host(referrer, channel, host):
    source = source_of(referrer, own_host="shop.example:8000", partners={"partner.example"})
    assert (channel_of(source), source_name(source)) == (channel, host)


def test_utm_fields_make_a_campaign_or_a_mail_and_none_of_their_text_is_kept():
    campaign = source_of("https://weibo.com/", own_host="shop.example", utm_source="zhangsan", utm_medium="cpc")
    mail = source_of("", own_host="shop.example", utm_medium="Email")
    assert (channel_of(campaign), source_name(campaign)) == (Channel.CAMPAIGN, "weibo")
    assert mail == source_code(Channel.MAIL)


@given(st.text(max_size=300))
def test_any_referrer_gives_a_listed_source(text):
    assert source_name(source_of(text, own_host="shop.example")) is not None


def test_no_two_listed_hosts_share_a_code():
    names = {entry.name for entry in (*_HOSTS.values(), *_FAMILIES.values())} | {"other"}
    assert len({source_code(Channel.SEARCH, name) for name in names}) == len(names)

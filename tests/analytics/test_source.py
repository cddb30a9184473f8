"""Where a visitor came from: a channel and at most a listed host, whatever the header holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import Channel, channel_of, source_code
from analytics.source import _FAMILIES, _HOSTS, source_name, source_of

LISTED = {entry.name for entry in (*_HOSTS.values(), *_FAMILIES.values())}


def arrival(referrer: str) -> tuple[Channel, str]:
    source = source_of(referrer, own_host="shop.example:8000", partners={"partner.example"})
    return channel_of(source), source_name(source)


@pytest.mark.clause("1.2.1(4)")
@pytest.mark.parametrize(
    ("referrer", "channel", "host"),
    [
        ("", Channel.DIRECT, ""),
        ("https://shop.example/zh-cn/products?page=2", Channel.INTERNAL, ""),
        ("https://www.baidu.com/s?wd=s19", Channel.SEARCH, "baidu"),
        ("https://m.baidu.com/from=844b/", Channel.SEARCH, "baidu"),
        ("https://cn.bing.com/search?q=x", Channel.SEARCH, "bing"),
        ("https://www.sogou.com/", Channel.SEARCH, "sogou"),
        ("https://www.so.com/s?q=x", Channel.SEARCH, "360"),
        ("https://m.sm.cn/s", Channel.SEARCH, "shenma"),
        ("https://so.toutiao.com/", Channel.SEARCH, "toutiao-search"),
        ("https://www.google.com.hk/", Channel.SEARCH, "google"),
        ("https://www.google.de./", Channel.SEARCH, "google"),
        ("android-app://com.google.android.googlequicksearchbox/", Channel.SEARCH, "google"),
        ("https://mail.google.com/mail/u/0/", Channel.MAIL, "gmail"),
        ("https://mail.qq.com/cgi-bin/readtemplate", Channel.MAIL, "qq-mail"),
        ("https://gemini.google.com/app", Channel.AI, "gemini"),
        ("https://chatgpt.com/", Channel.AI, "chatgpt"),
        ("https://claude.ai/chat/x", Channel.AI, "claude"),
        ("https://kimi.moonshot.cn/chat/x", Channel.AI, "kimi"),
        ("https://www.doubao.com/chat/", Channel.AI, "doubao"),
        ("https://chat.deepseek.com/", Channel.AI, "deepseek"),
        ("https://yuanbao.tencent.com/chat", Channel.AI, "yuanbao"),
        ("https://yiyan.baidu.com/", Channel.AI, "wenxin"),
        ("https://tieba.baidu.com/p/1", Channel.SOCIAL, "tieba"),
        ("https://mp.weixin.qq.com/s/x", Channel.SOCIAL, "wechat"),
        ("https://www.xiaohongshu.com/explore/x", Channel.SOCIAL, "xiaohongshu"),
        ("https://WWW.ZHIHU.COM/question/1", Channel.SOCIAL, "zhihu"),
        ("https://bitcointalk.org/index.php?topic=1", Channel.SOCIAL, "bitcointalk"),
        ("https://www.asicminervalue.com/miners", Channel.OTHER, "asic-miner-value"),
        ("https://some-blog.example/about-zhang-san", Channel.OTHER, "other"),
        ("https://notgoogle.com/", Channel.OTHER, "other"),
        ("https://google.evil.com/", Channel.OTHER, "other"),
        ("https://google.evil.example.com/", Channel.OTHER, "other"),
        ("https://partner.example/", Channel.PARTNER, "other"),
        ("https://www.PARTNER.example/zhang-san?id=7", Channel.PARTNER, "other"),
        ("https://notpartner.example/", Channel.OTHER, "other"),
        ("https://partner.example.evil.com/", Channel.OTHER, "other"),
        ("javascript:alert(1)", Channel.DIRECT, ""),
    ],
)
def test_a_referring_address_becomes_a_channel_and_a_listed_host(referrer, channel, host):
    assert arrival(referrer) == (channel, host)


@pytest.mark.clause("1.2.1(4)")
@pytest.mark.parametrize(
    "referrer",
    [
        "http://[broken", "http://[::1%25eth0]/", "http://[fe80::1]:99999999/", "http://\x00/", "https://\udcff\udcfe/",
        "https://\u202egoogle.com/", "https://user:secret@/", "http://" + "a." * 30_000, "https://" + "x" * 65_536,
        "//google.com", "http:", "http://", "https://xn--\udc80.com/", "https://ＧＯＯＧＬＥ．com/x", "\r\nA: b",
    ],
)  # fmt: skip
def test_a_hostile_referrer_is_a_coarse_source_too(referrer):
    channel, host = arrival(referrer)
    assert channel in (Channel.DIRECT, Channel.OTHER, Channel.SEARCH) and host in ("", "other", "google")


def test_utm_fields_make_a_campaign_or_a_mail_and_none_of_their_text_is_kept():
    campaign = source_of("https://weibo.com/", own_host="shop.example", utm_source="zhangsan", utm_medium="cpc")
    mail = source_of("", own_host="shop.example", utm_medium="Email")
    assert (channel_of(campaign), source_name(campaign)) == (Channel.CAMPAIGN, "weibo")
    assert mail == source_code(Channel.MAIL)


@pytest.mark.clause("1.2.1(4)")
@given(st.text(max_size=300) | st.text(max_size=100).map("https://{}/".format))
def test_any_referrer_gives_a_listed_source(text):
    assert arrival(text)[1] in {"", "other", *LISTED}


def test_the_list_knows_what_people_come_from():
    channels = {channel: 0 for channel in Channel}
    for entry in (*_HOSTS.values(), *_FAMILIES.values()):
        channels[entry.channel] += 1
    assert channels[Channel.SEARCH] > 90 and channels[Channel.SOCIAL] > 130 and channels[Channel.AI] > 60


def test_no_two_listed_hosts_share_a_code():
    names = LISTED | {"other"}
    assert len({source_code(Channel.SEARCH, name) for name in names}) == len(names)

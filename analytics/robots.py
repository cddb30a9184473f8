"""Requests that describe themselves as robots: the crawler-user-agents list as one google-re2 pattern.

Browsers inside an application (WeChat, Slack, WhatsApp ...) are people, even where the application's name stands on the
list because it also fetches link previews: their marks are taken out before the list is asked.
"""

from functools import lru_cache

import re2
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from analytics.device import LONGEST, REMEMBERED, is_spider

_AUTOMATED_BROWSERS = "HeadlessChrome"

_APPLICATIONS = (
    r"Sonic Slack_SSB/\S+|Slack(?:_SSB)?/\S+|WhatsApp/\S+|MicroMessenger/\S+|Weixin|WeChat\S*|\[FB[^\]]*\]"
    r"|Instagram \S+|Pinterest/?\S*|\[?LinkedInApp\]?\S*|Snapchat/\S+|Telegram\S*|Twitter for \S+|Line/\S+"
    r"|DingTalk\S*|\bCUBOT\b\S*"
)
_SELF_NAMED = r"(?i:[a-z0-9._-]*(?:bot|spider|crawler|scraper)(?:[/;,:) ]|$))|\+https?://"


def _compiled(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.max_mem = 16 << 20
    options.log_errors = False
    return re2.compile(pattern, options)


_listed = _compiled("|".join([f"(?:{entry['pattern']})" for entry in CRAWLER_USER_AGENTS_DATA] + [_SELF_NAMED]))
_application = _compiled(_APPLICATIONS)


def is_robot(agent: str, count_automated_browsers: bool = False) -> bool:
    """True for a description that names a robot. None at all, or an unknown one, is taken for a person.

    `count_automated_browsers` lets a headless browser pass, so that a site in development can be tried with one.
    """
    return _is_robot(agent[:LONGEST], count_automated_browsers)


@lru_cache(maxsize=REMEMBERED)
def _is_robot(agent: str, count_automated_browsers: bool) -> bool:
    agent = agent.encode("utf-8", "replace").decode()
    if count_automated_browsers:
        agent = agent.replace(_AUTOMATED_BROWSERS, "Chrome")
    described = _application.sub("", agent) if agent.startswith("Mozilla/") else agent
    return bool(_listed.search(described)) or is_spider(described)

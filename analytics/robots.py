"""Descriptions that name a robot, and among them the agents of AI companies by what they come for. Clause 3.2(1)a.

Three sources: the crawler-user-agents list as one google-re2 pattern; the shape of the description, since a browser
begins with "Mozilla/" or names the system that it runs on, and gives no address to write to; and the marks of AI agents
in data/ai_agents.tsv. Browsers inside an application (WeChat, Slack, WhatsApp ...) are people, even where the
application's name stands on the list because it also fetches link previews: their marks are taken out first, and so
are the models of phones.
"""

from pathlib import Path

import re2
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from analytics.codes import Traffic

_APPLICATIONS = (
    r"Sonic Slack_SSB/\S+|Slack(?:_SSB)?/\S+|WhatsApp/\S+|MicroMessenger/\S+|Weixin|WeChat\S*|\[FB[^\]]*\]?"
    r"|Instagram \S+|Pinterest/?\S*|\[?LinkedInApp\]?\S*|Snapchat/\S+|Telegram\S*|Twitter for \S+|Line/\S+"
    r"|DingTalk\S*|SogouMSE\S*|SogouMobileBrowser\S*|Blackboard/\S+"
)
_MODEL = r"(?i:Android [\d.]+; ?(?:[a-z]{2}(?:-[a-z]{0,2})?; ?)?[^;)]*)"
"""The model of a phone, which may be called anything: CUBOT NOTE 20, ViewSonic, Expanse, Spider 8."""

_SELF_NAMED = r"(?i:[a-z0-9._-]*(?:bot|spider|crawler|scraper)(?:[/;,:) ]|$))"
_ADDRESS = r"https?:|\bwww\.|mailto:|[\w.-]@[a-z0-9-]+\.[a-z]{2,}"
_CODE = r"\$\{|[<>]"
_COMPATIBLE = r"^Mozilla/5\.0 \(compatible; *(?:[^MKU ;)]|M[^S]|K[^o]|U[^;])"
"""Internet Explorer and Konqueror alone call themselves compatible, and two browsers of small systems."""
_TRADES = (
    r"(?i:\b\w*(?:monitor(?:ing)?|check(?:er)?|scan(?:ner)?|screen-?shot\w*|thumb(?:nail)?s?|preview|fetch(?:er)?"
    r"|validator|analy[sz]er|archiver?|survey|research|verif\w+|insights|adwords\S*)\b|http[ _-]?client)"
    r"|\bPTST\b|Neustar WPM|wkhtmlto|\bSiege/"
)
_BROWSER_LIKE = (
    r"^(?:Mozilla/\d|Opera/\d)|(?i:windows|winnt|macintosh|mac[ _]os|x11|linux|android|\badr |iphone|ipad|ipod|\bios\b"
    r"|amiga|bsd|sunos|beos|haiku|midp|cldc|\bwap|up\.browser|maui|symbian|series ?[46]0|blackberry|nokia|tizen|kaios"
    r"|harmony|brew|j2me|playstation|nintendo|hbbtv|os/2|irix|hp-ux|cros|risc os|qnx|webos|palm|psp|obigo|netfront"
    r"|teleca|browser|mosaic|samsung|dalvik|sonyericsson|lg-|mot-|ucweb|fban|netsurf|dillo|lynx|links|w3m)"
)


def _compiled(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.max_mem = 16 << 20
    options.log_errors = False
    return re2.compile(pattern, options)


def _any_of(*patterns: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


_listed = _compiled(
    _any_of(
        *(entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA),
        *(_SELF_NAMED, _ADDRESS, _CODE, _COMPATIBLE, _TRADES),
    )
)
_browser_like = _compiled(_BROWSER_LIKE)
_of_people = _compiled(_any_of(_APPLICATIONS, _MODEL))


def _read_ai_agents() -> tuple[tuple[str, Traffic], ...]:
    lines = (Path(__file__).parent / "data" / "ai_agents.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple((mark.lower(), Traffic[reason.upper()]) for reason, mark, _ in rows)


_AI_AGENTS = _read_ai_agents()
_ai_agent = _compiled("(?i:" + "|".join(re2.escape(mark) for mark, _ in _AI_AGENTS) + ")")


def traffic_of(text: str, names_spider: bool) -> Traffic:
    """Who a description says it is. None at all is taken for a person's; `names_spider` is another list's word."""
    if not text.strip():
        return Traffic.PERSON
    if _ai_agent.search(text):
        lowered = text.lower()
        return next(kind for mark, kind in _AI_AGENTS if mark in lowered)
    plain = _of_people.sub("", text) if text.startswith("Mozilla/") else text
    if names_spider or _listed.search(plain) or not _browser_like.search(text):
        return Traffic.ROBOT
    return Traffic.PERSON

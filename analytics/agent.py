"""What a browser says of itself, reduced to coarse classes in one look. Clauses 1.1.2a, 1.2.1(2).

The tables behind the answers take 40 MB and up to a second. They are loaded at the first question, so that a
command or a folder does without them; a server that copies itself into workers calls `load` before, and shares them.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from analytics.codes import Browser, Device, System, Traffic

LONGEST = 512
"""Characters of a description that are looked at."""

REMEMBERED = 4096
"""Descriptions whose classes a process keeps in memory: most visitors share a few hundred."""

_WEBVIEWS = ("; wv)", "Version/4.0 Chrome/", "Electron/", "XWEB/", "TBS/", "QtWebEngine/", "CEF/")


class AgentClass(NamedTuple):
    """All that is ever known of a description. `version` is the browser's major one, 0 where it tells none."""

    device: Device
    browser: Browser
    version: int
    system: System
    traffic: Traffic
    is_webview: bool
    """A browser inside an application, which may leave out headers that the browser itself sends."""


def agent_of(text: str, count_automated_browsers: bool = False) -> AgentClass:
    """The classes of a description; OTHER and PERSON for one that fits none, or for none at all.

    `count_automated_browsers` lets a headless browser pass, so that a site in development can be tried with one.
    """
    if count_automated_browsers:
        text = text.replace("HeadlessChrome", "Chrome")
    return _agent_of(text[:LONGEST])


@lru_cache(maxsize=REMEMBERED)
def _agent_of(text: str) -> AgentClass:
    return load()(text)


@cache
def load() -> Callable[[str], AgentClass]:
    """Load the tables; the question that they answer."""
    from analytics.device import described
    from analytics.robots import traffic_of

    def classes_of(text: str) -> AgentClass:
        text = text.encode("utf-8", "replace").decode()  # the compiled patterns know no half characters
        found = described(text)
        is_webview = any(mark in text for mark in _WEBVIEWS)
        traffic = traffic_of(text, found.names_spider)
        return AgentClass(found.device, found.browser, found.version, found.system, traffic, is_webview)

    return classes_of

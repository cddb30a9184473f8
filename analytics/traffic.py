"""Who asks: a person, an AI agent or a robot, from the description and a few headers, in memory. Clause 3.2(1)a.

A program that poses as a browser seldom sends all that the browser sends. What is asked here is only what every
unaltered browser of that family has sent for years, because a false alarm loses a person: Safari, browsers inside
applications and the browsers of China, which alter headers, are never suspected for what they leave out.
"""

from collections.abc import Mapping
from typing import Any

from analytics.agent import AgentClass
from analytics.codes import Browser, LeftOut, System, Traffic

Environ = Mapping[str, Any]
"""Headers by their WSGI names."""

_LEFT_OUT = {
    Traffic.ROBOT: LeftOut.ROBOT,
    Traffic.AI_TRAINING: LeftOut.AI_TRAINING,
    Traffic.AI_SEARCH: LeftOut.AI_SEARCH,
    Traffic.AI_FETCH: LeftOut.AI_FETCH,
}

_SENDS_FETCH_METADATA = {Browser.CHROME: 89, Browser.EDGE: 89, Browser.FIREFOX: 90}
"""From these versions on (2021) a browser tells a trustworthy site where a request comes from and what it is for."""

_SENDS_LANGUAGE = frozenset({Browser.CHROME, Browser.EDGE, Browser.FIREFOX, Browser.SAFARI})

_FAMILY_OF_SYSTEM = {
    System.WINDOWS: "windows",
    System.MACOS: "apple",
    System.IOS: "apple",
    System.LINUX: "linux",
    System.ANDROID: "linux",
    System.CHROMEOS: "linux",
    System.HARMONYOS: "linux",
}
_FAMILY_OF_PLATFORM = {
    "Windows": "windows",
    "macOS": "apple",
    "Mac OS X": "apple",
    "iOS": "apple",
    "Linux": "linux",
    "Android": "linux",
    "Chrome OS": "linux",
    "Chromium OS": "linux",
}
"""Coarse, since a phone asked for the page of a desktop calls itself Linux, and a tablet of Apple's a Mac."""


def reason_to_leave_out(
    agent: AgentClass, environ: Environ, *, https: bool, is_image: bool, count_automated_browsers: bool = False
) -> LeftOut | None:
    """Why a request is not counted as a person's, or None.

    `https` says that the visitor's browser speaks https with the site: over http browsers leave headers out.
    `is_image` is for the beacon itself. `count_automated_browsers` asks nothing but the description.
    """
    if agent.traffic is not Traffic.PERSON:
        return _LEFT_OUT[agent.traffic]
    if count_automated_browsers:
        return None
    if _signs_as_agent(environ):
        return LeftOut.AI_FETCH
    if _names_robots_owner(environ):
        return LeftOut.ROBOT
    return LeftOut.CONTRADICTORY if contradicts_itself(agent, environ, https=https, is_image=is_image) else None


def _signs_as_agent(environ: Environ) -> bool:
    """An assistant that drives a real browser signs its requests (Web Bot Auth); the signature is not checked."""
    return "HTTP_SIGNATURE_AGENT" in environ


def _names_robots_owner(environ: Environ) -> bool:
    """`From` is the address to complain to about a robot (RFC 9110, 10.1.2); no browser sends it."""
    return bool(environ.get("HTTP_FROM"))


def contradicts_itself(agent: AgentClass, environ: Environ, *, https: bool, is_image: bool) -> bool:
    """True where headers and description cannot come from the same unaltered browser."""
    return (
        _is_headless(environ)
        or _is_from_another_system(agent, environ)
        or (is_image and environ.get("HTTP_SEC_FETCH_DEST", "image") != "image")
        or (not agent.is_webview and (_lacks_language(agent, environ) or (https and _lacks_metadata(agent, environ))))
    )


def _is_headless(environ: Environ) -> bool:
    return "HeadlessChrome" in environ.get("HTTP_SEC_CH_UA", "")


def _is_from_another_system(agent: AgentClass, environ: Environ) -> bool:
    platform = environ.get("HTTP_SEC_CH_UA_PLATFORM", "").strip('"')
    told, named = _FAMILY_OF_PLATFORM.get(platform), _FAMILY_OF_SYSTEM.get(agent.system)
    return told is not None and named is not None and told != named


def _lacks_language(agent: AgentClass, environ: Environ) -> bool:
    return agent.browser in _SENDS_LANGUAGE and agent.version > 0 and not environ.get("HTTP_ACCEPT_LANGUAGE")


def _lacks_metadata(agent: AgentClass, environ: Environ) -> bool:
    """On iOS every browser is Safari inside, and Chromium without client hints still sends fetch metadata."""
    since = _SENDS_FETCH_METADATA.get(agent.browser)
    if since is None or agent.version < since or agent.system is System.IOS:
        return False
    return "HTTP_SEC_FETCH_SITE" not in environ and "HTTP_SEC_CH_UA" not in environ

"""Descriptions collected by others, with what they hold them for; the rules under test were not made from them.

`python -m tests.analytics.agent_lists` prints how well the classes do on each list, whole.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import files
from typing import Any, NamedTuple

import yaml
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from analytics.agent import agent_of
from analytics.codes import Browser, Device, System, Traffic

BROWSERS = {
    "Chrome": Browser.CHROME, "Chrome Mobile": Browser.CHROME, "Chrome Mobile iOS": Browser.CHROME,
    "Edge": Browser.EDGE, "Edge Mobile": Browser.EDGE, "Safari": Browser.SAFARI, "Mobile Safari": Browser.SAFARI,
    "Firefox": Browser.FIREFOX, "Firefox Mobile": Browser.FIREFOX, "Firefox iOS": Browser.FIREFOX,
    "Samsung Internet": Browser.SAMSUNG, "Opera": Browser.OPERA, "Opera Mobile": Browser.OPERA,
    "Yandex Browser": Browser.YANDEX, "Facebook": Browser.FACEBOOK, "Instagram": Browser.INSTAGRAM,
}  # fmt: skip
SYSTEMS = {
    "iOS": System.IOS, "Windows": System.WINDOWS, "Android": System.ANDROID, "Mac OS X": System.MACOS,
    "Linux": System.LINUX, "Ubuntu": System.LINUX, "Chrome OS": System.CHROMEOS,
}  # fmt: skip
DEVICES = {"mobile": Device.PHONE, "desktop": Device.DESKTOP, "tablet": Device.TABLET}


class Seen(NamedTuple):
    """One browser of fake-useragent's list, which was recorded on real sites in 2025."""

    text: str
    browser: str
    system: str
    device: str


@cache
def seen_browsers() -> list[Seen]:
    entries = map(json.loads, _file_of("fake-useragent", "browsers.jsonl").splitlines())
    return [Seen(entry["useragent"], entry["browser"], entry["os"], entry["type"]) for entry in entries]


def own_robots() -> list[str]:
    """The recorded strings of crawler-user-agents, the list whose patterns the package uses."""
    return [text for entry in CRAWLER_USER_AGENTS_DATA for text in entry["instances"]]


@cache
def robots_of_others() -> list[str]:
    """The robots by which Matomo's device-detector is tested."""
    return [entry["user_agent"] for entry in _recorded("bots")]


@cache
def browsers_of_others(*names: str) -> list[str]:
    """The browsers by which Matomo's device-detector is tested: one of each model of phone, tablet and computer."""
    entries = (
        entry for name in names or _names("desktop", "phablet", "smartphone", "tablet") for entry in _recorded(name)
    )
    return [entry["user_agent"] for entry in entries if (entry.get("client") or {}).get("type") == "browser"]


def share_of_robots(texts: Iterable[str]) -> float:
    held = [agent_of(text).traffic is not Traffic.PERSON for text in texts]
    return sum(held) / len(held)


def share_right(kind: str) -> float:
    """Of the browsers seen on real sites, how many get the class that the list gives them."""
    told = {"browser": BROWSERS, "system": SYSTEMS, "device": DEVICES}[kind]
    right = [
        getattr(agent_of(seen.text), kind) is told[getattr(seen, kind)]
        for seen in seen_browsers()
        if getattr(seen, kind) in told
    ]
    return sum(right) / len(right)


def _names(*kinds: str) -> Iterator[str]:
    recorded = (file for file in files("device-detector") or () if str(file.parent).endswith("fixtures/upstream"))
    return (file.stem for file in recorded if file.stem.split("-")[0] in kinds)


def _recorded(name: str) -> list[dict[str, Any]]:
    return yaml.load(_file_of("device-detector", f"fixtures/upstream/{name}.yml"), Loader=yaml.CSafeLoader)  # noqa: S506


def _file_of(package: str, ending: str) -> str:
    return next(file for file in files(package) or () if str(file).endswith(ending)).read_text(encoding="utf-8")


if __name__ == "__main__":
    print(f"robots known, crawler-user-agents: {share_of_robots(own_robots()):.2%} of {len(own_robots())}")
    print(f"robots known, device-detector: {share_of_robots(robots_of_others()):.2%} of {len(robots_of_others())}")
    fresh = sorted(set(robots_of_others()) - set(own_robots()))
    print(f"    those that are not in crawler-user-agents too: {share_of_robots(fresh):.2%} of {len(fresh)}")
    print(f"false alarms, device-detector: {share_of_robots(browsers_of_others()):.2%} of {len(browsers_of_others())}")
    texts = [seen.text for seen in seen_browsers()]
    print(f"false alarms, fake-useragent: {share_of_robots(texts):.2%} of {len(texts)}")
    for kind in ("device", "browser", "system"):
        print(f"{kind} as in fake-useragent: {share_right(kind):.2%}")

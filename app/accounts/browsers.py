"""A browser as people would name it: family and system, from closed lists. No version, no model. Pure."""

import re

_BROWSERS = (
    ("WeChat", r"MicroMessenger"), ("QQ", r"\bQQ/|MQQBrowser|QQBrowser"), ("Edge", r"\bEdg(A|iOS|e)?/"),
    ("Opera", r"\bOPR/|\bOpera"), ("UC Browser", r"UCBrowser|UBrowser"), ("Samsung Internet", r"SamsungBrowser"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/|Chromium/"), ("Safari", r"Version/.*Safari/"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"), ("Android", r"Android"), ("iOS", r"iPhone|iPad|iPod"),
    ("Windows", r"Windows"), ("macOS", r"Macintosh"), ("ChromeOS", r"CrOS"), ("Linux", r"Linux|X11"),
)  # fmt: skip
OTHER = "other"


def browser_family(user_agent: str) -> str:
    """Such as "Chrome, Windows"; "other" where a part is not on the lists, so that no text of the sender is kept."""
    return f"{_first(_BROWSERS, user_agent)}, {_first(_SYSTEMS, user_agent)}"


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, text[:1000])), OTHER)

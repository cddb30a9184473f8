"""Every pair of colours that meet on a page can be told apart, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from tests.look.rendering import STATIC

TEXT = 4.5
MARK = 3.0

PAIRS = [
    ("ink", ["paper", "raised", "sunk", "wash"], TEXT),
    ("muted", ["paper", "raised", "sunk", "wash"], TEXT),
    ("accent", ["paper", "raised", "wash"], TEXT),
    ("accent-strong", ["paper", "raised", "wash"], TEXT),
    ("on-accent", ["accent", "accent-strong"], TEXT),
    ("danger", ["paper", "raised", "danger-wash"], TEXT),
    ("caution", ["paper", "raised"], TEXT),
    ("good", ["paper", "raised"], TEXT),
    ("edge", ["paper", "raised"], MARK),
    ("drawing-line", ["paper", "raised", "tone", "tone-deep"], MARK),
]


def day_and_night() -> list[str]:
    """The two parts of tokens.css that state colours for a screen."""
    on_screen = (STATIC / "css" / "tokens.css").read_text().partition("@media print")[0]
    return on_screen.split("@media screen and (prefers-color-scheme: dark)")


def colours(scheme: str) -> dict[str, str]:
    """Token -> #rrggbb as tokens.css states it for a colour scheme."""
    day, night = day_and_night()
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", day))
    return found | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", night)) if scheme == "dark" else found


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "grounds", "least"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_it_stands_out_from_every_ground_it_meets(scheme, front, grounds, least):
    known = colours(scheme)
    for ground in grounds:
        assert contrast(known[front], known[ground]) >= least, f"{front} on {ground}, {scheme}"


def test_night_restates_every_colour_of_the_day():
    day, night = day_and_night()
    named = re.compile(r"--([\w-]+):\s*(?:#|\S+ \S+ \S+ rgb)")
    assert set(named.findall(night)) == set(named.findall(day))


@pytest.mark.parametrize("file", ["site.css", "pages.css", "desk.css"])
def test_only_the_tokens_state_a_colour(file):
    rules = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / file).read_text(), flags=re.DOTALL)
    assert re.findall(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl\()", rules) == []

"""Browsers that get no more repairs of their faults and cannot show our pages as they are meant. Clause 1.2.1(2).

Chromium 99, Firefox 97 and Safari 15.4 brought what the style sheets stand on, cascade layers; container queries came
to Safari with 16. Of a version only its first number is known, so each floor is the first whole version beyond.
"""

OLDEST = {
    "chrome": ("Chrome", 100),
    "edge": ("Edge", 100),
    "firefox": ("Firefox", 100),
    "safari": ("Safari", 16),
    "opera": ("Opera", 86),
    "samsung": ("Samsung Internet", 18),
}
"""The oldest version that is not warned about, by the family's name in the counting house, with the name people use."""

ENDED = {"internet_explorer"}


def is_old(family: str, version: int) -> bool:
    """True for a browser to warn about; a family that is not listed, or a version that is not told, never is."""
    return family in ENDED or (family in OLDEST and 0 < version < OLDEST[family][1])

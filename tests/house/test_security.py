"""The checklist of docs/security.md: every item of levels 1 and 2 is there, and what it names exists. Clause 5.1."""

import re
from itertools import chain

import pytest

from app.settings import ROOT

LAST_OF_LEVEL_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""By section of OWASP ASVS 5.0.0: the items of levels 1 and 2 are its first ones, up to this."""
DEMANDED = [f"{section}.{item}" for section, last in LAST_OF_LEVEL_2.items() for item in range(1, last + 1)]
ROW = re.compile(r"^\| ([\d., -]+?)(?: \((3)\))? \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    """(items, level, what shows it) of each row."""
    text = (ROOT / "docs/security.md").read_text()
    return [(items, level, shown) for items, level, _, shown in ROW.findall(text)]


def order(item: str) -> tuple[int, ...]:
    return tuple(map(int, item.split(".")))


def named_by(items: str) -> list[str]:
    """The items of levels 1 and 2 that a row stands for: some, or all from one to another."""
    found = []
    for part in items.split(", "):
        first, _, last = part.partition("-")
        found += [item for item in DEMANDED if order(first) <= order(item) <= order(last or first)]
    return found


@pytest.mark.clause("5.1")
def test_every_item_of_levels_1_and_2_has_one_row() -> None:
    named = list(chain.from_iterable(named_by(items) for items, level, _ in rows() if not level))
    assert sorted(named, key=order) == DEMANDED


@pytest.mark.clause("5.1")
def test_every_row_has_a_test_that_exists_or_a_reason() -> None:
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    known = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    for items, _, shown in rows():
        names = re.findall(r"`([\w./-]+)`", shown)
        assert [name for name in names if name.startswith("test_") and name not in known] == [], items
        assert [name for name in names if "/" in name and not (ROOT / name).exists()] == [], items
        assert names or len(shown.split()) >= 3 or shown.startswith("None"), items


def test_there_is_no_row_twice_and_each_chosen_one_is_of_level_3() -> None:
    chosen = [items for items, level, _ in rows() if level]
    assert len(chosen) == len(set(chosen)) > 10
    assert not set(chosen) & set(DEMANDED)

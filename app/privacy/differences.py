"""What reads otherwise between two versions of a document, clause by clause and word by word. Clauses 6.2, 6.3."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from app.privacy.texts import Text, Version

SAME, GONE, NEW = "same", "gone", "new"
_BRIDGE = 5
_WORDS = {"zh": re.compile(r"[A-Za-z0-9.]+|\s+|."), "en": re.compile(r"\w+|\s+|.")}


@dataclass(frozen=True, slots=True)
class Change:
    """One clause, or row of an annex, that reads otherwise; `before` or `after` is None where it came or went.

    `parts` are its words in the order of reading: (same, gone or new; words).
    """

    id: str
    before: str | None
    after: str | None
    parts: tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)
def changes_between(old: Version, new: Version, lang: str) -> tuple[Change, ...]:
    """Every clause and every row of an annex whose words differ, in the order of the newer version; what went stands
    last.
    """
    before, after = (_words(each.texts[lang]) for each in (old, new))
    places = [*after, *(place for place in before if place not in after)]
    differing = [place for place in places if before.get(place) != after.get(place)]
    names = _names(old.texts[lang]) | _names(new.texts[lang])
    return tuple(_change(names[place], before.get(place), after.get(place), lang) for place in differing)


def _change(id_: str, before: str | None, after: str | None, lang: str) -> Change:
    if before is None or after is None:
        parts: tuple[tuple[str, str], ...] = ((NEW, after or ""),) if before is None else ((GONE, before),)
    else:
        parts = tuple(_parts(before, after, _WORDS[lang]))
    return Change(id_, before, after, parts)


def _parts(before: str, after: str, words: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    old, new = words.findall(before), words.findall(after)
    for is_same, old_from, old_to, new_from, new_to in _runs(old, new):
        if is_same:
            yield SAME, "".join(new[new_from:new_to])
            continue
        if old_to > old_from:
            yield GONE, "".join(old[old_from:old_to])
        if new_to > new_from:
            yield NEW, "".join(new[new_from:new_to])


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """What stayed and what changed, in turn; a few words that stayed between two changes go with them, for nobody reads
    a text that changes at every other word.
    """
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed: tuple[int, int, int, int] | None = None
    for number, (tag, *place) in enumerate(codes):
        old_from, old_to, new_from, new_to = place
        is_bridge = tag == "equal" and new_to - new_from <= _BRIDGE and 0 < number < len(codes) - 1
        if tag == "equal" and not is_bridge:
            if changed:
                yield False, *changed
                changed = None
            yield True, old_from, old_to, new_from, new_to
        else:
            changed = (changed[0] if changed else old_from, old_to, changed[2] if changed else new_from, new_to)
    if changed:
        yield False, *changed


Place = tuple[str, str]
"""An annex, or "" for the clauses, and the name of the row or the id of the clause there."""


def _words(text: Text) -> dict[Place, str]:
    clauses = {("", clause.id): clause.wording for clause in text.clauses}
    rows = {(annex, name): " | ".join(row.values()) for annex, _, rows in text.tables() for name, row in rows.items()}
    return clauses | rows


def _names(text: Text) -> dict[Place, str]:
    """What each place is called on the page; a row of an annex by its first words, which versions may change."""
    rows = {
        (annex, name): f"{title}: {next(iter(row.values()))}"
        for annex, title, rows in text.tables()
        for name, row in rows.items()
    }
    return {("", clause.id): clause.id for clause in text.clauses} | rows

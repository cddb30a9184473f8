"""What stands in the way of closing an account. Each slice hands in what it knows; nothing is asked of the person.

An obstacle is something only the two sides can settle: goods on their way, money that belongs to one of them, a
dispute. It is told in words, with what to do about it and where. Clause 5.2.2a.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from sqlalchemy.orm import Session

from app.privacy.people import Person

Check = Callable[[Session, Person, datetime], Iterable[str]]
"""What each obstacle of a kind is about (an order's number, a case's), "" where that says nothing."""


@dataclass(frozen=True)
class Kind:
    """A kind of obstacle: why it stands in the way, what to do, and the page where it is done."""

    reason: LazyString
    advice: LazyString
    endpoint: str
    check: Check


KINDS: dict[str, Kind] = {}


def closure_check(code: str, *, reason: LazyString, advice: LazyString, endpoint: str = "") -> Callable[[Check], Check]:
    """Declare a check of a slice. `endpoint` is a page of the account without values in its address."""

    def declare(check: Check) -> Check:
        KINDS[code] = Kind(reason, advice, endpoint, check)
        return check

    return declare


def obstacles(session: Session, person: Person, at: datetime) -> list[list[str]]:
    """Everything that stands in the way now, as [code, about]. Empty: nothing does."""
    return [[code, about] for code, kind in KINDS.items() for about in kind.check(session, person, at)]


@dataclass(frozen=True)
class Obstacle:
    """An obstacle in words."""

    reason: LazyString
    advice: LazyString
    endpoint: str
    about: str


def in_words(found: Sequence[Sequence[str]]) -> list[Obstacle]:
    """Kinds that no slice knows any more are left out."""
    return [
        Obstacle(kind.reason, kind.advice, kind.endpoint, about)
        for code, about in found
        if (kind := KINDS.get(code)) is not None
    ]

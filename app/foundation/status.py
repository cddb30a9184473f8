"""What the public page `/status` says: slices register what they can tell of how the shop stands. Clause 5.1.5a."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Condition:
    """One line of the page: what it is about, how it stands in words, and since when or for when it says so."""

    title: LazyString
    text: str | LazyString
    is_well: bool
    at: datetime | None = None


Reader = Callable[[Session, datetime], Condition]
_READERS: dict[str, Reader] = {}


def status_line(name: str) -> Callable[[Reader], Reader]:
    """Declare a line of the page. It is read in the visitor's language, and says nothing about anybody."""

    def declare(reader: Reader) -> Reader:
        _READERS[name] = reader
        return reader

    return declare


def conditions(session: Session, at: datetime) -> dict[str, Condition]:
    """Every line, in the order in which slices declared them."""
    return {name: reader(session, at) for name, reader in _READERS.items()}

"""Sealed files and what names them: of one person when they are erased, and of all each night.

A file is there before the row that names it, and goes after or before that row by what is safer. A process that is
killed in between leaves a file that nothing names. Such files go once they are a day old. Clauses 5.1.1a, 5.1.3b.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.alarms import clear, sound
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.personal_data import Kind, PersonalData
from app.foundation.uploads import is_file_name, is_older, place_of, stored_before
from app.privacy.erasing_rows import models_of_people

Naming = Callable[[Session], Iterable[Path]]
_NAMING: list[Naming] = []
AGE = timedelta(days=1)
MOST = 100
"""So many at once are no trace of killed processes: a database beside the wrong folder looks like that."""
ALARM = "nameless_files"


def names_files(naming: Naming) -> Naming:
    """Declare where else files stand than in personal fields: gives their places under the uploads folder."""
    _NAMING.append(naming)
    return naming


def file_names(session: Session, subject_id: int | None = None) -> Iterator[str]:
    """Names of sealed files in the rows of a person, or of everybody: they are secrets, one or several to a field."""
    for model in models_of_people():
        secrets = [field for field in getattr(model, "_personal", ()) if field.kind is Kind.SECRET]
        if not secrets or not issubclass(model, PersonalData):
            continue
        rows = select(model) if subject_id is None else select(model).where(model.subject_id == subject_id)
        for row in session.scalars(rows.execution_options(yield_per=500)):
            for field in secrets:
                yield from _names_in(field, row)


@every(seconds=24 * 3600, name="privacy.remove_nameless_files", apart=True)
def remove_nameless() -> int:
    """Delete files older than a day that no row names, and say how many; or let an alarm stand where they are many.

    What may go is looked for before what is named, and once more when it goes: no file goes that gets a row meanwhile.
    """
    old = stored_before(limit := now() - AGE)
    named = _named(db.session()) if old else set()
    nameless = [place for place in old if place not in named]
    if len(nameless) > MOST:
        with transaction() as session:
            sound(session, ALARM, now(), files=len(nameless))
        return 0
    for place in nameless:
        if is_older(place, limit):
            place.unlink(missing_ok=True)
    with transaction() as session:
        clear(session, ALARM)
        if nameless:
            record("files.nameless_removed", files=len(nameless))
    return len(nameless)


def _named(session: Session) -> set[Path]:
    return set(chain(map(place_of, file_names(session)), *(naming(session) for naming in _NAMING)))


def _names_in(field: Any, row: Any) -> Iterator[str]:
    try:
        value = field.read(row)
    except KeyDestroyed:
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and is_file_name(each):
            yield each

"""The versions that a shop began with, written down with its first agreement. Clauses P.3, 6.3.

Before anybody has agreed to anything there is nobody to announce a change to, so the founding versions need no approval
and no notice; from this moment on every version does.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

from sqlalchemy import Table, inspect, select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.database import insert_into, new_id
from app.privacy.comparing import FIRST, class_of, compare_versions
from app.privacy.policy import founding_versions
from app.privacy.publications import PUBLISHED, PolicyPublication, operator_as_data
from app.privacy.texts import FOLDERS, LANGUAGES, Version, digests_of

ONE_AFTER_ANOTHER = timedelta(microseconds=1)
"""Between two of them, so that versions which take effect on the same day keep their order."""
_ROWS = cast("Table", inspect(PolicyPublication).local_table)


def found(session: Session, at: datetime) -> None:
    """Write down the founding versions of every document that has none yet, in the caller's transaction. Safe to repeat
    and to do twice at once.
    """
    begun = set(session.scalars(select(PolicyPublication.document).distinct()))
    for document in FOLDERS.keys() - begun:
        first, *later = founding_versions(document)
        _write_down(session, first, FIRST, at)
        for number, (before, version) in enumerate(pairwise([first, *later]), 1):
            change_class = class_of(compare_versions(before, version)).code
            _write_down(session, version, change_class, at + number * ONE_AFTER_ANOTHER)


def _write_down(session: Session, version: Version, change_class: str, at: datetime) -> None:
    digests, hashes = digests_of(FOLDERS[version.document] / version.version), {}
    for lang in LANGUAGES:
        hashes[lang] = version.hash(lang)
    row = insert_into(session, _ROWS).values(
        id=new_id(), document=version.document, version=version.version, state=PUBLISHED, change_class=change_class,
        digests=digests, hashes=hashes, operator=operator_as_data(version.operator), effective=version.effective,
        proposed_at=at, decided_at=at,
    )  # fmt: skip
    if session.scalar(row.on_conflict_do_nothing().returning(_ROWS.c.id)) is not None:
        record(
            "policy.founded", document=version.document, version=version.version, change_class=change_class,
            digests=digests, hashes=hashes,
        )  # fmt: skip

"""Looking at a shop that was restored: its tables, its evidence, and whether what people gave us can be read."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.audit import chain_end
from app.foundation.chain_check import verify_chain
from app.foundation.chain_heads import heads_file, heads_in
from app.foundation.data_keys import KeyDestroyed
from app.privacy.my_data import models_with_fields

AT_ONCE = 500


def look_at(session: Session) -> dict[str, Any]:
    """What the shop's store holds. `sound`: the chain is whole, and every field whose person has a key opens."""
    end = chain_end(session).number
    known = (head for head in heads_in(heads_file()) if head.number <= end)
    chain = verify_chain(session, known)
    opened = unreadable = erased = 0
    for row in _rows_of_people(session):
        for field in row._personal:
            if getattr(row, field.sealed_name) is None:
                continue
            try:
                field.read(row)
                opened += 1
            except KeyDestroyed:
                erased += 1
            except ValueError:
                unreadable += 1
    found = {"links": chain.links, "opened": opened, "unreadable": unreadable, "of_erased": erased}
    return {
        **found,
        "sound": chain.broken_at is None
        and chain.strange_head is None
        and chain.strange_cut is None
        and not unreadable,
    }


def _rows_of_people(session: Session) -> Iterator[Any]:
    """Every row with personal fields, a portion at a time."""
    for model in models_with_fields():
        query, last = select(model).order_by(model.id).limit(AT_ONCE), None
        while rows := session.scalars(query if last is None else query.where(model.id > last)).all():
            last = rows[-1].id
            yield from rows
            session.expunge_all()

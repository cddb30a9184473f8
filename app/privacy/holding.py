"""Holds: what must outlive an erasure, because a statute, a dispute or an authority demands it. CLAUSES.md A.6.

A hold is a row with ground, scope and end. When its person is erased, what it covers is sealed with the public keys of
two people, neither of whom can open it alone, and the rest goes as ever. The person is told in the receipt, unless the
law forbids it. What accounting law asks for needs no hold of its own: it is held for everybody alike.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.clock import today
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import Id, IdMixin, UtcDateTime, db, new_id, transaction
from app.foundation.durable import write_whole
from app.foundation.errors import BusinessError
from app.foundation.personal_data import Keep, Kind, PersonalData
from app.foundation.sealed_log import sealed
from app.foundation.uploads import is_file_name, read_private
from app.privacy.erasing_rows import models_of_people
from app.privacy.keeping import keeps
from app.privacy.people import Person
from app.privacy.policy import current_policy
from app.settings import current_settings

DISPUTE, AUTHORITY, ACCOUNTING = "dispute", "authority", "accounting"
GROUNDS = (DISPUTE, AUTHORITY)
"""Grounds that a person at a desk may name."""
FOLDER = "held"


class Hold(IdMixin, db.Model):
    """What of a person is held, on which ground, until when. `scope` names tables, `copy` the sealed file once made."""

    __tablename__ = "holds"
    __personal__ = False

    audit_ref: Mapped[int] = mapped_column(Id, index=True)
    ground: Mapped[str] = mapped_column(String(12))
    scope: Mapped[list[str]] = mapped_column(JSON)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    is_told: Mapped[bool] = mapped_column(default=True)
    """Whether the receipt names it: the law may forbid that."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(Id)
    copy: Mapped[str | None] = mapped_column(String(32))
    case_number: Mapped[str | None] = mapped_column(String(24), index=True)
    """The case because of which it stands, if any."""


class NoTwoKeepers(BusinessError):
    """There are not the public keys of two people, so nothing can be held."""

    message = _l("Nothing can be held here: SEALED_LOG_PUBLIC_KEY names fewer than two people.")


class UnknownScope(BusinessError):
    """The scope or the ground is not one that can be held."""

    message = _l("Please choose a ground, and what is to be held.")
    status = 422


def scopes() -> list[str]:
    """Tables that can be held: those with fields about people."""
    return [model.__tablename__ for model in models_of_people() if issubclass(model, PersonalData) and model._personal]


def hold(
    audit_ref: int, ground: str, scope: Sequence[str], until: datetime, *, is_told: bool, by: int, at: datetime,
    case: str | None = None,
) -> Hold:  # fmt: skip
    """Hold something of a person. `by` is an audit reference, `case` a number. Raises NoTwoKeepers, UnknownScope."""
    if not _keepers():
        raise NoTwoKeepers
    if ground not in GROUNDS or not scope or not set(scope) <= set(scopes()) or until <= at:
        raise UnknownScope
    with transaction() as session:
        made = Hold(
            audit_ref=audit_ref, ground=ground, scope=sorted(scope), until=until, is_told=is_told, made_at=at,
            made_by=by, case_number=case,
        )  # fmt: skip
        session.add(made)
        record("hold.made", actor=by, subject=audit_ref, ground=ground, scope=made.scope, until=until.isoformat())
    return made


def holds_on(audit_ref: int, at: datetime) -> Select[Hold]:
    """What of a person is held now, oldest first."""
    return select(Hold).where(Hold.audit_ref == audit_ref, Hold.until > at).order_by(Hold.made_at, Hold.id)


def seal_what_is_held(person: Person, at: datetime) -> list[list[str]]:
    """Seal what holds on a person cover, while their key opens; what the receipt says of it. Safe to repeat."""
    if not _keepers():
        return []
    _hold_for_accounting(person, at)
    told = []
    for held in db.session.scalars(holds_on(person.audit_ref, at)).all():
        if held.copy is None:
            _seal(held, person)
        if held.is_told:
            told.append([held.ground, held.until.date().isoformat()])
    return told


def _hold_for_accounting(person: Person, at: datetime) -> None:
    """Rows with fields that accounting law asks for are held for everybody, for as long as it asks."""
    period = current_policy(at.date()).manifest.keep(Keep.ACCOUNTING)
    scope = [
        model.__tablename__
        for model in models_of_people()
        if any(field.keep is Keep.ACCOUNTING for field in getattr(model, "_personal", ()))
        and db.session.scalar(select(model.id).where(model.subject_id == person.subject_id).limit(1)) is not None
    ]
    held = db.session.scalars(holds_on(person.audit_ref, at).where(Hold.ground == ACCOUNTING)).first()
    if not scope or held or period is None:
        return
    with transaction() as session:
        session.add(
            Hold(audit_ref=person.audit_ref, ground=ACCOUNTING, scope=scope, until=period.after(at), made_at=at)
        )
        record("hold.made", subject=person.audit_ref, ground=ACCOUNTING, scope=scope)


def _seal(held: Hold, person: Person) -> None:
    content = {table: list(_rows_of(db.session(), table, person)) for table in held.scope}
    name = f"{new_id():x}"
    write_whole(_path(name), sealed(json.dumps(content, ensure_ascii=False, default=str), _keepers()))
    with transaction() as session:
        session.get_one(Hold, held.id, populate_existing=True).copy = name
        record("hold.sealed", subject=person.audit_ref, ground=held.ground, scope=held.scope)


def _rows_of(session: Session, table: str, person: Person) -> Iterator[dict[str, Any]]:
    """Each row whole: its own columns, and its sealed fields in the clear, files with their content."""
    model = next(model for model in models_of_people() if model.__tablename__ == table)
    for row in session.scalars(select(model).where(model.subject_id == person.subject_id).order_by(model.id)):
        plain = {column.name: getattr(row, key) for key, column in model.__mapper__.columns.items()}
        values = {name: value for name, value in plain.items() if not isinstance(value, bytes)}
        for field in model._personal:
            values[field.name] = _value_of(field, row)
        yield values


def _value_of(field: Any, row: Any) -> Any:
    try:
        value = field.read(row)
    except KeyDestroyed:
        return None
    if field.kind is Kind.SECRET and isinstance(value, str) and is_file_name(value):
        return b64encode(read_private(row.subject_id, value)).decode()
    return value


def _ended(at: datetime) -> Select[Any]:
    return select(Hold.id).where(Hold.until <= at)


@keeps("holds", Keep.ACCOUNTING, Hold, overdue=_ended)
def end_holds(session: Session, ids: list[int], at: datetime) -> None:
    """A hold ends on its day: the copy is deleted, and that it was held stays on the ledger."""
    for held in session.scalars(select(Hold).where(Hold.id.in_(ids))).all():
        _end(session, held)
        record("hold.ended", subject=held.audit_ref, ground=held.ground)


def lift(session: Session, held: Hold, why: str, by: int) -> None:
    """End a hold before its day, in the caller's transaction. `why` is a code, `by` an audit reference."""
    _end(session, held)
    record("hold.lifted", actor=by, subject=held.audit_ref, ground=held.ground, why=why)


def _end(session: Session, held: Hold) -> None:
    if held.copy:
        _path(held.copy).unlink(missing_ok=True)
    session.delete(held)


def _keepers() -> tuple[Any, ...]:
    """The public keys of two people at least, or none."""
    keepers = current_settings().sealed_log_keepers
    return tuple(keepers) if len(keepers) >= current_policy(today()).manifest.limit("approvals") else ()


def _path(name: str) -> Path:
    return current_settings().instance_dir / FOLDER / f"{name}.age"

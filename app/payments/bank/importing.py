"""A statement comes in: its lines are kept sealed until each is a row, and what was imported before is left out.

Rows come in portions, each with the place reached in one transaction: a stopped import goes on where it was, and none
is kept twice. Clauses 1.1.4b (what is kept, and how long), 5.1.1c.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.companies.names import name_key_of
from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.data_keys import create_subject, data_keys
from app.foundation.database import db, transaction
from app.foundation.encryption import blind_index
from app.foundation.jobs import every, one_by_one
from app.foundation.personal_data import Keep
from app.foundation.uploads import place_of, read_private, remove_private, store_private
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.payments.bank.checking import check
from app.payments.bank.models import BankRow, Statement
from app.payments.bank.statements import Line, Reading
from app.payments.confirming import bank_reference_in
from app.privacy.files import names_files
from app.privacy.keeping import began_before, keeps

PORTION = 500


def keep_statement(reading: Reading, by: Actor, at: datetime) -> Statement:
    """Keep what a file came to; its first portion is read at once. Raises MoveNotAllowed."""
    if not by.may("pay"):
        raise MoveNotAllowed
    subject_id = create_subject()
    packed = json.dumps([line.packed() for line in reading.lines], ensure_ascii=False)
    statement = Statement(
        subject_id=subject_id, file=store_private(subject_id, packed.encode()), lines=len(reading.lines), read=0,
        kept=0, outgoing=reading.outgoing, faults=[list(fault) for fault in reading.faults], imported_at=at,
    )  # fmt: skip
    with transaction() as session:
        session.add(statement)
        record("statement.imported", actor=by.audit_ref, statement=str(statement.id), lines=len(reading.lines))
    read_portion(statement.id)
    return statement


@every(seconds=1, name="payments.read_statements")
def read_on() -> int:
    """Read a portion of every statement that is not read to its end; returns how many rows were kept."""
    waiting = db.session.scalars(select(Statement.id).where(Statement.file.is_not(None))).all()
    return one_by_one(waiting, read_portion)


def read_portion(statement_id: int) -> int:
    """The next lines become rows, each matched; returns how many were kept. Safe to stop at any instant and repeat."""
    with transaction() as session:
        statement = session.scalars(select(Statement).where(Statement.id == statement_id).with_for_update()).one()
        if statement.file is None:
            return 0
        lines = json.loads(read_private(statement.subject_id, statement.file))[statement.read :][:PORTION]
        rows = _new_rows(session, statement, [Line.unpacked(line) for line in lines])
        append(session, *rows)
        check(session, rows)
        statement.read += len(lines)
        statement.kept += len(rows)
        done = statement.file if statement.is_read else None
        if done:
            statement.file = None
    if done:
        remove_private(done)
    return len(rows)


@names_files
def statement_places(session: Session) -> list[Path]:
    """Where the files of statements lie that are still read."""
    names = session.scalars(select(Statement.file).where(Statement.file.is_not(None)))
    return [place_of(name) for name in names if name]


def _over(at: datetime) -> Select[Any]:
    old = Statement.imported_at < began_before(Keep.ACCOUNTING, at)
    return select(Statement.id).where(old, Statement.forgotten_at.is_(None))


@keeps("statements", Keep.ACCOUNTING, Statement, BankRow, overdue=_over)
def forget_statements(session: Session, ids: list[int], at: datetime) -> None:
    """Rows whose keeping time is over lose payer and remark, and their key is destroyed.

    What they were applied to stays: amounts and the bank's numbers are about nobody.
    """
    mine = update(BankRow).where(BankRow.statement_id.in_(ids))
    session.execute(mine.values(payer_sealed=None, remark_sealed=None, payer_key=b""))
    for statement in session.scalars(select(Statement).where(Statement.id.in_(ids))).all():
        data_keys().destroy(statement.subject_id)
        statement.forgotten_at = at
        record("statement.forgotten", statement=str(statement.id))


def _new_rows(session: Session, statement: Statement, lines: list[Line]) -> list[BankRow]:
    """Rows for the lines that no statement brought before; the others are told by their number."""
    digests = [_digest(line) for line in lines]
    known = set(session.scalars(select(BankRow.digest).where(BankRow.digest.in_(digests))))
    rows: list[BankRow] = []
    repeated: list[list[object]] = []
    for line, digest in zip(lines, digests, strict=True):
        if digest in known:
            repeated.append([line.number, "known"])
        else:
            known.add(digest)
            rows.append(_row(statement, line, digest))
    if repeated:
        statement.faults = sorted([*statement.faults, *repeated])
    return rows


def _row(statement: Statement, line: Line, digest: bytes) -> BankRow:
    return BankRow(
        statement_id=statement.id, number=line.number, subject_id=statement.subject_id, payer=line.payer,
        remark=line.remark, payer_key=name_key_of(line.payer), digest=digest, day=line.day, amount=line.amount,
        reference=bank_reference_in(line.reference or "") or f"{line.day:%Y%m%d}-{digest.hex()[:16].upper()}",
    )  # fmt: skip


def _digest(line: Line) -> bytes:
    """The bank's own number knows a line, whatever else an export says of it; without one all that it says."""
    said = (line.reference,) if line.reference else (line.payer, line.remark, str(line.repeat))
    return blind_index("bank_rows.digest", "\0".join((line.day.isoformat(), str(line.amount), *said)))

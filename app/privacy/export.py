"""The copy: everything about a person as a ZIP of JSON and CSV, with their files, made while it is sent. Clause P.5.

It is complete by construction: every model with personal fields, every table that names the account, what was
disclosed, who looked, what was agreed to. Secrets are named, never given: a copy that opens the account would be a
danger. What belongs to a person's rows without saying anything about them, such as lines of orders, slices hand in.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, Table, select
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.database import Base
from app.foundation.personal_data import REGISTER, Kind
from app.foundation.uploads import is_file_name, read_private
from app.privacy.consenting import share_consents_of
from app.privacy.erasing_rows import EVIDENCE, table_of
from app.privacy.my_data import models_with_fields
from app.privacy.packages import zipped
from app.privacy.people import Person
from app.privacy.who_saw import consents_of, disclosures_to, readings_of

AT_ONCE = 500
SECRET = "(secret)"  # noqa: S105 - what stands in its place
UNTOLD = ("hash", "digest", "token", "_key", "subject_id")
"""Columns that are keys or digests: they say nothing to the person and help whoever steals the copy."""
READ_ME = """这是云商持有的与您有关的全部信息：每张表各一份 JSON 和 CSV，files 中是您上传的文件。
register.json 说明每个字段为何存在、依据哪一条、用于什么、保存多久。标为 (secret) 的是密码类内容，只列名称。

This is everything that the shop holds about you: each table as JSON and as CSV, and under files what you uploaded.
register.json says of each field why it exists, under which clause, for what and how long. What is marked (secret) is
named and not given, for it would open your account.
"""
Reader = Callable[[Session, Person], Iterable[dict[str, Any]]]
_READERS: dict[str, Reader] = {}


def export_reader(name: str) -> Callable[[Reader], Reader]:
    """Declare rows that belong to a person's without being personal themselves, such as the lines of an order."""

    def declare(read: Reader) -> Reader:
        _READERS[name] = read
        return read

    return declare


def export(session: Session, person: Person, at: datetime) -> Iterator[bytes]:
    """The ZIP, piece by piece. Nothing of it touches a disk."""
    return zipped(_entries(session, person), at)


def _entries(session: Session, person: Person) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.txt", [READ_ME.encode()]
    yield "register.json", [json_bytes(_register())]
    for model in sorted(models_with_fields(), key=lambda model: str(model.__tablename__)):
        keys = list(session.scalars(select(model.id).where(model.subject_id == person.subject_id).order_by(model.id)))
        if keys:
            rows = _Rows(session, model, keys)
            yield f"{model.__tablename__}.json", rows.as_json()
            yield f"{model.__tablename__}.csv", rows.as_csv()
            yield from ((f"files/{name}", [content]) for name, content in rows.files())
    for table in Base.metadata.sorted_tables:
        if "account_id" in table.c and table.name not in EVIDENCE and not _has_fields(table):
            yield from _both(table.name, _linked(session, table, person.account_id))
    for name, read in _READERS.items():
        yield from _both(name, list(read(session, person)))
    yield from _both("consents", [plain_facts(row) for row in session.scalars(consents_of(person.audit_ref))])
    yield from _both(
        "share_consents", [plain_facts(row) for row in session.scalars(share_consents_of(person.audit_ref))]
    )
    yield from _both("disclosures", [plain_facts(row) for row in session.scalars(disclosures_to(person.audit_ref))])
    yield from _both("readings", [{**vars(row)} for row in readings_of(session, person.audit_ref)])


class _Rows:
    """Rows of one model that belong to the person, some hundred at a time."""

    def __init__(self, session: Session, model: Any, keys: list[int]) -> None:
        self.session, self.model, self.keys = session, model, keys

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self.keys), AT_ONCE):
            some = self.keys[start : start + AT_ONCE]
            yield from self.session.scalars(select(self.model).where(self.model.id.in_(some)).order_by(self.model.id))

    def as_json(self) -> Iterator[bytes]:
        for number, row in enumerate(self):
            yield (b"[\n" if number == 0 else b",\n") + json_bytes(_told(row))
        yield b"\n]\n"

    def as_csv(self) -> Iterator[bytes]:
        return csv_lines(_told(row) for row in self)

    def files(self) -> Iterator[tuple[str, bytes]]:
        for field in self.model._personal:
            if field.kind is Kind.SECRET:
                for row in self:
                    yield from files_of(field, row)


def _register() -> dict[str, Any]:
    return {
        f"{field.table}.{field.name}": {
            "why": field.why,
            "clause": field.clause,
            "purposes": sorted(purpose.value for purpose in field.purposes),
            "kept": field.keep.value,
        }
        for field in REGISTER
    }


def _told(row: Any) -> dict[str, Any]:
    """A row as the person reads it: what is not personal as it stands, sealed fields opened, secrets named."""
    values = plain_facts(row)
    for field in row._personal:
        value = field.read(row)
        values[field.name] = SECRET if field.kind is Kind.SECRET and value is not None else value
    return values


def plain_facts(row: Any) -> dict[str, Any]:
    """The columns of a row that hold nothing sealed, no key and no digest."""
    columns = row.__mapper__.columns
    return {key: getattr(row, key) for key, column in columns.items() if _may_be_told(column)}


def _may_be_told(column: Any) -> bool:
    return not isinstance(column.type, LargeBinary) and not any(part in column.name for part in UNTOLD)


def _linked(session: Session, table: Table, account_id: int) -> list[dict[str, Any]]:
    columns = [column for column in table.c if _may_be_told(column)]
    return [dict(row._mapping) for row in session.execute(select(*columns).where(table.c.account_id == account_id))]


def _has_fields(table: Table) -> bool:
    return any(table_of(model) is table for model in models_with_fields())


def files_of(field: Any, row: Any) -> Iterator[tuple[str, bytes]]:
    """Sealed files that a field names, each with a name of its own and its content opened."""
    value = field.read(row)
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and is_file_name(each):
            content = read_private(row.subject_id, each)
            yield f"{field.table}-{field.name}-{each[:8]}.{_kind_of(content)}", content


def _kind_of(content: bytes) -> str:
    known = {b"%PDF": "pdf", b"RIFF": "webp"}
    return known.get(content[:4], "bin")


def _both(name: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, Iterable[bytes]]]:
    if rows:
        yield f"{name}.json", [json_bytes(rows)]
        yield f"{name}.csv", csv_lines(rows)


def csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Spreadsheets take it for UTF-8 by its mark, and no cell for a formula."""
    text = io.StringIO(newline="")
    writer, names = csv.writer(text), list[str]()
    for row in rows:
        if not names:
            names = list(row)
            text.write("\ufeff")
            writer.writerow(names)
        writer.writerow([_cell(row[name]) for name in names])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json_bytes(value).decode().strip('"')
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not text[1:].isdigit() else text


def json_bytes(value: Any) -> bytes:
    """Moments in China time, nothing escaped that need not be."""
    return json.dumps(value, ensure_ascii=False, default=_said).encode()


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)

"""Rows about a person, found by the register and by their links, deleted or left without their person. 5.2.2b.

Nobody keeps a list of tables here. Every model whose rows are sealed for a person names the key (`subject_id`); rows of
trade records stay and lose every sealed value and the link, all others are deleted with what hangs on them. Then every
row that still names the account goes, or its link does, and the audit reference is cut wherever it is no evidence.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import BigInteger, Column, ColumnElement, Table, delete, inspect, select, update
from sqlalchemy.orm import Session

from app.foundation.database import Base
from app.foundation.personal_data import Keep, PersonalData
from app.privacy.people import Person

NOBODY = 0
TRADE = frozenset({Keep.ORDERS, Keep.ACCOUNTING})
"""Rows with a field that is kept this way are records of trade: they stay, anonymous."""
EVIDENCE = frozenset(
    {"ledger_entries", "ledger_links", "disclosures", "policy_acceptances", "closures", "holds", "disclosure_persons"}
    | {"breach_persons", "policy_deliveries", "service_end_deliveries", "policy_acknowledgements", "share_consents"}
    | {"staff_undertakings", "recipient_agreements", "impact_assessments", "transfer_persons"}
)
"""S6: here people stand as their audit reference alone, which leads to nobody once the account is gone."""


def models_of_people() -> list[Any]:
    """Every model whose rows belong to a person by their key, in the order of their tables' names."""
    models = [mapper.class_ for mapper in Base.registry.mappers if "subject_id" in mapper.columns]
    return sorted(
        (model for model in models if model.__tablename__ not in EVIDENCE), key=lambda model: str(model.__tablename__)
    )


def erase_rows(session: Session, person: Person) -> Counter[str]:
    """Delete or blank every row about the person, in the caller's transaction; how many by table. Safe to repeat."""
    erased = erase_sealed(session, person.subject_id)
    for table in Base.metadata.sorted_tables:
        if table.name not in EVIDENCE and "account_id" in table.c:
            _unlink(session, table, table.c.account_id, table.c.account_id == person.account_id, erased)
    _cut_reference(session, person.audit_ref)
    session.expire_all()
    return erased


def erase_sealed(session: Session, subject_id: int) -> Counter[str]:
    """Delete or blank every row that is sealed under a key, in the caller's transaction; how many by table."""
    erased: Counter[str] = Counter()
    for model in models_of_people():
        table = table_of(model)
        mine = table.c.subject_id == subject_id
        if _is_trade(model):
            erased[table.name] += _blank(session, model, mine)
        else:
            _delete(session, table, mine, erased)
    return erased


def table_of(model: Any) -> Table:
    return cast("Table", inspect(model).local_table)


def _is_trade(model: Any) -> bool:
    return issubclass(model, PersonalData) and any(field.keep in TRADE for field in model._personal)


def _blank(session: Session, model: Any, mine: ColumnElement[bool]) -> int:
    """Empty every sealed value and index; the row belongs to nobody then."""
    table = table_of(model)
    values: dict[str, Any] = {"subject_id": NOBODY}
    for column in table.c:
        if "personal" in column.info:
            values[column.name] = None if column.nullable else b""
    if "account_id" in table.c and table.c.account_id.nullable:
        values["account_id"] = None
    return _count(session.execute(update(table).where(mine).values(values)))


def _unlink(
    session: Session, table: Table, column: Column[Any], mine: ColumnElement[bool], erased: Counter[str]
) -> None:
    """A row may lose a link that may be empty; one that is nothing without it goes."""
    if column.nullable:
        session.execute(update(table).where(mine).values({column.name: None}))
    else:
        _delete(session, table, mine, erased)


def _delete(session: Session, table: Table, mine: ColumnElement[bool], erased: Counter[str]) -> None:
    for child, link, target in _links_to(table):
        _unlink(session, child, link, link.in_(select(target).where(mine)), erased)
    erased[table.name] += _count(session.execute(delete(table).where(mine)))


def _links_to(table: Table) -> Iterator[tuple[Table, Column[Any], Column[Any]]]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and other is not table:
                yield other, key.parent, key.column


def _cut_reference(session: Session, audit_ref: int) -> None:
    """Wherever the person stands as who did something. Looked for first: most columns never name them."""
    for table in Base.metadata.sorted_tables:
        if table.name in EVIDENCE:
            continue
        for column in table.c:
            if not isinstance(column.type, BigInteger) or column.primary_key or column.foreign_keys:
                continue
            if session.execute(select(1).where(column == audit_ref).limit(1)).first() is not None:
                values = {column.name: None if column.nullable else NOBODY}
                session.execute(update(table).where(column == audit_ref).values(values))


def _count(result: Any) -> int:
    return max(int(result.rowcount), 0)

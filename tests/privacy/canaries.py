"""A marker in every personal field of every table, by the register: what must turn up, or must not."""

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, LargeBinary, Table, Text, select
from sqlalchemy import String as Words
from sqlalchemy.orm import Mapper

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.database import Base, UtcDateTime, db, new_id, transaction
from app.foundation.money import Money, MoneyType
from app.foundation.personal_data import Kind, personal
from app.foundation.uploads import store_private
from app.orders.lifecycle import Actor
from app.orders.receiving import confirm_receipt
from app.privacy.my_data import models_with_fields
from tests.shipping.builders import send_all
from tests.shipping.test_handing_over import a_paid_order
from tests.stock.builders import a_stocked_sku

MARK = "canary-"


def marker_of(field: personal) -> str:
    """A text of its own for each field, which no code writes by itself."""
    return f"{MARK}{field.table}-{field.name}"


def a_person_full_of_canaries() -> Account:
    """Somebody with a completed order and a marker in every field that the register knows."""
    order = a_paid_order(a_stocked_sku(9)[0])
    send_all(order)
    for part in order.parts:
        confirm_receipt(part.id, Actor("buyer", None), now())
    account = db.session.get_one(Account, order.account_id)
    fill_everything_about(account)
    return account


def fill_everything_about(account: Account) -> None:
    """Rows in every table with personal fields, each field holding its marker; a secret is a sealed file that does."""
    subject_id = account.subject_id
    for model in sorted(models_with_fields(), key=lambda model: Base.metadata.sorted_tables.index(model.__table__)):
        with transaction() as session:
            row = session.scalars(select(model).where(model.subject_id == subject_id).limit(1)).first()
            if row is None:
                row = model(**_values(model.__mapper__, account))
                session.add(row)
            for field in model._personal:
                setattr(row, field.name, _content(field, subject_id))


def _content(field: personal, subject_id: int) -> Any:
    marker = marker_of(field)
    if field.kind is Kind.SECRET:
        name = store_private(subject_id, marker.encode())
        return [name] if field.json_value else name
    if field.kind is Kind.CONSIGNEE:
        return dict.fromkeys(("warehouse", "consignee", "address", "mobile"), marker)
    return {"marker": marker} if field.json_value else marker


def _values(mapper: Mapper[Any], account: Account) -> dict[str, Any]:
    """What a row needs beside its personal fields: links to what is there, and the smallest value of each type."""
    values = {}
    for column in mapper.local_table.c:
        if "personal" not in column.info and (not column.nullable or column.name == "account_id"):
            value = _value(column, account)
            if value is not None:
                values[mapper.get_property_by_column(column).key] = value
    return values


def _value(column: Any, account: Account) -> Any:
    known = {"subject_id": account.subject_id, "account_id": account.id, "audit_ref": account.audit_ref}
    if column.name in known:
        return known[column.name]
    for key in column.foreign_keys:
        return some_row(key.column.table, account)
    if column.default is not None or column.server_default is not None:
        return None
    return smallest(column)


def smallest(column: Any) -> Any:
    """A value that fits a column and means nothing."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return now()
    if isinstance(kind, Date):
        return date(2026, 1, 1)
    if isinstance(kind, MoneyType):
        return Money(1)
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, LargeBinary):
        return new_id().to_bytes(8, "big") * 4
    if isinstance(kind, Words | Text):
        return f"{new_id():x}"[: getattr(kind, "length", None) or 16]
    if type(kind).__name__ == "JSON":
        return []
    return new_id() if column.primary_key else 1


def some_row(table: Table, account: Account) -> Any:
    """The key of a row that is there, the person's own first; else of a new one. In the caller's transaction."""
    (key,) = table.primary_key.columns
    session = db.session()
    if "account_id" in table.c and (mine := session.scalar(select(key).where(table.c.account_id == account.id))):
        return mine
    if (found := session.scalar(select(key).limit(1))) is not None:
        return found
    mapper = next(mapper for mapper in Base.registry.mappers if mapper.local_table is table)
    row = mapper.class_(**_values(mapper, account))
    session.add(row)
    session.flush()
    return getattr(row, mapper.get_property_by_column(key).key)

"""The field register as one thing to read: what is kept about persons, in which class, why, how long, who gets it.

Made from the declarations beside the models, the list of recipients, the cookies, and `register.toml`, which knows the
rest: tables with a link to a person, fields of forms and logs. Clauses 1, 1.2.3, 5.1.2a; page `/privacy/register`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.foundation.personal_data import REGISTER, personal
from app.foundation.recipients import RECIPIENTS, Recipient

FILE = Path(__file__).resolve().parent / "register.toml"
PASSING, OF_THE_SHOP = "passing", "shop"


@dataclass(frozen=True)
class Linked:
    """A table that is about a person by a link alone. `what` by "zh" and "en"."""

    table: str
    clause: str
    keep: str
    what: Mapping[str, str]


@dataclass(frozen=True)
class LogField:
    """A field of a log. `what` by "zh" and "en"."""

    name: str
    what: Mapping[str, str]


@cache
def written() -> Mapping[str, Any]:
    """`register.toml` as it is."""
    return tomllib.loads(FILE.read_text())


def fields() -> list[personal]:
    """Every personal field, by table and name."""
    return sorted(REGISTER, key=lambda field: (field.table, field.name))


def linked() -> list[Linked]:
    """Every table that holds something about a person without personal text."""
    return [Linked(table, line["clause"], line["keep"], line) for table, line in written()["linked"].items()]


def log_fields(log: str) -> list[LogField]:
    """The fields of the service log ("log") or of the sealed one ("sealed_log")."""
    return [LogField(name, line) for name, line in written()[log].items()]


def recipients_of(field: personal) -> list[Recipient]:
    """Who outside may be given what a field holds."""
    name = f"{field.table}.{field.name}"
    return [recipient for _, recipient in sorted(RECIPIENTS.items()) if name in recipient.draws_on]


def tables_about_persons(metadata: Any) -> set[str]:
    """Tables that reach a person: by a key of an account or an order, however far, or by a reference."""
    references = {"account_id", "account_ref", "subject", "subject_id", "audit_ref", "order_id"}
    found = {"accounts"}
    while True:
        more = {table.name for table in metadata.tables.values() if _reaches(table, found, references)}
        if more <= found:
            return found
        found |= more


def _reaches(table: Any, found: set[str], references: set[str]) -> bool:
    by_key = any(key.column.table.name in found for key in table.foreign_keys)
    return by_key or bool(references & set(table.columns.keys()))

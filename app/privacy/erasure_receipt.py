"""The receipt of an erasure: what was erased, what is kept, on which ground and until when. Clause 5.2.2b.

It is read behind a signed address, for the person has no account any more, and it opens for thirty days. It names
fields of the register and counts, nothing that says who they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation import link_tokens
from app.foundation.errors import BusinessError, NotFound
from app.foundation.personal_data import REGISTER, personal
from app.privacy.closures import Closure

READABLE = timedelta(days=30)
KIND = "closure.receipt"
KEPT: dict[str, LazyString] = {
    "orders": _l("Your orders, made anonymous: goods, amounts and tax, for the books"),
    "accounting": _l("What accounting law asks for, sealed for two people together"),
    "dispute": _l("A copy for a dispute that is not over, sealed for two people together"),
    "authority": _l("A copy that an authority ordered to be kept, sealed for two people together"),
    "statements": _l("Rows of bank statements, encrypted under keys of their own"),
    "evidence": _l("Evidence of consents, disclosures and of this erasure, under a random reference"),
    "security_events": _l("The sealed log of addresses, which no server can read"),
    "key_backups": _l("Backups of keys; with the last of them your backups are unreadable everywhere"),
    "name": _l("A keyed digest of your account name, so that nobody takes it at once"),
}


class ReceiptGone(BusinessError):
    """The time in which the receipt can be read is over."""

    message = _l("This receipt could be read for thirty days, and they are over.")
    status = 410


@dataclass(frozen=True)
class Erased:
    """Fields of one table that were erased: their places in the register, and of how many rows."""

    fields: tuple[personal, ...]
    rows: int


@dataclass(frozen=True)
class Kept:
    what: LazyString
    until: date | None


def receipt_token(closure: Closure) -> str:
    """What stands in the receipt's address."""
    return link_tokens.token_of(KIND, closure.id)


def closure_behind(session: Session, token: str, at: datetime) -> Closure:
    """The application that a token was made for. Raises NotFound for a forged one, ReceiptGone after its time."""
    closure = session.get(Closure, link_tokens.number_in(KIND, token))
    if closure is None:
        raise NotFound
    if closure.erased_at is not None and at > closure.erased_at + READABLE:
        raise ReceiptGone
    return closure


def erased_fields(closure: Closure) -> list[Erased]:
    """What was erased, by the register."""
    by_table: dict[str, list[personal]] = {}
    for field in REGISTER:
        by_table.setdefault(field.table, []).append(field)
    return [Erased(tuple(by_table[table]), rows) for table, rows in sorted(closure.erased.items()) if table in by_table]


def other_rows(closure: Closure) -> int:
    """Rows that held nothing but a link to the person: cart, sessions, devices."""
    tables = {field.table for field in REGISTER}
    return sum(rows for table, rows in closure.erased.items() if table not in tables)


def kept_things(closure: Closure) -> Iterator[Kept]:
    for ground, until in closure.kept:
        yield Kept(KEPT[ground], date.fromisoformat(until) if until else None)

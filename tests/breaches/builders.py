"""Leaks, readings that leave them, and the two people who let notices go."""

from datetime import timedelta
from typing import Any

from app.accounts.models import Account
from app.breaches.acting import ask_release, release
from app.breaches.affected import Leak
from app.breaches.models import Breach
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import transaction
from app.orders.lifecycle import Actor

MARY, JOHN = Actor("manager", 9202), Actor("manager", 9203)
HOUR = timedelta(hours=1)
TEXTS = {
    lang: {"cause": f"a password was stolen ({lang})", "harm": "calls by strangers", "measures": "shut out at once"}
    for lang in ("zh", "en")
}


def leak(**changes: Any) -> Leak:
    return Leak(**{"from_at": now() - HOUR, "to_at": now() + HOUR, "texts": TEXTS, **changes})


def read_by(clerk: Account, person: Account | None, event: str = "ticket.read", **facts: Any) -> None:
    """A reading of the staff, as the ledger knows it."""
    with transaction():
        record(event, actor=clerk.audit_ref, subject=person.audit_ref if person else None, **facts)


def let_go(breach: Breach) -> None:
    """Two people let the notices go."""
    ask_release(breach.number, MARY, now())
    release(breach.number, JOHN, now())

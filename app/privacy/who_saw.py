"""Who got something about a person, who of the staff looked at it whole, and what the person agreed to. 1.1.6, 4.1.3b.

Read from the disclosure ledger and the ledger of evidence, where people stand as their audit reference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.outbound import Disclosure
from app.privacy.acceptance import PolicyAcceptance


@dataclass(frozen=True)
class Sort:
    """A kind of reading: what was looked at, and the words of its reasons by their codes."""

    text: LazyString
    reasons: Mapping[str, LazyString]


_SORTS: dict[str, Sort] = {}
Untold = Callable[[datetime], Select[str]]
_UNTOLD: list[Untold] = []


@dataclass(frozen=True)
class Reading:
    """Somebody of the staff saw something whole. `about` is an order's number or "", `reason` words or ""."""

    at: datetime
    text: LazyString
    about: str
    reason: LazyString | str


def readings_are(event: str, text: LazyString, reasons: Mapping[str, LazyString] | None = None) -> None:
    """Say in words what entries of the ledger under this name are; only such are shown to the person."""
    _SORTS[event] = Sort(text, reasons or {})


def sorts_of_readings() -> Mapping[str, LazyString]:
    """Every kind of reading that people are shown, by its event in the ledger."""
    return {event: sort.text for event, sort in _SORTS.items()}


def when_untold(bases: Untold) -> Untold:
    """Declare what disclosures rest on (`Disclosure.basis`) of which the law forbids to tell at a moment. 4.3.2a."""
    _UNTOLD.append(bases)
    return bases


def disclosures_to(audit_ref: int) -> Select[Disclosure]:
    """What was given to whom about a person, newest first, but for what the law forbids to tell now."""
    mine = select(Disclosure).where(Disclosure.subject == audit_ref)
    for bases in _UNTOLD:
        mine = mine.where(or_(Disclosure.basis.is_(None), Disclosure.basis.not_in(bases(now()))))
    return mine.order_by(Disclosure.at.desc(), Disclosure.id)


def consents_of(audit_ref: int) -> Select[PolicyAcceptance]:
    """What a person agreed to, newest first."""
    mine = select(PolicyAcceptance).where(PolicyAcceptance.account_ref == audit_ref)
    return mine.order_by(PolicyAcceptance.at.desc(), PolicyAcceptance.id)


def readings_of(session: Session, audit_ref: int, most: int | None = None) -> list[Reading]:
    """Who looked at what of a person, newest first."""
    mine = select(LedgerEntry).where(LedgerEntry.subject == audit_ref, LedgerEntry.event.in_(_SORTS))
    rows = session.scalars(mine.order_by(LedgerEntry.at.desc(), LedgerEntry.id).limit(most))
    return [_in_words(row) for row in rows]


def _in_words(entry: LedgerEntry) -> Reading:
    sort = _SORTS[entry.event]
    reason = str(entry.facts.get("reason", ""))
    return Reading(entry.at, sort.text, str(entry.facts.get("order", "")), sort.reasons.get(reason, reason))

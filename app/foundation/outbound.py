"""The share gate: the only code that can send anything out of the system. Clauses 4.1.1, 4.1.1(4), 4.1.3a, 4.1.4.

A recipient is declared once: its kind, the grounds on which it may be given something, and the exact fields. A share
names recipient, ground, purpose and subject; the disclosure ledger is committed before the first byte leaves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import requests
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.appending import append
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, Model, UtcDateTime, transaction
from app.foundation.personal_data import Purpose

TIMEOUT_SECONDS = (3.05, 10)


class Ground(StrEnum):
    """The eight cases in which something may be shared: 4.1.1(1) to (8)."""

    CONSENT = "4.1.1(1)"
    LAW = "4.1.1(2)"
    PROTECTION = "4.1.1(3)"
    CORE = "4.1.1(4)"
    DISPUTE = "4.1.1(5)"
    AGREEMENT = "4.1.1(6)"
    RESEARCH = "4.1.1(7)"
    PUBLIC_INTEREST = "4.1.1(8)"


@dataclass(frozen=True)
class Recipient:
    """Somebody outside who may be given these fields, for these purposes, on these grounds, and nothing else."""

    code: str
    name: str
    kind: str
    fields: frozenset[str]
    purposes: frozenset[Purpose]
    grounds: frozenset[Ground]


RECIPIENTS: dict[str, Recipient] = {}


def declare_recipient(recipient: Recipient) -> Recipient:
    """Put a recipient on the list. Slices do this when they are imported."""
    RECIPIENTS[recipient.code] = recipient
    return recipient


class Disclosure(IdMixin, Model):
    """One share: who got which fields of whom, why and when. Values are never kept here."""

    __tablename__ = "disclosures"
    __personal__ = False

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(10))
    fields: Mapped[list[str]] = mapped_column(JSON)
    subject: Mapped[int | None] = mapped_column(Id, index=True)
    """Audit reference of the person whose data it is; None where there is no account yet."""
    about: Mapped[str | None] = mapped_column(String(40))
    """The order or request that a "core" share serves."""


class ShareRefused(PermissionError):
    """The gate did not let a share through; the message says which rule."""


@dataclass(frozen=True)
class Share:
    """What is to be given to whom. `fields` holds the values, by the names on the recipient's list."""

    recipient: str
    ground: Ground
    purpose: Purpose
    fields: Mapping[str, Any]
    subject: int | None = None
    about: str | None = None

    def check(self) -> Recipient:
        recipient = RECIPIENTS.get(self.recipient)
        if recipient is None:
            raise ShareRefused(f"{self.recipient} is not a recipient")
        if self.ground not in recipient.grounds:
            raise ShareRefused(f"{self.recipient} may not be given anything on ground {self.ground}")
        if self.purpose not in recipient.purposes:
            raise ShareRefused(f"{self.recipient} may not be given anything for purpose {self.purpose}")
        if extra := set(self.fields) - recipient.fields:
            raise ShareRefused(f"{self.recipient} may not be given {', '.join(sorted(extra))}")
        if self.ground is Ground.CORE and not self.about:
            raise ShareRefused("the core ground needs the order or request that it serves")
        return recipient


def disclose(share: Share) -> None:
    """Check a share and commit its ledger rows. Raises ShareRefused. For what leaves on paper or by hand."""
    recipient = share.check()
    names = sorted(share.fields)
    with transaction() as session:
        append(
            session,
            Disclosure(
                at=now(),
                recipient=recipient.code,
                ground=share.ground,
                purpose=share.purpose,
                fields=names,
                subject=share.subject,
                about=share.about,
            ),
        )
        record("data.disclosed", subject=share.subject, recipient=recipient.code, ground=share.ground, fields=names)


def send(
    share: Share, deliver: Callable[[requests.Session, Mapping[str, Any]], requests.Response]
) -> requests.Response:
    """Disclose, then let `deliver` send the fields over HTTP. Raises ShareRefused, or what `requests` raises.

    Redirects are not followed and the environment's proxies are not used: the bytes go where the adapter says.
    """
    disclose(share)
    with requests.Session() as http:
        http.trust_env = False
        http.max_redirects = 0
        return deliver(http, share.fields)

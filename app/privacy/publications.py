"""What was published when: a row for each version, and what this process knows of them. Clauses P.3, 6.1b, 6.3.

A shop that nobody has agreed in yet begins with the founding versions of `published.toml`; the first agreement writes
them down. Every later version passes `publishing`. A row keeps the digests of the files, the hashes of both texts and
the operator's entry as they were, so that none of them can change behind people's backs.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, Date, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import SHANGHAI
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.remembering import Remembered
from app.privacy.texts import Version
from app.settings import Operator

PROPOSED, PUBLISHED, WITHDRAWN = "proposed", "published", "withdrawn"
_STANDS = text("state <> 'withdrawn'")
_WAITS = text("state = 'proposed'")


class PolicyPublication(IdMixin, db.Model):
    """A version on its way to the public, or there. People are audit references; None where a command or the founding
    acted.
    """

    __tablename__ = "policy_publications"
    __personal__ = False
    __table_args__ = (
        Index("lone_publications", "document", "version", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("lone_proposals", "document", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    document: Mapped[str] = mapped_column(String(10))
    version: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(9))
    change_class: Mapped[str] = mapped_column(String(9))
    """first, wording, major or reduction: what the comparison found, never what somebody said."""
    digests: Mapped[dict[str, str]] = mapped_column(JSON)
    hashes: Mapped[dict[str, str]] = mapped_column(JSON)
    operator: Mapped[dict[str, str]] = mapped_column(JSON)
    effective: Mapped[date] = mapped_column(Date)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_by: Mapped[int | None] = mapped_column(Id)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the second person published it, or somebody withdrew it."""


@dataclass(frozen=True)
class Published:
    """A published version as this process knows it."""

    document: str
    version: str
    change_class: str
    digests: tuple[tuple[str, str], ...]
    operator: Operator
    effective: date
    at: datetime
    by_two_people: bool
    """False for a version that the shop began with."""


class KnownPublications(Remembered[tuple[Published, ...]]):
    """The published versions, oldest first, those included that are not yet in force.

    Seconds are soon enough for a version that takes effect days after its publication.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__((), clock)

    def _read(self) -> tuple[Published, ...]:
        with Session(db.engine) as session:
            return tuple(_as_known(row) for row in published_rows(session))


def published_on(version: Version) -> date:
    """The day on which a version was published, in China; of a founding one what its manifest says."""
    for row in known_publications().now():
        if (row.document, row.version) == (version.document, version.version) and row.by_two_people:
            return row.at.astimezone(SHANGHAI).date()
    return version.manifest.published


def known_publications() -> KnownPublications:
    known: KnownPublications = current_app.extensions["publications"]
    return known


def published_rows(session: Session) -> Iterable[PolicyPublication]:
    """Every published version of every document, oldest first."""
    wanted = select(PolicyPublication).where(PolicyPublication.state == PUBLISHED)
    return session.scalars(wanted.order_by(PolicyPublication.effective, PolicyPublication.decided_at))


def operator_as_data(operator: Operator) -> dict[str, str]:
    return asdict(operator)


def _as_known(row: PolicyPublication) -> Published:
    return Published(
        row.document, row.version, row.change_class, tuple(sorted(row.digests.items())), _operator(row.operator),
        row.effective, row.decided_at or row.proposed_at, row.first_by is not None,
    )  # fmt: skip


def _operator(entry: Mapping[str, Any]) -> Operator:
    return Operator(**entry)

"""That a person has seen what a version changes, whatever they think of it. Clause 6.2.

It ends the hint on the pages. It is no agreement: a reduction waits on for one, under the terms of before.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import String, Table, UniqueConstraint, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.database import Id, IdMixin, UtcDateTime, db, insert_into, new_id
from app.privacy.policy import policy_version


class PolicyAcknowledgement(IdMixin, db.Model):
    """One person has seen what one version changes. People are audit references."""

    __tablename__ = "policy_acknowledgements"
    __personal__ = False
    __table_args__ = (UniqueConstraint("account_ref", "document", "version"),)

    account_ref: Mapped[int] = mapped_column(Id)
    document: Mapped[str] = mapped_column(String(10))
    version: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_ROWS = cast("Table", inspect(PolicyAcknowledgement).local_table)


def acknowledge(session: Session, account_ref: int, document: str, version: str, at: datetime) -> None:
    """Write it down in the caller's transaction; the first time counts. Raises UnknownVersion."""
    policy_version(version, document)
    row = insert_into(session, _ROWS).values(
        id=new_id(), account_ref=account_ref, document=document, version=version, at=at
    )
    if session.scalar(row.on_conflict_do_nothing().returning(_ROWS.c.id)) is not None:
        record("policy.acknowledged", subject=account_ref, document=document, version=version)

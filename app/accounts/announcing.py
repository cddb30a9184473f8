"""Telling each person of a major change on two channels or three, and keeping a record of each. Clauses 6.2, 6.1b.

A duty that finds who was not told yet, some hundred in a transaction: killed anywhere it goes on where it stood, and
nobody is told twice. Of the versions that a shop began with only those are told who agreed to an earlier one.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import Select, String, Table, UniqueConstraint, exists, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import CLOSED, Account
from app.accounts.telling import channels_of, reachable_by_mail
from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, UtcDateTime, db, insert_into, new_id, transaction
from app.foundation.jobs import every
from app.foundation.languages import LANGUAGES
from app.notifications.notifying import notify
from app.privacy.acceptance import PolicyAcceptance
from app.privacy.comparing import MAJOR, REDUCTION
from app.privacy.policy import policy_version
from app.privacy.publications import Published, known_publications
from app.privacy.texts import Changes

AT_ONCE = 100
_TOLD = frozenset({MAJOR.code, REDUCTION.code})


class PolicyDelivery(IdMixin, db.Model):
    """One message about one version to one person on one channel. People are audit references."""

    __tablename__ = "policy_deliveries"
    __personal__ = False
    __table_args__ = (UniqueConstraint("account_ref", "document", "version", "channel"),)

    account_ref: Mapped[int] = mapped_column(Id)
    document: Mapped[str] = mapped_column(String(10))
    version: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(4))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_ROWS = cast("Table", inspect(PolicyDelivery).local_table)


def versions_to_tell() -> list[Published]:
    """The published versions that each person is told of."""
    return [row for row in known_publications().now() if row.change_class in _TOLD and _changes_of(row)]


def people_to_tell(row: Published) -> Select[Account]:
    """Accounts that have not been told of a version and have agreed neither to it nor to a later one."""
    known = [each.version for each in known_publications().now() if each.document == row.document]
    told = exists().where(
        PolicyDelivery.account_ref == Account.audit_ref, PolicyDelivery.document == row.document,
        PolicyDelivery.version == row.version,
    )  # fmt: skip
    of_document = (PolicyAcceptance.account_ref == Account.audit_ref, PolicyAcceptance.document == row.document)
    agreed = exists().where(*of_document, PolicyAcceptance.version.in_(known[known.index(row.version) :]))
    waiting = select(Account).where(Account.state != CLOSED, ~told, ~agreed)
    return waiting if row.by_two_people else waiting.where(exists().where(*of_document))


@every(seconds=30, name="accounts.announce", apart=True)
def announce() -> int:
    """Tell whoever was not told yet; returns how many were. Safe to run twice at once."""
    return sum(_announce(row) for row in versions_to_tell())


def deliveries_of(session: Session) -> dict[tuple[str, str], dict[str, int]]:
    """By document and version, and by channel, how many people were told."""
    counted = select(PolicyDelivery.document, PolicyDelivery.version, PolicyDelivery.channel, func.count())
    grouped = counted.group_by(PolicyDelivery.document, PolicyDelivery.version, PolicyDelivery.channel)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for document, version, channel, count in session.execute(grouped):
        found.setdefault((document, version), {})[channel] = count
    return found


def _announce(row: Published) -> int:
    told = 0
    while people := db.session.scalars(people_to_tell(row).limit(AT_ONCE)).all():
        with transaction() as session:
            told += sum(_tell(session, account, row, now()) for account in people)
    return told


def _tell(session: Session, account: Account, row: Published, at: datetime) -> bool:
    """Write the records first: where another process was faster nothing more is written."""
    changes, code, to = _changes_of(row), f"{row.document}.changed", reachable_by_mail(session, account)
    if changes is None or not _write_down(session, account, row, channels_of(to, code), at):
        return False
    if to:
        notify(
            session, to, code, about=f"{row.document} {row.version}", version=row.version,
            day=row.effective.isoformat(), gist=changes.gist[LANGUAGES[account.language]],
        )  # fmt: skip
    return True


def _write_down(session: Session, account: Account, row: Published, channels: list[str], at: datetime) -> bool:
    told = {"account_ref": account.audit_ref, "document": row.document, "version": row.version, "at": at}
    records = [{"id": new_id(), "channel": channel, **told} for channel in channels]
    written = insert_into(session, _ROWS).values(records).on_conflict_do_nothing().returning(_ROWS.c.id)
    return len(session.scalars(written).all()) == len(records)


def _changes_of(row: Published) -> Changes | None:
    return policy_version(row.version, row.document).changes

"""Telling every account of the announced end of the service, or that it is called off, on each channel. Clause 5.2.3.

A duty that finds who was not told yet, some hundred in a transaction: killed anywhere it goes on where it stood, and
nobody is told twice. Only when it finds nobody any more does the notice that people were promised begin to run.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import Select, String, Table, UniqueConstraint, exists, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import CLOSED, Account
from app.accounts.telling import channels_of, reachable_by_mail
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, UtcDateTime, db, insert_into, new_id, transaction
from app.foundation.jobs import every
from app.notifications.notifying import notify
from app.privacy.service_end import ANNOUNCED, LIFTED, ServiceEnd, ends_to_tell, known_end

AT_ONCE = 100


class ServiceEndDelivery(IdMixin, db.Model):
    """One message about an announced end to one person on one channel. People are audit references."""

    __tablename__ = "service_end_deliveries"
    __personal__ = False
    __table_args__ = (UniqueConstraint("account_ref", "end_id", "channel"),)

    account_ref: Mapped[int] = mapped_column(Id)
    end_id: Mapped[int] = mapped_column(Id)
    channel: Mapped[str] = mapped_column(String(4))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_ROWS = cast("Table", inspect(ServiceEndDelivery).local_table)


def people_not_told(end: ServiceEnd) -> Select[Account]:
    """Accounts that have not been told of an announced end, or of those who were told of one that it is called off."""
    told = exists().where(ServiceEndDelivery.account_ref == Account.audit_ref)
    waiting = select(Account).where(Account.state != CLOSED, ~told.where(ServiceEndDelivery.end_id == end.id))
    return waiting.where(told) if end.calls_off else waiting


def people_told(session: Session, end_id: int) -> dict[str, int]:
    """By channel, how many were told."""
    counted = select(ServiceEndDelivery.channel, func.count()).where(ServiceEndDelivery.end_id == end_id)
    return {channel: count for channel, count in session.execute(counted.group_by(ServiceEndDelivery.channel))}


@every(seconds=30, name="accounts.announce_end", apart=True)
def announce_to_all() -> int:
    """Tell whoever was not told yet; returns how many were. Safe to run twice at once."""
    return sum(_announce(end.id) for end in ends_to_tell(db.session()))


def _announce(end_id: int) -> int:
    told = 0
    while some := _tell_some(end_id):
        told += some
    return told


def _tell_some(end_id: int) -> int:
    """Some hundred people, as long as what they are told still holds: another act waits for this one to end."""
    with transaction() as session:
        wanted = select(ServiceEnd).where(ServiceEnd.id == end_id).with_for_update()
        end = session.scalars(wanted.execution_options(populate_existing=True)).one()
        if end.state not in (ANNOUNCED, LIFTED) or (end.state == LIFTED and not end.calls_off):
            return 0
        people = session.scalars(people_not_told(end).limit(AT_ONCE)).all()
        if not people and end.told_at is None:
            end.told_at = now()
            record("service_end.told", last_day=end.last_day.isoformat(), calls_off=end.calls_off)
        told = sum(_tell(session, account, end, now()) for account in people)
    if not people:
        known_end().forget()
    return told


def _tell(session: Session, account: Account, end: ServiceEnd, at: datetime) -> bool:
    """Write the records first: where another process was faster nothing more is written."""
    code, to = "service.goes_on" if end.calls_off else "service.ends", reachable_by_mail(session, account)
    told = {"account_ref": account.audit_ref, "end_id": end.id, "at": at}
    records = [{"id": new_id(), "channel": channel, **told} for channel in channels_of(to, code)]
    written = insert_into(session, _ROWS).values(records).on_conflict_do_nothing().returning(_ROWS.c.id)
    if len(session.scalars(written).all()) < len(records):
        return False
    if to:
        notify(session, to, code, about="service_end", day=end.last_day.isoformat())
    return True

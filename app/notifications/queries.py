"""What a person finds on the messages page."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.foundation.clock import now
from app.notifications.models import OutboxMessage
from app.notifications.texts import SITE


def messages_of(account_id: int) -> Select[Any]:
    """The account's messages on the site, newest first."""
    mine = select(OutboxMessage).where(OutboxMessage.account_id == account_id, OutboxMessage.channel == SITE)
    return mine.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)


def how_many_messages(session: Session, account_id: int) -> int:
    mine = (OutboxMessage.account_id == account_id, OutboxMessage.channel == SITE)
    return session.scalar(select(func.count(OutboxMessage.id)).where(*mine)) or 0


def how_many_unread(session: Session, account_id: int) -> int:
    mine = (OutboxMessage.account_id == account_id, OutboxMessage.channel == SITE, OutboxMessage.read_at.is_(None))
    return session.scalar(select(func.count(OutboxMessage.id)).where(*mine)) or 0


def mark_all_read(session: Session, account_id: int) -> None:
    """Mark every message of the account as read; run inside a transaction."""
    mine = (OutboxMessage.account_id == account_id, OutboxMessage.channel == SITE, OutboxMessage.read_at.is_(None))
    session.execute(update(OutboxMessage).where(*mine).values(read_at=now()))

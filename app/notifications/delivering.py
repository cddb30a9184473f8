"""Sending what waits in the outbox, one channel at a time. Safe in several processes at once.

A message is claimed by moving its next try ahead, further than one delivery can take; if the process dies while
sending, another try follows. So a message may come twice, and is never lost.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.outbound import NoAnswer, RelayAway, ShareRefused
from app.notifications.models import FAILED, SENT, STALE, WAITING, OutboxMessage

log = logging.getLogger(__name__)
AT_ONCE = 50
LONGEST_PAUSE_SECONDS = 3600
MOST_TRIES = 16


class NotSent(RuntimeError):
    """The service did not take a message. `code` is its own word; `is_final` means that trying again is useless."""

    is_final = False

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:60]


@dataclass(frozen=True)
class Channel:
    """One way out. `hand_over` raises NotSent, ShareRefused, KeyDestroyed, NoAnswer or RelayAway, and takes less than
    `claim`; `when_refused` happens with a final refusal, in its transaction."""

    name: str
    claim: timedelta
    hand_over: Callable[[OutboxMessage], None]
    when_refused: Callable[[Session, OutboxMessage, NotSent], None] | None = None


def send_due(channel: Channel) -> int:
    """Send what is due, oldest first; returns how many went out. Stops at the first sign that the service is away.

    What became of a message is written together with the claim of the next one: half as often do orders wait for us.
    """
    sent = 0
    settle: Callable[[], None] | None = None
    for message_id in due_messages(db.session(), channel.name, now()):
        with transaction():
            if settle:
                settle()
            message, settle = claim(message_id, channel.claim), None
        if message is None:
            continue
        try:
            channel.hand_over(message)
            sent += 1
            change = _mark_sent
        except (NoAnswer, RelayAway) as away:
            problem = str(away) if isinstance(away, RelayAway) else type(away).__name__
            _settle(message_id, partial(_postpone, problem=problem))
            break
        except NotSent as refusal:
            change = partial(_refused, channel=channel, refusal=refusal)
        except ShareRefused as refusal:
            log.error("%s %s kept back: %s", message.channel, message.code, refusal)
            change = partial(_postpone, problem="refused by the gate")
        except KeyDestroyed:
            change = partial(_give_up, problem="erased")
        settle = partial(_settle, message_id, change)
    if settle:
        settle()
    return sent


def due_messages(session: Session, channel: str, at: datetime) -> list[int]:
    """Ids of messages to send now; codes first, because somebody is waiting for them."""
    due = select(OutboxMessage.id).where(
        OutboxMessage.state == WAITING, OutboxMessage.next_try_at <= at, OutboxMessage.channel == channel
    )
    due = due.order_by(OutboxMessage.stale_at.is_(None), OutboxMessage.created_at)
    return list(session.scalars(due.limit(AT_ONCE)))


def claim(message_id: int, length: timedelta) -> OutboxMessage | None:
    """The message, if it is still waiting and nobody else took it; a stale one is laid aside."""
    at = now()
    still_due = (OutboxMessage.id == message_id, OutboxMessage.state == WAITING, OutboxMessage.next_try_at <= at)
    with transaction() as session:
        stale = update(OutboxMessage).where(*still_due, OutboxMessage.stale_at <= at)
        if session.execute(stale.values(state=STALE, next_try_at=None)).rowcount:  # type: ignore[attr-defined]
            return None
        claimed = update(OutboxMessage).where(*still_due)
        claimed = claimed.values(next_try_at=at + length, tries=OutboxMessage.tries + 1)
        taken = session.execute(claimed).rowcount  # type: ignore[attr-defined]
        return session.get(OutboxMessage, message_id, populate_existing=True) if taken else None


def _settle(message_id: int, change: Callable[[OutboxMessage], None]) -> None:
    with transaction() as session:
        if row := session.get(OutboxMessage, message_id, populate_existing=True):
            change(row)


def _mark_sent(row: OutboxMessage) -> None:
    row.state, row.sent_at, row.next_try_at, row.problem = SENT, now(), None, None
    if row.template.is_code:
        row.values = None


def _refused(row: OutboxMessage, channel: Channel, refusal: NotSent) -> None:
    if not refusal.is_final:
        return _postpone(row, refusal.code)
    _give_up(row, refusal.code)
    if channel.when_refused:
        channel.when_refused(db.session(), row, refusal)


def _postpone(row: OutboxMessage, problem: str) -> None:
    if row.tries >= MOST_TRIES:
        return _give_up(row, problem)
    row.problem = problem[:60]
    row.next_try_at = now() + timedelta(seconds=min(2**row.tries, LONGEST_PAUSE_SECONDS))
    log.warning("%s %s postponed: %s", row.channel, row.code, problem)


def _give_up(row: OutboxMessage, problem: str) -> None:
    row.state, row.next_try_at, row.problem = FAILED, None, problem[:60]
    log.error("%s %s given up: %s", row.channel, row.code, problem)

"""The sweeper: sends what waits in the outbox, and tries again with growing pauses. Safe in several processes at once.

A message is claimed by moving its next try a minute ahead; if the process dies while sending, another try follows. So
an SMS may come twice, and is never lost.
"""

import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.languages import N_
from app.foundation.outbound import (
    Ground,
    NoAnswer,
    Recipient,
    Share,
    ShareRefused,
    declare_recipient,
    declare_request,
    is_request,
    send,
)
from app.foundation.personal_data import Keep, Purpose, purpose
from app.notifications.aliyun import SmsNotSent, SmsService, check_answer
from app.notifications.models import FAILED, SENT, STALE, WAITING, OutboxMessage
from app.notifications.texts import TEMPLATES
from app.privacy.keeping import rows_go
from app.settings import Settings, current_settings

log = logging.getLogger(__name__)
AT_ONCE = 50
CLAIM = timedelta(seconds=60)
LONGEST_PAUSE_SECONDS = 3600
MOST_TRIES = 16

declare_recipient(
    Recipient(
        code="sms",
        name="阿里云短信服务",
        name_en="Aliyun SMS service",
        kind=N_("delivery of messages"),
        fields={
            "number": N_("mobile number"),
            "template": N_("which registered text"),
            "values": N_("what is filled into the text: an order's number, an amount, a code"),
        },
        purposes=frozenset({Purpose.SERVICE, Purpose.SECURITY}),
        grounds=frozenset({Ground.CORE}),
        use_days=30,
        draws_on=frozenset({"accounts.phone", "outbox_messages.number", "outbox_messages.values"}),
        is_needed=True,
    )
)
declare_request("sms code|" + "|".join(map(re.escape, TEMPLATES)), None)


@every(seconds=1, name="notifications.sweep", apart=True)
def sweep_due() -> int:
    """The duty; apart, because the service may be slow."""
    return sweep()


def sweep(service: SmsService | None = None) -> int:
    """Send what is due, oldest first; returns how many went out. Stops at the first sign that the service is away.

    What became of a message is written together with the claim of the next one: half as often do orders wait for us.
    """
    service = service or sms_service(current_settings())
    sent = 0
    settle: Callable[[], None] | None = None
    for message_id in due_messages(db.session(), now()):
        with transaction():
            if settle:
                settle()
            message, settle = _claim(message_id), None
        if message is None:
            continue
        try:
            _hand_over(message, service)
            sent += 1
            change = _mark_sent
        except NoAnswer as away:
            _settle(message_id, partial(_postpone, problem=type(away).__name__))
            break
        except SmsNotSent as refusal:
            change = partial(_give_up if refusal.is_final else _postpone, problem=refusal.code)
        except ShareRefused as refusal:
            log.error("SMS %s kept back: %s", message.code, refusal)
            change = partial(_postpone, problem="refused by the gate")
        except KeyDestroyed:
            change = partial(_give_up, problem="erased")
        settle = partial(_settle, message_id, change)
    if settle:
        settle()
    return sent


def due_messages(session: Session, at: datetime) -> list[int]:
    """Ids of messages to send now; codes first, because somebody is waiting for them."""
    due = select(OutboxMessage.id).where(OutboxMessage.state == WAITING, OutboxMessage.next_try_at <= at)
    due = due.order_by(OutboxMessage.stale_at.is_(None), OutboxMessage.created_at)
    return list(session.scalars(due.limit(AT_ONCE)))


def sms_service(settings: Settings) -> SmsService:
    return SmsService(
        settings.sms_endpoint,
        settings.sms_access_key,
        settings.sms_secret,
        settings.sms_sign_name,
        settings.sms_templates,
    )


def _claim(message_id: int) -> OutboxMessage | None:
    """The message, if it is still waiting and nobody else took it; a stale one is laid aside."""
    at = now()
    still_due = (OutboxMessage.id == message_id, OutboxMessage.state == WAITING, OutboxMessage.next_try_at <= at)
    with transaction() as session:
        stale = update(OutboxMessage).where(*still_due, OutboxMessage.stale_at <= at)
        if session.execute(stale.values(state=STALE, next_try_at=None)).rowcount:  # type: ignore[attr-defined]
            return None
        claim = update(OutboxMessage).where(*still_due)
        claim = claim.values(next_try_at=at + CLAIM, tries=OutboxMessage.tries + 1)
        taken = session.execute(claim).rowcount  # type: ignore[attr-defined]
        return session.get(OutboxMessage, message_id, populate_existing=True) if taken else None


def _hand_over(message: OutboxMessage, service: SmsService) -> None:
    """Through the share gate. Raises ShareRefused, SmsNotSent, KeyDestroyed, NoAnswer."""
    template = message.template
    with purpose(template.purpose):
        fields = {
            "number": message.number,
            "template": template.registered_as(message.language),
            "values": message.facts(),
        }
    about = message.about if is_request(message.about) else template.code
    share = Share("sms", Ground.CORE, template.purpose, fields, subject=message.audit_ref, about=about)
    at, out_id, nonce = now(), str(message.id), secrets.token_hex(16)
    check_answer(send(share, lambda http, given: service.deliver(http, given, out_id=out_id, at=at, nonce=nonce)))


def _settle(message_id: int, change: Callable[[OutboxMessage], None]) -> None:
    with transaction() as session:
        if row := session.get(OutboxMessage, message_id, populate_existing=True):
            change(row)


def _mark_sent(row: OutboxMessage) -> None:
    row.state, row.sent_at, row.next_try_at, row.problem = SENT, now(), None, None
    if row.template.is_code:
        row.values = None


def _postpone(row: OutboxMessage, problem: str) -> None:
    if row.tries >= MOST_TRIES:
        return _give_up(row, problem)
    row.problem = problem[:60]
    row.next_try_at = now() + timedelta(seconds=min(2**row.tries, LONGEST_PAUSE_SECONDS))
    log.warning("SMS %s postponed: %s", row.code, problem)


def _give_up(row: OutboxMessage, problem: str) -> None:
    row.state, row.next_try_at, row.problem = FAILED, None, problem[:60]
    log.error("SMS %s given up: %s", row.code, problem)


# messages go when the policy says so, counted from their writing; codes when SMS codes go (Annex 1)
rows_go("messages", Keep.OUTBOX, OutboxMessage, OutboxMessage.created_at)
rows_go("messages_with_codes", Keep.SMS_CODES, OutboxMessage, OutboxMessage.stale_at)

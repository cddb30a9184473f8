"""Saying something to a person: rows in the caller's transaction, so a message exists exactly when its cause does."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.clock import now
from app.foundation.database import new_id
from app.notifications.models import SENT, WAITING, OutboxMessage
from app.notifications.texts import SITE, SMS, TEMPLATES, Template
from app.privacy.policy import deadline


@dataclass(frozen=True)
class Addressee:
    """Whom a message is for. Without `account_id` there is no messages page, without `number` no SMS."""

    subject_id: int
    language: str
    number: str | None = None
    account_id: int | None = None
    audit_ref: int | None = None


class UnknownMessage(ValueError):
    """The code is not in the table of texts, or the values are not the ones its text needs."""


def notify(session: Session, to: Addressee, code: str, /, *, about: str = "", **values: str) -> list[OutboxMessage]:
    """Write the message for every channel it has. `about` names the order or request for the disclosure ledger.

    Raises UnknownMessage: the table of texts is closed.
    """
    template = TEMPLATES.get(code)
    if template is None or set(values) != set(template.values):
        raise UnknownMessage(f"{code} with {sorted(values)}")
    messages = [_row(to, template, channel, about, values) for channel in template.channels if _reaches(to, channel)]
    append(session, *messages)
    return messages


def _reaches(to: Addressee, channel: str) -> bool:
    return to.account_id is not None if channel == SITE else to.number is not None


def _row(to: Addressee, template: Template, channel: str, about: str, values: dict[str, str]) -> OutboxMessage:
    at, by_sms = now(), channel == SMS
    return OutboxMessage(
        id=new_id(),
        subject_id=to.subject_id,
        audit_ref=to.audit_ref,
        account_id=to.account_id,
        number=to.number if by_sms else None,
        values=values,
        channel=channel,
        code=template.code,
        language=to.language,
        about=(about or values.get("order") or template.code)[:40],
        state=WAITING if by_sms else SENT,
        next_try_at=at if by_sms else None,
        stale_at=at + deadline("sms_code.life") if template.is_code else None,
        created_at=at,
        sent_at=None if by_sms else at,
    )

"""Saying something to a person: rows in the caller's transaction, so a message exists exactly when its cause does."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.foundation.appending import append
from app.foundation.clock import now
from app.foundation.database import new_id
from app.notifications.models import SENT, STALE, WAITING, OutboxMessage
from app.notifications.texts import MAIL, MAIL_CODE_LIFE, SITE, SMS, TEMPLATES, Template
from app.privacy.policy import deadline


@dataclass(frozen=True)
class Addressee:
    """Whom a message is for. Without `account_id` there is no messages page, without `number` no SMS, without `mail`
    no mail."""

    subject_id: int
    language: str
    number: str | None = None
    account_id: int | None = None
    audit_ref: int | None = None
    mail: str | None = None


class UnknownMessage(ValueError):
    """The code is not in the table of texts, or the values are not the ones its text needs."""


def notify(session: Session, to: Addressee, code: str, /, *, about: str = "", **values: str) -> list[OutboxMessage]:
    """Write the message for every channel it has. `about` names the order or request for the disclosure ledger.

    Raises UnknownMessage: the table of texts is closed.
    """
    template = TEMPLATES.get(code)
    if template is None or set(values) != set(template.values):
        raise UnknownMessage(f"{code} with {sorted(values)}")
    messages = [_row(to, template, channel, about, values) for channel in channels_to(to, template)]
    append(session, *messages)
    return messages


def channels_to(to: Addressee, template: Template) -> list[str]:
    """The channels on which a text reaches somebody."""
    reached_by = {SITE: to.account_id, SMS: to.number, MAIL: to.mail}
    return [channel for channel in template.channels if reached_by[channel] is not None]


def _row(to: Addressee, template: Template, channel: str, about: str, values: dict[str, str]) -> OutboxMessage:
    at, waits = now(), channel != SITE
    return OutboxMessage(
        id=new_id(),
        subject_id=to.subject_id,
        audit_ref=to.audit_ref,
        account_id=to.account_id,
        number=to.number if channel == SMS else None,
        mail=to.mail if channel == MAIL else None,
        values=values,
        channel=channel,
        code=template.code,
        language=to.language,
        about=(about or values.get("order") or template.code)[:40],
        state=WAITING if waits else SENT,
        next_try_at=at if waits else None,
        stale_at=at + (deadline("sms_code.life") if template.sms else MAIL_CODE_LIFE) if template.is_code else None,
        created_at=at,
        sent_at=None if waits else at,
    )


def forget_mail(session: Session, account_id: int) -> None:
    """Take a mail address out of every message of an account; what waits for sending is not sent any more."""
    mails = (OutboxMessage.account_id == account_id, OutboxMessage.channel == MAIL)
    waiting = update(OutboxMessage).where(*mails, OutboxMessage.state == WAITING)
    session.execute(waiting.values(state=STALE, next_try_at=None))
    session.execute(update(OutboxMessage).where(*mails).values(mail_sealed=None, mail_index=None))

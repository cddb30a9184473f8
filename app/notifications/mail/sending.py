"""The sweeper's part for mail: through the share gate to the relay. Clauses 4.1.3(1), 5.2.3, 6.2."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.foundation.jobs import every
from app.foundation.languages import N_
from app.foundation.outbound import Ground, Recipient, Relay, Share, declare_recipient, is_request, send_mail
from app.foundation.personal_data import Purpose, purpose
from app.notifications.delivering import Channel, NotSent, send_due
from app.notifications.mail.composing import NotDeliverable, Sender, compose, text_of
from app.notifications.mail.relay import MailNotSent, hand_over
from app.notifications.models import OutboxMessage
from app.notifications.texts import MAIL
from app.settings import Settings, current_settings

CLAIM = timedelta(minutes=5)
"""Longer than a relay can take that uses all of its time for each answer."""
WhenUnreachable = Callable[[Session, OutboxMessage], None]
_UNREACHABLE: list[WhenUnreachable] = []

declare_recipient(
    Recipient(
        code="mail",
        name="邮件服务商",
        name_en="Mail service",
        kind=N_("delivery of messages"),
        fields={
            "mail_address": N_("confirmed mail address"),
            "message": N_("the text of the notice with what is filled into it"),
        },
        purposes=frozenset({Purpose.SERVICE, Purpose.SECURITY}),
        grounds=frozenset({Ground.CORE}),
        use_days=5,
        is_needed=True,
        draws_on=frozenset({"mail_addresses.address", "outbox_messages.mail", "outbox_messages.values"}),
    )
)


def when_unreachable(act: WhenUnreachable) -> WhenUnreachable:
    """Declare what happens where nobody receives mail at the address of a message: in the transaction that says so."""
    _UNREACHABLE.append(act)
    return act


@every(seconds=1, name="notifications.mail", apart=True)
def mail_due() -> int:
    """The duty; apart, because the relay may be slow."""
    return mail()


def mail(relay: Relay | None = None) -> int:
    """Send the mails that are due; returns how many the relay took."""
    settings = current_settings()
    relay, sender = relay or relay_of(settings), sender_of(settings)
    return send_due(Channel(MAIL, CLAIM, lambda message: _hand_over(message, relay, sender), _refused))


def relay_of(settings: Settings) -> Relay:
    place = urlsplit(settings.mail_relay)
    return Relay(
        host=place.hostname or "",
        port=place.port or (465 if place.scheme == "smtps" else 587),
        domain=sender_of(settings).domain,
        user=settings.mail_user,
        password=settings.mail_password,
        is_encrypted=place.scheme == "smtps",
        authority=settings.mail_authority,
    )


def sender_of(settings: Settings) -> Sender:
    operator = settings.operator
    return Sender(settings.mail_from, {"zh-cn": operator.name, "en": operator.name_en})


def _hand_over(message: OutboxMessage, relay: Relay, sender: Sender) -> None:
    """Through the share gate. Raises ShareRefused, NotSent, KeyDestroyed, RelayAway."""
    template, language = message.template, message.language
    with purpose(template.purpose):
        fields = {"mail_address": message.mail, "message": text_of(template, language, message.facts())}
    try:
        composed = compose(
            sender, str(fields["mail_address"]), template.title_in(language), str(fields["message"]),
            row_id=message.id, language=language, written_at=message.created_at,
        )  # fmt: skip
    except NotDeliverable:
        raise MailNotSent("to", 550, "5.1.3") from None
    about = message.about if is_request(message.about) else template.code
    share = Share("mail", Ground.CORE, template.purpose, fields, subject=message.audit_ref, about=about)
    send_mail(
        share,
        relay,
        lambda smtp, given, terms: hand_over(
            smtp, composed, terms, sender=sender.address, to=str(given["mail_address"])
        ),
    )


def _refused(session: Session, message: OutboxMessage, refusal: NotSent) -> None:
    if isinstance(refusal, MailNotSent) and refusal.blames_address:
        tell_unreachable(session, message)


def tell_unreachable(session: Session, message: OutboxMessage) -> None:
    """Nobody is at the address of a message: whoever asked for it hears of that, in the caller's transaction."""
    for act in _UNREACHABLE:
        act(session, message)

"""The sweeper: sends the SMS that wait in the outbox, and tries again with growing pauses."""

import re
import secrets
from datetime import timedelta

from app.foundation.clock import now
from app.foundation.jobs import every
from app.foundation.languages import N_
from app.foundation.outbound import Ground, Recipient, Share, declare_recipient, declare_request, is_request, send
from app.foundation.personal_data import Keep, Purpose, purpose
from app.notifications.aliyun import SmsService, check_answer
from app.notifications.delivering import Channel, send_due
from app.notifications.models import OutboxMessage
from app.notifications.texts import SMS, TEMPLATES
from app.privacy.keeping import rows_go
from app.settings import Settings, current_settings

CLAIM = timedelta(seconds=60)

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
    """Send the SMS that are due; returns how many went out."""
    service = service or sms_service(current_settings())
    return send_due(Channel(SMS, CLAIM, lambda message: _hand_over(message, service)))


def sms_service(settings: Settings) -> SmsService:
    return SmsService(
        settings.sms_endpoint,
        settings.sms_access_key,
        settings.sms_secret,
        settings.sms_sign_name,
        settings.sms_templates,
    )


def _hand_over(message: OutboxMessage, service: SmsService) -> None:
    """Through the share gate. Raises ShareRefused, NotSent, KeyDestroyed, NoAnswer."""
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


# messages go when the policy says so, counted from their writing; codes when SMS codes go (Annex 1)
rows_go("messages", Keep.OUTBOX, OutboxMessage, OutboxMessage.created_at)
rows_go("messages_with_codes", Keep.SMS_CODES, OutboxMessage, OutboxMessage.stale_at)

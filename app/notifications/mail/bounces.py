"""A mail that came back later: the report of a server (RFC 3464) about one of ours. Clauses 5.2.3, 6.2.

Anybody can write such a report. It counts only where it brings back the Message-ID of a mail that we sent, which nobody
but its reader and the servers on the way has seen.
"""

import re
from email import message_from_bytes
from email.message import Message
from itertools import islice

from app.foundation.database import transaction
from app.notifications.mail.composing import Sender, message_id
from app.notifications.mail.relay import blames_address
from app.notifications.mail.sending import tell_unreachable
from app.notifications.models import FAILED, SENT, OutboxMessage
from app.notifications.texts import MAIL

_ID = re.compile(r"<([0-9a-f]{1,16})\.[0-9a-f]{24}@[A-Za-z0-9.-]{1,253}>")
MOST = 20
"""Parts and names of a report that are looked at."""


def take_bounce(content: bytes, sender: Sender) -> bool:
    """Whether it is a report that nobody is at the address of a mail of ours; that address gets nothing more then."""
    status = _status_in(message_from_bytes(content))
    row_id = _named_in(content, sender) if blames_address(status) else None
    if row_id is None:
        return False
    with transaction() as session:
        message = session.get(OutboxMessage, row_id, populate_existing=True)
        if message is None or message.channel != MAIL or message.state != SENT:
            return False
        message.state, message.problem = FAILED, f"came back {status}"
        tell_unreachable(session, message)
        return True


def _status_in(report: Message) -> str:
    """The status of a final failure; "" in whatever is no report of one."""
    if report.get_content_type() != "multipart/report":
        return ""
    parts = (part for part in report.walk() if part.get_content_type() == "message/delivery-status")
    return next((status for part in islice(parts, MOST) if (status := _failed(part))), "")


def _named_in(content: bytes, sender: Sender) -> int | None:
    """The row of the outbox whose Message-ID stands in it."""
    for found in islice(_ID.finditer(content.decode("latin-1")), MOST):
        row_id = int(found[1], 16)
        if row_id < 2**63 and found[0] == message_id(row_id, sender):
            return row_id
    return None


def _failed(part: Message) -> str:
    """The status of the recipient that failed; each group of fields of the report is a message of its own."""
    groups = part.get_payload()
    for group in groups if isinstance(groups, list) else []:
        if isinstance(group, Message) and str(group.get("Action", "")).strip().lower() == "failed":
            return str(group.get("Status", "")).strip()[:12]
    return ""

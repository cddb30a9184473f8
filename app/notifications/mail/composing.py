"""One notice as a mail: plain text, no link, no picture, nothing that tells whether it was read. Clauses 3.2, 5.1.4.

A row of the outbox gives the same content at every try, and one Message-ID: a mail that came twice, because we died
between handing it over and writing that down, is known by it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from app.foundation.encryption import keyed_digest
from app.foundation.languages import LANGUAGES, N_, catalogue
from app.notifications.texts import Template

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@)(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}\Z")
_FOOT = N_(
    "This mail holds no link and no picture. To see more, open our shop yourself and sign in. Mail is not certain to "
    "be encrypted: please send nothing confidential by it. You take your address away in your account, under “Mail "
    "address”."
)


class NotDeliverable(ValueError):
    """The text is no address that a mail could go to: nothing of it may stand in an envelope or a header."""


@dataclass(frozen=True)
class Sender:
    """Who writes: the address that mails come from, and the shop's name by language."""

    address: str
    names: Mapping[str, str]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def is_deliverable(address: str) -> bool:
    """Whether it is a plain address: one local part in ASCII, a host name in its ASCII form."""
    return _ADDRESS.match(address) is not None


def text_of(template: Template, language: str, values: Mapping[str, str]) -> str:
    """What the notice says, and what stands below each."""
    foot = str(catalogue(LANGUAGES[language]).ugettext(_FOOT))
    return f"{template.text_in(language, values)}\n\n-- \n{foot}\n"


def message_id(row_id: int, sender: Sender) -> str:
    """Another for each row of the outbox, always the same for one, and made up by nobody else."""
    return f"<{row_id:x}.{keyed_digest('mail.message', f'{row_id:x}')[:24]}@{sender.domain}>"


def compose(
    sender: Sender, to: str, subject: str, text: str, *, row_id: int, language: str, written_at: datetime
) -> EmailMessage:
    """Raises NotDeliverable."""
    if not is_deliverable(to):
        raise NotDeliverable("not a plain address")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.names[language], addr_spec=sender.address)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = written_at
    mail["Message-ID"] = message_id(row_id, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text, subtype="plain", charset="utf-8", cte="base64")
    mail["Content-Language"] = language
    return mail

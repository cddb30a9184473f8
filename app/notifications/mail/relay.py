"""Handing one mail to the relay, in the words of RFC 5321. Used inside the share gate."""

import re
from email.message import EmailMessage

from app.foundation.outbound import MailRefused, RelayAway, Smtp, Terms
from app.notifications.delivering import NotSent

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\S)")
BUSY = 421


def blames_address(status: str) -> bool:
    """Whether an enhanced status says for good that there is nobody: unknown, moved away, or switched off."""
    return status.startswith("5.1.") or status == "5.2.1"


class MailNotSent(NotSent):
    """The relay did not take the mail. `blames_address`: there is nobody at this address, and there will not be."""

    def __init__(self, step: str, code: int, status: str) -> None:
        super().__init__(f"{step} {code} {status}".strip())
        self.is_final = step != "from" and 500 <= code < 600 and not status.startswith(("5.7", "5.2.2", "5.3"))
        self.blames_address = self.is_final and step == "to" and (not status or blames_address(status))


def hand_over(smtp: Smtp, mail: EmailMessage, terms: Terms, *, sender: str, to: str) -> None:
    """Envelope and content; what goes with every share stands in the head. Raises MailNotSent, RelayAway.

    A relay that says neither yes nor no after the content may have taken it: the next try has the same Message-ID.
    """
    for name, value in terms.headers().items():
        mail[name] = value
    _say("from", *smtp.mail(sender))
    _say("to", *smtp.rcpt(to))
    try:
        _say("content", *smtp.data(mail.as_bytes()))
    except MailRefused as refusal:
        _say("content", refusal.smtp_code, refusal.smtp_error)


def _say(step: str, code: int, words: bytes | str) -> None:
    if code == BUSY:
        raise RelayAway(f"{step} {code}")
    if not 200 <= code < 300:
        raise MailNotSent(step, code, _status_in(words))


def _status_in(words: bytes | str) -> str:
    """The enhanced status (RFC 3463) at the head of an answer; the rest of it may repeat the address."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    found = _STATUS.match(text)
    return found.group() if found else ""

"""Mail addresses as people write them, kept as they go into an envelope: the host in its ASCII form. Pure."""

import unicodedata

import idna

from app.notifications.mail.composing import is_deliverable

LONGEST_TYPED = 254


class NotAMailAddress(ValueError):
    """The text is no address that a mail can be sent to."""


def mail_address(typed: str) -> str:
    """`Wang@矿机.example` as `Wang@xn--….example`. Raises NotAMailAddress.

    The part before the at-sign is ASCII: many servers on the way take no other.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    local, at, host = text.rpartition("@")
    try:
        address = f"{local}{at}{idna.encode(host.lower(), uts46=True).decode()}"
    except (idna.IDNAError, UnicodeError):
        raise NotAMailAddress(typed) from None
    if len(text) > LONGEST_TYPED or not is_deliverable(address) or address.rpartition(".")[2].isdigit():
        raise NotAMailAddress(typed)
    return address


def readable(address: str) -> str:
    """The address with its host as people write it."""
    local, at, host = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(host)}"
    except (idna.IDNAError, UnicodeError):
        return address

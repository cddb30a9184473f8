"""Serial numbers as makers print them on their machines, out of what a scanner or a person typed. Pure."""

import re

LONGEST = 40
_BETWEEN = re.compile(r"[\s,;，；、]+")
_SERIAL = re.compile(r"[A-Z0-9](?:[A-Z0-9./-]{4,38})[A-Z0-9]")


class NotASerial(ValueError):
    """A piece of the text cannot be a serial number; `args[0]` is the piece."""


class SerialTwice(ValueError):
    """The same number stands in the text twice; `args[0]` is the number."""


def serials_in(text: str) -> tuple[str, ...]:
    """The numbers in capitals, one a line or parted by commas or spaces. Raises NotASerial, SerialTwice."""
    found: dict[str, None] = {}
    for piece in filter(None, _BETWEEN.split(text.upper())):
        if not _SERIAL.fullmatch(piece):
            raise NotASerial(piece)
        if piece in found:
            raise SerialTwice(piece)
        found[piece] = None
    return tuple(found)


def serial_in(text: str) -> str | None:
    """One number; None where the text is not exactly one."""
    try:
        [serial] = serials_in(text)
    except ValueError:
        return None
    return serial

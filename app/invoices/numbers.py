"""Numbers of invoices: 20 digits of the digital invoice (数电票), or code and number of the older kinds. Pure."""

import re
from datetime import date

DIGITAL = re.compile(r"[0-9]{20}")
CODE_AND_NUMBER = re.compile(r"([0-9]{12}|[0-9]{10})[ -]+([0-9]{8})")


def invoice_number_in(typed: str) -> str | None:
    """The number as it is kept: 20 digits, or code-number; None if it can be neither.

    Between code and number a space or hyphen must stand: the twenty digits together would look like a digital one.
    """
    text = typed.strip()
    if DIGITAL.fullmatch(text):
        return text
    parts = CODE_AND_NUMBER.fullmatch(text)
    return f"{parts[1]}-{parts[2]}" if parts else None


def is_of_year(number: str, day: date) -> bool:
    """Whether a digital number can have been given on that day: its first two digits are the year."""
    return "-" in number or number[:2] == f"{day.year % 100:02d}"

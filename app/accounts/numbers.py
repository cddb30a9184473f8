"""Telephone numbers of mainland China, kept as E.164 ("+8613800000000"). Pure."""

import unicodedata

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_possible_number,
    is_valid_number,
    number_type,
    parse,
)

LONGEST_TYPED = 24
LONGEST_EXTENSION = 6
_SEPARATORS = frozenset(" -().\u00a0\u2010\u2011\u2012\u2013")


class NotAMobileNumber(ValueError):
    """The text is not a mobile number of mainland China."""


class NotALandline(ValueError):
    """The text is no number that a desk telephone can have."""


def landline_number(typed: str) -> str:
    """A number with area code, and an extension after "-" or "x" if any: "+861088880000x123". Raises NotALandline."""
    text = unicodedata.normalize("NFKC", typed).strip()
    bare, _, extension = text.replace("转", "x").replace("ext.", "x").partition("x")
    digits = "".join(character for character in bare if character not in _SEPARATORS)
    inner = extension.strip(" .-")
    if len(text) > LONGEST_TYPED or not digits.removeprefix("+").isascii() or not digits.removeprefix("+").isdigit():
        raise NotALandline(typed)
    if inner and not (inner.isascii() and inner.isdigit() and len(inner) <= LONGEST_EXTENSION):
        raise NotALandline(typed)
    try:
        number = parse(digits, "CN")
    except NumberParseException:
        raise NotALandline(typed) from None
    if number.country_code != 86 or not is_possible_number(number) or number_type(number) == PhoneNumberType.MOBILE:
        raise NotALandline(typed)
    return format_number(number, PhoneNumberFormat.E164) + (f"x{inner}" if inner else "")


def mobile_number(typed: str) -> str:
    """E.164 of what a person typed, with or without +86, with spaces, hyphens or full-width digits.

    Raises NotAMobileNumber for landlines, other countries, letters, and anything that is not plainly a number.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    bare = "".join(character for character in text if character not in _SEPARATORS)
    digits = bare.removeprefix("+")
    if len(text) > LONGEST_TYPED or not digits.isascii() or not digits.isdigit():
        raise NotAMobileNumber(typed)
    try:
        number = parse(bare, "CN")
    except NumberParseException:
        raise NotAMobileNumber(typed) from None
    if number.country_code != 86 or not is_valid_number(number) or number_type(number) != PhoneNumberType.MOBILE:
        raise NotAMobileNumber(typed)
    return format_number(number, PhoneNumberFormat.E164)


def national(number: str) -> str:
    """The eleven digits of an E.164 number of mainland China, as people write it."""
    return number.removeprefix("+86")

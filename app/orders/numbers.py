"""Order numbers and remittance codes: digits only, random, with check digits, read in groups over the phone.

An order number is 11 random digits and one check digit (ISO 7064 MOD 11,10); a remittance code 13 random digits and two
(ISO 7064 MOD 97-10). Both catch every single wrong digit and nearly every swap, so a clerk cannot mistype one unnoticed.
"""

import re
import secrets

from stdnum.iso7064 import mod_11_10, mod_97_10

ORDER_DIGITS = 12
REMITTANCE_DIGITS = 15


def new_order_number() -> str:
    """Says nothing about when or how many; never begins with 0, which a spreadsheet would drop."""
    return _with_check(_random_digits(ORDER_DIGITS - 1), mod_11_10)


def new_remittance_code() -> str:
    return _with_check(_random_digits(REMITTANCE_DIGITS - 2), mod_97_10)


def order_number_in(text: str) -> str | None:
    """The order number somebody typed or copied, whatever its spaces and dashes; None where it cannot be one."""
    return _checked(text, ORDER_DIGITS, mod_11_10)


def remittance_code_in(text: str) -> str | None:
    """The remittance code in `text`, as `order_number_in`."""
    return _checked(text, REMITTANCE_DIGITS, mod_97_10)


def in_groups(digits: str) -> str:
    """482109375562 as 4821 0937 5562; fifteen digits in fives."""
    size = 5 if len(digits) == REMITTANCE_DIGITS else 4
    return " ".join(digits[i : i + size] for i in range(0, len(digits), size))


def _random_digits(count: int) -> str:
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def _with_check(digits: str, scheme: object) -> str:
    return digits + scheme.calc_check_digits(digits) if scheme is mod_97_10 else digits + scheme.calc_check_digit(digits)  # type: ignore[attr-defined]


def _checked(text: str, length: int, scheme: object) -> str | None:
    digits = re.sub(r"[\s-]", "", text[:60])
    if len(digits) != length or not re.fullmatch(r"[0-9]+", digits) or not scheme.is_valid(digits):  # type: ignore[attr-defined]
        return None
    return digits

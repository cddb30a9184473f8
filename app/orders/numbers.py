"""Order numbers and remittance codes: digits only, random, with check digits, read in groups over the phone.

An order number is 11 random digits and one check digit (ISO 7064 MOD 11,10); a remittance code 13 random digits and two
(ISO 7064 MOD 97-10). Both catch every single wrong digit and nearly every swap: nobody mistypes one unnoticed.
"""

import re
import secrets
from collections.abc import Callable

from stdnum.iso7064 import mod_11_10, mod_97_10

ORDER_DIGITS = 12
REMITTANCE_DIGITS = 15


def new_order_number() -> str:
    """Says nothing about when or how many; never begins with 0, which a spreadsheet would drop."""
    digits = _random_digits(ORDER_DIGITS - 1)
    return digits + mod_11_10.calc_check_digit(digits)


def new_remittance_code() -> str:
    digits = _random_digits(REMITTANCE_DIGITS - 2)
    return digits + mod_97_10.calc_check_digits(digits)


def order_number_in(text: str) -> str | None:
    """The order number somebody typed or copied, whatever its spaces and dashes; None where it cannot be one."""
    return _checked(text, ORDER_DIGITS, mod_11_10.is_valid)


def remittance_code_in(text: str) -> str | None:
    """The remittance code in `text`, as `order_number_in`."""
    return _checked(text, REMITTANCE_DIGITS, mod_97_10.is_valid)


def in_groups(digits: str) -> str:
    """482109375562 as 4821 0937 5562; fifteen digits in fives."""
    size = 5 if len(digits) == REMITTANCE_DIGITS else 4
    return " ".join(digits[i : i + size] for i in range(0, len(digits), size))


def _random_digits(count: int) -> str:
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def _checked(text: str, length: int, has_good_check: Callable[[str], bool]) -> str | None:
    digits = re.sub(r"[\s-]", "", text[:60])
    is_number = len(digits) == length and re.fullmatch(r"[0-9]+", digits) is not None
    return digits if is_number and has_good_check(digits) else None

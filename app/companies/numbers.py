"""The unified social credit code (GB 32100): 18 characters, the last of which checks the others. Pure."""

from flask_babel import lazy_gettext as _l
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength

from app.foundation.errors import BusinessError
from app.foundation.forms import clean_text


class NotACompanyCode(BusinessError):
    """The text is no unified social credit code; the subclass says what is wrong with it."""

    message = _l("This is no unified social credit code.")
    status = 422


class WrongLength(NotACompanyCode):
    """Characters are missing or too many."""

    message = _l("A unified social credit code has 18 characters. Please count them again.")


class WrongCharacter(NotACompanyCode):
    """A character that no code has, or a letter where only a digit can stand."""

    message = _l("The code has digits first and never the letters I, O, S, V or Z. Please read it again.")


class WrongCheckCharacter(NotACompanyCode):
    """One of the characters was mistyped."""

    message = _l("One character is wrong: the code's last one does not fit the others. Please read it again.")


FAULTS: dict[type[Exception], type[NotACompanyCode]] = {
    InvalidLength: WrongLength,
    InvalidFormat: WrongCharacter,
    InvalidChecksum: WrongCheckCharacter,
}


def company_code(typed: str) -> str:
    """The 18 characters of what was typed, in capitals, without spaces and dashes. Raises a NotACompanyCode."""
    try:
        return str(uscc.validate((clean_text(typed) or "").upper()))
    except tuple(FAULTS) as fault:
        raise FAULTS[type(fault)] from None

"""The rules of SMS codes, as figures and pure arithmetic. Clause 1.1.1b; FLOWS 12.

What the policy promises (digits, life, tries) is read from its manifest; the sending limits are ours.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BETWEEN_SENDS = timedelta(seconds=60)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_NUMBER = ((HOUR, 5), (DAY, 10))
PER_ADDRESS = 10
"""In one quarter of an hour, which is as long as an address can be recognised (CLAUSES.md A.5)."""
PER_DAY_IN_ALL = 5000


@dataclass(frozen=True)
class CodeKind:
    """What a code is for. `for_known` says whether the number must have an account to be sent a real code; a number
    on the other side gets `other_text` instead, and everything else is the same."""

    name: str
    for_known: bool
    other_text: str

    @property
    def text(self) -> str:
        return f"code.{self.name}"


REGISTER = CodeKind("register", False, "known.register")
RESET = CodeKind("reset", True, "unknown.reset")
PHONE = CodeKind("phone", False, "known.phone")
ENROL = CodeKind("enrol", True, "unknown.reset")
LEAK = CodeKind("leak", True, "unknown.leak")
CALL = CodeKind("call", True, "unknown.call")


def new_code(digits: int) -> str:
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def wait_for_number(sent: Sequence[datetime], at: datetime) -> timedelta | None:
    """How long a number must wait for its next code, given when it was sent codes in the last day; None for no wait."""
    waits = [BETWEEN_SENDS - (at - moment) for moment in sent]
    for window, most in PER_NUMBER:
        recent = sorted(moment for moment in sent if at - moment < window)
        if len(recent) >= most:
            waits.append(window - (at - recent[-most]))
    longest = max(waits, default=timedelta(0))
    return longest if longest > timedelta(0) else None

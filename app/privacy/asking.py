"""What a person is asked to agree to, and what cases ask besides. Clauses 4.1.1(1), 4.2.1, 4.2.4."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy.orm import Session

from app.foundation.personal_data import Purpose
from app.foundation.recipients import Recipient, TransferGround


@dataclass(frozen=True)
class Offer:
    """One recipient and purpose, with the text that somebody reads before agreeing, in their language."""

    recipient: Recipient
    purpose: Purpose | TransferGround
    shown: str

    @property
    def digest(self) -> str:
        """Names the text, so that nobody agrees to another than was on their page."""
        return sha256(self.shown.encode()).hexdigest()[:16]


Asking = Callable[[Session, str, date], Iterable[Offer]]
"""What a slice asks everybody on a day, in a language."""
_ASKING: list[Asking] = []


def asks_besides(asking: Asking) -> Asking:
    """Declare what cases ask people, beside the recipients that are declared."""
    _ASKING.append(asking)
    return asking


def asked_by_cases(session: Session, lang: str, on: date) -> list[Offer]:
    """What cases ask everybody on a day."""
    return [offer for asking in _ASKING for offer in asking(session, lang, on)]

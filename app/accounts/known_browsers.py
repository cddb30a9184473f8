"""Whether a browser is one that its account knows: trusted by it, or of a kind that signed in there before. 2.4."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.events import SIGNED_IN, SecurityEvent

SETTLED_AFTER = timedelta(days=1)
"""A sign-in makes its browser known so much later: by then the owner was told of it and could object."""


@dataclass(frozen=True)
class Browser:
    """The browser of a request: its family, the place it signed in from, and whether its account trusts it."""

    family: str
    place: str
    is_trusted: bool


def is_known_browser(session: Session, account_id: int, browser: Browser, at: datetime) -> bool:
    """From security events alone."""
    if browser.is_trusted:
        return True
    same = (SecurityEvent.browser == browser.family[:40], SecurityEvent.place == browser.place)
    settled = (SecurityEvent.kind == SIGNED_IN, SecurityEvent.at <= at - SETTLED_AFTER)
    mine = select(SecurityEvent.id).where(SecurityEvent.account_id == account_id, *same, *settled)
    return session.scalar(mine.limit(1)) is not None

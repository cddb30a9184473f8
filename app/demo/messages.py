"""What the stories had to say to people: it stands among their messages and goes out to nobody any more."""

from datetime import datetime

from sqlalchemy import func, select, update

from app.foundation.database import transaction
from app.notifications.models import STALE, WAITING, OutboxMessage


def send_no_more(start: datetime) -> int:
    """Take back every message that waits for the SMS service; how many there are in all."""
    with transaction() as session:
        waiting = update(OutboxMessage).where(OutboxMessage.state == WAITING)
        session.execute(waiting.values(state=STALE, next_try_at=None))
        return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0

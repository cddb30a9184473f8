"""How often somebody may try a password or a second factor: counted in the store before the try, so that parallel
tries cannot pass together. Clause 2.4."""

from datetime import datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import LargeBinary, String, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.clock import now
from app.foundation.database import IdMixin, UtcDateTime, db, transaction
from app.foundation.encryption import blind_index
from app.foundation.errors import BusinessError
from app.foundation.jobs import every

WINDOW = timedelta(minutes=15)
PASSWORDS_PER_NAME = 10
PASSWORDS_PER_ADDRESS = 40
SECOND_FACTORS = 5


class Try(IdMixin, db.Model):
    """One try that has not (yet) succeeded. What was tried stands here only as a keyed digest."""

    __tablename__ = "sign_in_tries"
    __personal__ = False

    key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    address_key: Mapped[str] = mapped_column(String(24), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TooManyTries(BusinessError):
    """The limit of tries was reached. It holds for names that exist and names that do not alike."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.minutes = int(wait.total_seconds()) // 60 + 1

    @property
    def text(self) -> LazyString:
        return _l("Too many tries. Please wait %(n)s minutes, or set a new password by SMS.", n=self.minutes)


def try_key(what: str) -> bytes:
    """The key under which tries of one name, number or account are counted."""
    return blind_index("sign_in_tries", what)


def count_try(key: bytes, address_key: str, *, most: int, most_of_address: int = PASSWORDS_PER_ADDRESS) -> None:
    """Count a try before it is made. Commits. Raises TooManyTries."""
    at = now()
    recent = Try.at > at - WINDOW
    with transaction() as session:
        _one_at_a_time(session)
        of_key = session.scalars(select(Try.at).where(Try.key == key, recent).order_by(Try.at)).all()
        of_address = session.scalar(select(func.count(Try.id)).where(Try.address_key == address_key, recent)) or 0
        session.add(Try(key=key, address_key=address_key, at=at))
        if len(of_key) >= most:
            raise TooManyTries(WINDOW - (at - of_key[-most]))
        if of_address >= most_of_address:
            raise TooManyTries(WINDOW)


def forget_tries_of(session: Session, key: bytes) -> None:
    """A success wipes the slate of that key."""
    session.execute(delete(Try).where(Try.key == key))


@every(seconds=60, name="accounts.forget_tries")
def forget_tries() -> None:
    """Tries go when they no longer count."""
    with transaction() as session:
        session.execute(delete(Try).where(Try.at <= now() - WINDOW))


def _one_at_a_time(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('sign_in_tries'))"))

"""Notes, goals and registered links. Nothing here says anything about a person."""

from datetime import date, datetime
from urllib.parse import urlencode

from sqlalchemy import Date, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import UtcDateTime, db
from app.measurement.beside import Utm


class Note(db.Model):
    """Something that happened on a day and may explain its figures."""

    __tablename__ = "marketing_notes"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    text: Mapped[str] = mapped_column(String(120))


class Goal(db.Model):
    """What visitors should reach: a step of the way to an order, or a kind of page, perhaps one page of it.

    Exactly one of `step` and `kind` is given; `key` is a product or category code.
    """

    __tablename__ = "marketing_goals"
    __personal__ = False

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(20))


class RegisteredLink(db.Model):
    """The UTM values of a link that a marketer spreads. Its id is the number that tickets, cookies and counters know:
    it is never given again, and a retired one stays here for its name. Empty values are left open. Clause 2.9.
    """

    __tablename__ = "marketing_links"
    __personal__ = False
    __table_args__ = (
        Index(
            "one_live_link",
            *("source", "medium", "campaign", "term", "content"),
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(100))
    medium: Mapped[str] = mapped_column(String(100))
    campaign: Mapped[str] = mapped_column(String(100))
    term: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(String(100))
    target: Mapped[str] = mapped_column(String(200))
    """The page of the shop that its ready-made address leads to, without language."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def utm(self) -> Utm:
        return Utm(self.source, self.medium, self.campaign, self.term, self.content)

    @property
    def query(self) -> str:
        """The end of an address that counts for this link."""
        return urlencode({f"utm_{field}": value for field, value in self.utm._asdict().items() if value})

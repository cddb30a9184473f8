"""The tally of today's search terms: words and numbers of browsers, nothing about anybody."""

from datetime import date

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import db
from app.search.scrubbing import LONGEST_TERM


class SearchTally(db.Model):
    """How many browsers searched for a term on a day (1.1.2d). The row goes when the day is told, at its end.

    Rows lie by their key and have no number of their own, which would tell in what order terms came.
    """

    __tablename__ = "search_tallies"
    __personal__ = False
    __table_args__ = {"sqlite_with_rowid": False}

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    term: Mapped[str] = mapped_column(String(LONGEST_TERM), primary_key=True)
    browsers: Mapped[int] = mapped_column(Integer)
    found: Mapped[bool] = mapped_column(Boolean)

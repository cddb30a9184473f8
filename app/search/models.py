"""What is kept of searches: a tally of words about nobody, and what members searched for, sealed. 1.1.2c-1.1.2e.

No key, time or number leads from one to the other.
"""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal
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


class SearchedTerm(PersonalData, IdMixin, db.Model):
    """One search of a member, sealed under their key. `term_key` finds the same term of the same person again."""

    __tablename__ = "searched_terms"
    __table_args__ = (Index("uq_searched_terms_subject_id_term_key", "subject_id", "term_key", unique=True),)

    term = personal(
        clause="1.1.2c", kind=Kind.TEXT, purposes={Purpose.SERVICE, Purpose.RECOMMENDATION}, keep=Keep.HISTORY,
        required=True, why=N_("repeating a search, and suggestions of your own if you switched them on"),
    )  # fmt: skip
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("names the data key"))
    term_key: Mapped[bytes] = mapped_column(LargeBinary(32), info=impersonal("keyed digest of person and term"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("when it was last searched for"))


class SearchesNotKept(db.Model):
    """An account that has switched its search history off, and since when. Without a row it is on (1.1.2c)."""

    __tablename__ = "searches_not_kept"
    __personal__ = False

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

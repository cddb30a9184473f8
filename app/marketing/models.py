"""Notes and goals. Nothing here says anything about a person."""

from datetime import date

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import db


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

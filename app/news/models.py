"""A piece of news in both languages."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db


class NewsItem(IdMixin, db.Model):
    """A draft until it is published; then it stays, marked where it was changed, unless it is withdrawn."""

    __tablename__ = "news_items"
    __personal__ = False

    title_zh: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(160))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(Id)
    """Audit reference of who drafted it."""
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its text last changed after publication."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def title(self, locale: str) -> str:
        return self.title_zh if locale == "zh" else self.title_en

    def text(self, locale: str) -> str:
        return self.text_zh if locale == "zh" else self.text_en

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None

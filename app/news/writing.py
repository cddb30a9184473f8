"""Drafting, publishing, changing and withdrawing news; each act is on the ledger."""

from dataclasses import asdict, dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.news.models import NewsItem


class NewsWithdrawn(BusinessError):
    """What was withdrawn stays as it was; news that holds again is written anew."""

    message = _l("This was withdrawn. Please write it anew if it holds again.")


class AlreadyPublished(BusinessError):
    """It is there already: publishing it again would give it a new day."""

    message = _l("This is published already.")


class NotPublished(BusinessError):
    """Only what people can read can be withdrawn."""

    message = _l("This is not published.")


@dataclass(frozen=True)
class Story:
    """What somebody writes: always in both languages."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str


def draft_news(story: Story, by: int, at: datetime) -> NewsItem:
    """A draft that nobody but the desk reads. `by` is an audit reference."""
    item = NewsItem(**asdict(story), written_by=by, drafted_at=at)
    with transaction() as session:
        session.add(item)
        session.flush()
        record("news.drafted", actor=by, item=item.id)
    return item


def change_news(item_id: int, story: Story, by: int, at: datetime) -> None:
    """Rewrite it; readers see the day of a change after publication. Raises NotFound, NewsWithdrawn."""
    with transaction() as session:
        item = _standing(session, item_id)
        for name, value in asdict(story).items():
            setattr(item, name, value)
        if session.is_modified(item):
            item.changed_at = at if item.published_at else None
            record("news.changed", actor=by, item=item_id, is_public=item.is_public)


def publish_news(item_id: int, by: int, at: datetime) -> None:
    """From now on everybody reads it. Raises NotFound, NewsWithdrawn, AlreadyPublished."""
    with transaction() as session:
        item = _standing(session, item_id)
        if item.published_at:
            raise AlreadyPublished
        item.published_at = at
        record("news.published", actor=by, item=item_id)


def withdraw_news(item_id: int, by: int, at: datetime) -> None:
    """Nobody reads it any more. Raises NotFound, NewsWithdrawn, NotPublished."""
    with transaction() as session:
        item = _standing(session, item_id)
        if not item.published_at:
            raise NotPublished
        item.withdrawn_at = at
        record("news.withdrawn", actor=by, item=item_id)


def _standing(session: Session, item_id: int) -> NewsItem:
    item = session.get(NewsItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise NotFound
    if item.withdrawn_at:
        raise NewsWithdrawn
    return item

"""News by who may read it."""

from sqlalchemy import Select, func, select

from app.news.models import NewsItem


def public_news() -> Select[NewsItem]:
    """What everybody reads, newest first."""
    public = (NewsItem.published_at.is_not(None), NewsItem.withdrawn_at.is_(None))
    return select(NewsItem).where(*public).order_by(NewsItem.published_at.desc(), NewsItem.id)


def all_news() -> Select[NewsItem]:
    """For the desk: drafts and what was withdrawn as well, the latest first."""
    return select(NewsItem).order_by(func.coalesce(NewsItem.published_at, NewsItem.drafted_at).desc(), NewsItem.id)

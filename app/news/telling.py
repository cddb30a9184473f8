"""What is new, as the pages and feeds tell it: pieces of news and new versions of our terms. Clause 6.1b."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.foundation.languages import format_day
from app.news.models import NewsItem
from app.news.queries import public_news
from app.privacy.comparing import FIRST
from app.privacy.publications import Published, known_publications
from app.privacy.words import TITLES

MOST_IN_FEED = 30
ON_HOME = 3
FRESH = timedelta(days=90)
"""For how long something stands on the home page."""


@dataclass(frozen=True)
class Told:
    """One entry: `at` is when it was published, `changed_at` when it last changed; `path` has its language."""

    title: str
    text: str
    path: str
    at: datetime
    changed_at: datetime


def told_item(item: NewsItem, locale: str) -> Told:
    """A piece of news that is published."""
    at = item.published_at or item.drafted_at
    path = url_for("news.item", item_id=item.id)
    return Told(item.title(locale), item.text(locale), path, at, item.changed_at or at)


def new_terms() -> list[Told]:
    """Every later version of policy, agreement and rules, newest first, from the moment it is published."""
    rows = [row for row in known_publications().now() if row.change_class != FIRST]
    return [_told_version(row) for row in sorted(rows, key=lambda row: row.at, reverse=True)]


def newest(session: Session, locale: str, most: int = MOST_IN_FEED) -> list[Told]:
    """Both kinds together, the newest first."""
    items = [told_item(item, locale) for item in session.scalars(public_news().limit(most))]
    return sorted([*items, *islice(new_terms(), most)], key=lambda told: told.at, reverse=True)[:most]


def fresh(session: Session, locale: str, at: datetime) -> Sequence[Told]:
    """For the home page: the few newest of the last months."""
    return [told for told in newest(session, locale, ON_HOME) if told.at > at - FRESH]


def _told_version(row: Published) -> Told:
    names = {"document": TITLES[row.document], "version": row.version}
    title = _("%(document)s: version %(version)s published", **names)
    text = _("It takes effect on %(day)s. Every change is shown word by word.", day=format_day(row.effective))
    path = url_for("privacy.changes", document=row.document, version=row.version)
    return Told(title, text, path, row.at, row.at)

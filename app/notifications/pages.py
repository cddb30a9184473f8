"""The messages page: which twenty messages, with their texts in the page's language and where they lead."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g, url_for
from sqlalchemy.orm import Session

from app.foundation.data_keys import KeyDestroyed
from app.notifications.models import OutboxMessage
from app.notifications.queries import how_many_messages, how_many_unread, messages_of

PER_PAGE = 20


@dataclass(frozen=True)
class ShownMessage:
    """One message as read. `url` is empty where it leads nowhere in this build."""

    title: str
    text: str
    at: datetime
    is_new: bool
    url: str


@dataclass(frozen=True)
class MessagePage:
    """One page of messages and what is needed to leaf through the others."""

    rows: list[OutboxMessage]
    page: int
    pages: int
    unread: int

    def shown(self) -> list[ShownMessage]:
        """The messages in the language of the request; call inside a purpose."""
        return [_shown(row) for row in self.rows]

    def url(self, number: int) -> str:
        return url_for("notifications.messages", page=number if number > 1 else None)


def page_of(session: Session, account_id: int, asked: str) -> MessagePage:
    """The page that was asked for; nonsense and numbers out of range give the nearest page there is."""
    pages = max(1, -(-how_many_messages(session, account_id) // PER_PAGE))
    page = min(int(asked), pages) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    page = max(page, 1)
    rows = session.scalars(messages_of(account_id).offset((page - 1) * PER_PAGE).limit(PER_PAGE))
    return MessagePage(list(rows), page, pages, how_many_unread(session, account_id))


def _shown(row: OutboxMessage) -> ShownMessage:
    template = row.template
    try:
        facts = row.facts()
    except KeyDestroyed:
        return ShownMessage(template.title_in(g.lang), "-", row.created_at, False, "")
    title, text = template.title_in(g.lang), template.text_in(g.lang, facts)
    url = _url(template.leads_to, facts.get(template.leads_by))
    return ShownMessage(title, text, row.created_at, row.read_at is None, url)


def _url(endpoint: str, number: str | None) -> str:
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, number=number) if number else url_for(endpoint)

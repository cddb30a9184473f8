"""News for tests."""

from datetime import datetime

from app.foundation.clock import now
from app.news.models import NewsItem
from app.news.writing import Story, draft_news, publish_news

STORY = Story(
    "成都仓启用",
    "Chengdu warehouse opens",
    "西南地区的订单\n当日发出。",
    "Orders of the south-west\nleave the same day.",
)


def a_draft(story: Story = STORY) -> NewsItem:
    return draft_news(story, 7, now())


def some_news(story: Story = STORY, at: datetime | None = None) -> NewsItem:
    item = a_draft(story)
    publish_news(item.id, 7, at or now())
    return item

"""What visitors of the demonstration shop searched for, found or not as its own search says."""

from datetime import datetime, timedelta
from random import Random

from app.catalog.shelf_reading import shelf_now
from app.foundation.clock import SHANGHAI
from app.foundation.database import db
from app.measurement.duties import Searched, tell_terms
from app.search.finding import search

TERMS = (
    ("zh", "s21", 14), ("zh", "蚂蚁 s19", 12), ("zh", "水冷", 11), ("zh", "神马 m60", 9), ("zh", "阿瓦隆", 8),
    ("zh", "莱特币矿机", 8), ("zh", "家用静音", 6), ("zh", "电源", 6), ("zh", "l9", 6), ("zh", "显卡矿机", 5),
    ("zh", "二手 s9", 5), ("zh", "延保", 4), ("en", "s21 pro", 7), ("en", "whatsminer m63s++", 6),
    ("en", "immersion", 5), ("en", "under 20 j/t", 5), ("en", "rtx 4090", 4),
)  # fmt: skip
"""Language, term, and how many browsers search for it on a usual day. Round guesses."""


def make_searches(start: datetime, days: int, seed: int) -> int:
    """Tell the terms of the days that are over, as the worker does at their end; how many terms. Safe to repeat."""
    random = Random(seed)  # noqa: S311  # nosec B311 - made-up searches need no secret
    today, shelf = start.astimezone(SHANGHAI).date(), shelf_now()
    found = {term: bool(search(db.session(), shelf, term).members) for _, term, _ in TERMS}
    for ago in range(days, 0, -1):
        browsers = {term: max(0, round(random.gauss(usual, usual / 3))) for _, term, usual in TERMS}
        searched = [Searched(language, term, browsers[term], found[term]) for language, term, _ in TERMS]
        tell_terms(today - timedelta(days=ago), searched)
    return len(TERMS)

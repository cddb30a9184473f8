"""Lets the home page show what is new."""

from collections.abc import Sequence

from flask import Flask, g

from app.foundation.clock import now
from app.foundation.database import db
from app.news.telling import Told, fresh


def fresh_news() -> Sequence[Told]:
    return fresh(db.session(), g.locale, now())


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["fresh_news"] = fresh_news

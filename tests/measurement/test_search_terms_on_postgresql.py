"""The tally of search terms where many web processes write at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from analytics.days import number_of
from analytics.reading import Range
from analytics.terms import Term, terms
from app.factory import create_app
from app.foundation.clock import now, today
from app.foundation.database import db
from app.search.counting_terms import close_days, tally
from app.search.models import SearchTally
from tests.conftest import settings_for

AT_ONCE, EACH = 6, 10


@pytest.fixture
def shop_on_postgresql(postgres_url: str, tmp_path) -> Flask:
    app = create_app(settings_for(tmp_path, SHOP_DATABASE_URL=postgres_url))
    with app.app_context():
        db.create_all()
        app.extensions["analytics"].store.create_tables()
    return app


@pytest.mark.part("postgresql")
def test_searches_at_once_are_all_tallied_and_told(shop_on_postgresql: Flask):
    def browsers(number: int) -> None:
        with shop_on_postgresql.app_context():
            for _ in range(EACH):
                tally("s19 pro", "zh", today(), found=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(browsers, range(AT_ONCE)))
    with shop_on_postgresql.app_context():
        close_days(db.session(), now() + timedelta(days=1))
        assert db.session.scalars(select(SearchTally)).all() == []
        db.session.remove()
    day = number_of(today())
    house = shop_on_postgresql.extensions["analytics"]
    assert terms(house.store, Range(day, day)) == [Term("s19 pro", AT_ONCE * EACH, found=True)]

"""Fixtures of the whole suite: the shop on fresh stores, a client, the clock.

One application per test process; its stores are emptied after each test that used it, so a test begins with nothing.
"""

from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData

from app.accounts.models import Account
from app.factory import create_app
from app.foundation import data_keys
from app.foundation.clock import Clock, application_clock
from app.foundation.cookie_firewall import CookieWatch
from app.foundation.database import db
from app.privacy.publications import KnownPublications, known_publications
from app.privacy.service_end import KnownEnd, known_end
from app.settings import Settings
from tests.accounts.builders import signed_in
from tests.checkout.builders import a_buyer
from tests.house.log_lines import strange_values
from tests.papers import papers_in_order

pytest_plugins = ["tests.parts", "tests.spreading", "tests.clauses"]

hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
"""A rule is tried, not timed: these machines are busy."""


class Browser(FlaskClient):
    """A client whose requests share nothing with the test: a context of their own, as on a real server."""

    def open(self, *args: Any, **options: Any) -> Any:
        answer = Context().run(super().open, *args, **options)
        if has_app_context():
            db.session.expire_all()
        return answer


NO_ORDER_IS_UNUSUAL = {"UNUSUAL_ORDER_FROM": "1000000000", "UNUSUAL_ORDER_IF_NEW_FROM": "1000000000"}


def settings_for(folder: Path, **more: str) -> Settings:
    """Development settings with every store under `folder`; no order waits for a person because of its amount."""
    given = {"INSTANCE_DIR": str(folder), "RATE_LIMITS": "off", **NO_ORDER_IS_UNUSUAL, **more}
    return Settings.from_environment(given)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application of this test process, its tables made; use `app`, which also empties them.

    Whatever the tests sent it, its service log holds listed fields with usual values alone. Clause 1.2.1.
    """
    app = create_app(settings_for(tmp_path_factory.mktemp("instance")))
    app.testing = True
    app.test_client_class = Browser
    app.extensions["publications"] = KnownPublications(clock=lambda: 0.0)  # looked up again after an act alone
    app.extensions["service_end"] = KnownEnd(app, clock=lambda: 0.0)
    app.wsgi_app = CookieWatch(app.wsgi_app, https=False)  # type: ignore[method-assign]
    with app.app_context():
        db.create_all()
        data_keys.metadata.create_all(app.extensions["data_keys"].engine)
        app.extensions["analytics"].store.create_tables()
    yield app
    app.extensions["service_log"].flush()
    assert strange_values(app, app.extensions["settings"].instance_dir / "log") == []


@pytest.fixture
def app(shop: Flask) -> Iterator[Flask]:
    """The shop with nothing in its stores but the papers of recipients, inside an application context."""
    with shop.app_context():
        for known in (known_publications(), known_end()):
            known.forget()
            known.now()
        papers_in_order()
        yield shop
        db.session.remove()
        empty(db.engine, db.metadata)
        empty(shop.extensions["data_keys"].engine, data_keys.metadata)
        shop.extensions["settings"].ledger_heads.unlink(missing_ok=True)


@pytest.fixture
def pg_shop(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The shop on PostgreSQL, with room for a crowd."""
    app = create_app(settings_for(tmp_path, SHOP_DATABASE_URL=postgres_url))
    with app.app_context():
        db.create_all()
        data_keys.metadata.create_all(app.extensions["data_keys"].engine)
        papers_in_order()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def buyer(client: FlaskClient) -> Account:
    """A member with an address, signed in."""
    account = a_buyer()
    signed_in(client, account)
    return account


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """The application's clock: `travel(hours=3)`, `freeze(moment)`; back to the true time after the test."""
    yield application_clock
    application_clock.reset()


def empty(engine: Engine, metadata: MetaData) -> None:
    """Delete every row, children first."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")

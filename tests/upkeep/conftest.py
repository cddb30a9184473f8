"""Shops with their tables made by migrations, for backups that become shops again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from pyrage.x25519 import Identity

from app.factory import create_app
from app.foundation import stores
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from bench.engines import Postgres
from tests.conftest import settings_for

ShopMaker = Callable[..., Flask]


@pytest.fixture(scope="module")
def reader() -> Identity:
    """Who can open the backups."""
    return Identity.generate()


@pytest.fixture
def a_shop(tmp_path: Path, reader: Identity) -> Iterator[ShopMaker]:
    """Makes shops that back themselves up, each within its context until the test ends."""
    contexts = []

    def make(**more: str) -> Flask:
        app = create_app(settings_for(tmp_path, BACKUP_PUBLIC_KEY=str(reader.to_public()), **more))
        context = app.app_context()
        context.push()
        contexts.append(context)
        for store in app.extensions["stores"]:
            stores.upgrade(store)
        return app

    yield make
    for context in reversed(contexts):
        db.session.remove()
        db.engine.dispose()
        data_keys().engine.dispose()
        context.pop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.part("postgresql"))])
def backed_up_shop(request: pytest.FixtureRequest, a_shop: ShopMaker) -> Flask:
    """A shop on each engine in turn."""
    if request.param == "sqlite":
        return a_shop()
    server: Postgres = request.getfixturevalue("postgres")
    names = ("SHOP_DATABASE_URL", "KEY_DATABASE_URL", "ANALYTICS_DATABASE_URL")
    return a_shop(**{name: server.new_database() for name in names})

"""A shop of its own for tests that need routes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.factory import create_app
from app.foundation import data_keys
from app.foundation.database import db
from tests.conftest import Browser, settings_for


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    """A fresh shop on stores of its own, inside an application context; add routes before the first request."""
    app = create_app(settings_for(tmp_path))
    app.test_client_class = Browser
    with app.app_context():
        db.create_all()
        data_keys.metadata.create_all(app.extensions["data_keys"].engine)
        yield app
        db.session.remove()
        db.engine.dispose()

"""Transfers are on in these tests, as the one setting that no desk can move says."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.settings import Settings

LONG = date(2099, 12, 31)


def switched(settings: Settings, until: date | None) -> Settings:
    return replace(settings, transfers_until=until)


@pytest.fixture(autouse=True)
def transfers_on(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    shops = [name for name in ("app", "pg_shop") if name in request.fixturenames]
    for name in shops:
        shop: Flask = request.getfixturevalue(name)
        monkeypatch.setitem(shop.extensions, "settings", switched(shop.extensions["settings"], LONG))

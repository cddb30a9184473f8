"""`/status` says for everybody how the upkeep stands, and turns bad by itself. Clause 5.1.5a."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.alarms import sound
from app.foundation.audit import record
from app.foundation.chain_check import check_ledger
from app.foundation.clock import Clock, now
from app.foundation.database import db, transaction
from app.privacy.keeping import KeepingCheck, keep
from app.upkeep.backing_up import make_backup
from tests.upkeep.conftest import ShopMaker

pytestmark = pytest.mark.clause("5.1.5a")
AS_DATA = {"Accept": "application/json"}


@pytest.fixture
def kept_shop(a_shop: ShopMaker) -> Flask:
    """A shop whose upkeep was done just now."""
    app = a_shop()
    make_backup(now())
    with transaction():
        record("backup.rehearsed", sound=True)
    check_ledger(now())
    keep()
    return app


def told(app: Flask) -> dict[str, Any]:
    return {name: line["well"] for name, line in app.test_client().get("/status", headers=AS_DATA).json.items()}


def test_a_shop_that_is_kept_up_says_so(kept_shop: Flask) -> None:
    assert all(told(kept_shop).values()), told(kept_shop)
    page = kept_shop.test_client().get("/zh-cn/status").text
    assert "一切正常" in page
    assert "Everything stands well" in kept_shop.test_client().get("/en/status").text


def test_a_new_shop_does_not_claim_what_was_not_done(client: FlaskClient) -> None:
    said = client.get("/status", headers=AS_DATA).json
    assert {name for name, line in said.items() if not line["well"]} == {"backup", "rehearsal", "ledger", "retention"}


@pytest.mark.parametrize(("name", "hours"), [("backup", 26), ("ledger", 26), ("rehearsal", 35 * 24), ("retention", 1)])
def test_a_line_turns_bad_when_its_time_is_over(kept_shop: Flask, clock: Clock, name: str, hours: int) -> None:
    clock.travel(hours=hours, minutes=-1)
    assert told(kept_shop)[name]
    clock.travel(minutes=2)
    assert not told(kept_shop)[name]


def test_a_rehearsal_that_failed_is_bad_at_once(kept_shop: Flask, clock: Clock) -> None:
    clock.travel(seconds=1)
    with transaction():
        record("backup.rehearsed", sound=False)
    assert not told(kept_shop)["rehearsal"]


def test_what_is_kept_too_long_is_told_by_the_duty_and_counted_by_no_page(kept_shop: Flask, monkeypatch) -> None:
    with transaction() as session:
        session.get_one(KeepingCheck, 1).late = 3
    monkeypatch.setattr("app.privacy.keeping.RULES", {})
    said = kept_shop.test_client().get("/en/status").text
    assert "3 items are kept past their time" in said and not told(kept_shop)["retention"]


def test_an_alarm_shows_without_its_facts(kept_shop: Flask) -> None:
    with transaction() as session:
        sound(session, "stock", now(), sku="canary-7")
    assert not told(kept_shop)["alarms"]
    assert "canary" not in kept_shop.test_client().get("/en/status").text


def test_a_damaged_ledger_shows(kept_shop: Flask) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DELETE FROM ledger_entries")
        connection.exec_driver_sql("DELETE FROM ledger_links WHERE number = 1")
        connection.commit()
    with transaction():
        record("test.happened")
    check_ledger(now())
    assert "ledger" in told(kept_shop)


def test_people_are_led_to_the_page_in_their_language_path(client: FlaskClient) -> None:
    answer = client.get("/status")
    assert answer.status_code == 302 and answer.location.endswith("/zh-cn/status")

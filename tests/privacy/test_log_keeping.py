"""What a visitor sends, sought in everything the shop writes; and that both logs go in time. Clauses 1.2.1, 2.10."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyrage.x25519 import Identity

from analytics.request_log import FIELDS
from app.factory import create_app
from app.foundation import stores
from app.foundation.database import db
from app.foundation.forms import make_token
from app.foundation.sealed_log import opened
from app.privacy.log_keeping import forget_logs
from tests.analytics.browsing import CHROME, Surfer
from tests.conftest import Browser, settings_for
from tests.house.log_lines import strange_values

KEEPER = Identity.generate()
CANARY = "canary7f3a91"
ADDRESS = "203.0.113.77"
HEADERS = {
    "X-Forwarded-For": ADDRESS,
    "User-Agent": f"{CANARY}bot/1.0",
    "Referer": f"https://www.google.com/{CANARY}?q={CANARY}",
    "Accept-Language": CANARY,
    "Cookie": f"cart={CANARY}; sid={CANARY}; other={CANARY}",
    "Authorization": f"Bearer {CANARY}",
}


def a_guarded_shop(folder: Path, **more: str) -> Flask:
    """A shop that seals addresses, with a page that fails on what it was asked for."""
    settings = settings_for(folder, SEALED_LOG_PUBLIC_KEY=str(KEEPER.to_public()), **more)
    app = create_app(settings)
    app.test_client_class = Browser
    app.add_url_rule("/fail/<what>", "fails", lambda what: {}[what])
    with app.app_context():
        for store in app.extensions["stores"]:
            stores.upgrade(store)
    return app


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Flask]:
    app = a_guarded_shop(tmp_path, TRUSTED_PROXIES="1")
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["analytics"].journal.close()


def send_canaries(app: Flask, client: FlaskClient) -> list[int]:
    """Each way in that a visitor has, with the canary in it; the answers' statuses."""
    with app.test_request_context():
        token = make_token("QuestionForm")
    question = {"form_token": token, "topic": "delivery", "text": CANARY, "contact": CANARY}
    return [
        client.get(f"/zh-cn/search?q={CANARY}", headers=HEADERS).status_code,
        client.get(f"/zh-cn/products/{CANARY}", headers=HEADERS).status_code,
        client.post("/zh-cn/contact", data=question, headers=HEADERS).status_code,
        client.post("/zh-cn/login", data={"name": CANARY, "password": CANARY}, headers=HEADERS).status_code,
        client.get(f"/fail/{CANARY}?q={CANARY}", headers=HEADERS).status_code,
    ]


def written_by(app: Flask) -> dict[str, bytes]:
    """Every file of the instance: stores with their logs, journal, service log, sealed log."""
    app.extensions["analytics"].fold()
    app.extensions["sealed_log"].flush()
    app.extensions["service_log"].flush()
    folder = app.extensions["settings"].instance_dir
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def service_log(app: Flask) -> list[dict]:
    app.extensions["service_log"].flush()
    folder = app.extensions["settings"].instance_dir / "log"
    return [json.loads(line) for path in folder.iterdir() for line in path.read_text().splitlines()]


def sealed_records(app: Flask) -> list[dict]:
    app.extensions["sealed_log"].flush()
    lines = [line for path in app.extensions["settings"].sealed_log_dir.iterdir() for line in path.read_bytes().split()]
    return [json.loads(record) for line in lines for record in opened(line, [KEEPER])]


@pytest.mark.clause("1.2.1")
@pytest.mark.clause("1.2.1(3)")
@pytest.mark.clause("1.2.1(4)")
@pytest.mark.clause("2.3")
def test_nothing_that_a_visitor_sends_is_found_in_any_file_or_on_the_terminal(guarded, capfd, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # those of pytest
    assert send_canaries(guarded, guarded.test_client()) == [200, 404, 303, 422, 500]
    files = written_by(guarded)
    assert {"shop.db", "analytics.db", "keys.db"} < set(files) and any(name.startswith("log/") for name in files)
    assert [name for name, content in files.items() if CANARY.encode() in content.lower()] == []
    assert [name for name, content in files.items() if ADDRESS.encode() in content] == []
    said = "".join(capfd.readouterr())
    assert "fault KeyError in fails" in said
    assert CANARY not in said and ADDRESS not in said


@pytest.mark.clause("1.2.1(3)")
def test_the_address_opens_with_the_keepers_key_and_says_which_route_was_asked(guarded):
    send_canaries(guarded, guarded.test_client())
    records = sealed_records(guarded)
    assert {record["address"] for record in records} == {ADDRESS}
    assert [(record["route"], record["status"]) for record in records][:2] == [
        ("search.results", 200), ("catalog.product", 404)
    ]  # fmt: skip
    assert set(records[0]) == {"at", "address", "method", "route", "status", "request"}
    assert [record["request"] for record in records] == [
        line["request"] for line in service_log(guarded) if line["event"] == "request"
    ]


@pytest.mark.clause("1.2.1(3)")
def test_a_visitor_cannot_choose_the_address_where_no_proxy_is_configured(tmp_path):
    app = a_guarded_shop(tmp_path)
    app.test_client().get("/zh-cn/", headers=HEADERS)
    assert [record["address"] for record in sealed_records(app)] == ["127.0.0.1"]


@pytest.mark.clause("1.2.1(3)")
@pytest.mark.clause("5.1.3b")
def test_both_logs_are_there_on_the_last_day_and_gone_on_the_next(guarded, clock):
    client = guarded.test_client()
    client.get("/zh-cn/", headers=HEADERS)
    written_by(guarded)
    logs = [guarded.extensions["settings"].instance_dir / name for name in ("log", "sealed")]
    with guarded.app_context():
        clock.travel(days=183)
        forget_logs()
        assert [len(list(folder.iterdir())) for folder in logs] == [1, 1]
        clock.travel(days=1)
        forget_logs()
    assert [len(list(folder.iterdir())) for folder in logs] == [0, 0]


@pytest.mark.clause("2.10")
def test_beacons_are_in_no_log_and_their_tickets_neither(guarded, clock):
    """J9: no line of either log can be laid beside a hit."""
    surfer = Surfer(guarded, User_Agent=CHROME)
    address = surfer.beacon_of("/zh-cn/")
    assert address is not None
    surfer.loads(address)
    surfer.client.post("/m/b.gif")
    surfer.client.post("/m/t", data="t=nothing")
    surfer.client.get("/m/t")
    clock.travel(minutes=1)
    surfer.opens("/zh-cn/")
    assert {record["route"] for record in sealed_records(guarded)} == {"catalog.home"}
    lines = service_log(guarded)
    assert [line["route"] for line in lines if line["event"] == "request"] == ["catalog.home"] * 2
    assert [line["answered"] for line in lines if line["event"] == "beacons"] == [3]
    assert address.partition("t=")[2].partition("&")[0] not in json.dumps(lines)


@pytest.mark.clause("1.2.1")
@pytest.mark.clause("2.10")
def test_a_line_knows_the_minute_and_no_more(guarded):
    send_canaries(guarded, guarded.test_client())
    for line in service_log(guarded):
        assert set(line) - {"event"} <= FIELDS[line["event"]]
        assert len(line["time"]) == len("2026-11-23T12:00+08:00") and line["time"].endswith("+08:00")


def test_a_full_disk_breaks_no_page_and_lines_wait_for_room(guarded):
    settings = guarded.extensions["settings"]
    for folder in (settings.instance_dir / "log", settings.sealed_log_dir):
        assert not folder.exists()
        folder.write_text("a file stands where the folder should")
    assert guarded.test_client().get("/zh-cn/").status_code == 200
    (settings.instance_dir / "log").unlink()
    settings.sealed_log_dir.unlink()
    guarded.test_client().get("/zh-cn/")
    assert [line["event"] for line in service_log(guarded)] == ["request", "request"]
    assert len(sealed_records(guarded)) == 2


@pytest.mark.clause("1.2.1")
@pytest.mark.parametrize(
    "strange",
    [
        {"event": "request", "address": "203.0.113.9"},
        {"event": "request", "route": "/zh-cn/orders/1"},
        {"event": "request", "referrer": "https://a.example/x"},
        {"event": "request", "browser": "canarybot"},
        {"event": "request", "time": "2026-11-23T12:00:07+08:00"},
        {"event": "fault", "stack": ["KeyError: '13800000000'"]},
    ],
)
def test_the_look_at_the_log_after_every_run_finds_a_value_that_is_planted(guarded, tmp_path, strange):
    folder = tmp_path / "planted"
    folder.mkdir()
    (folder / "service-2026-11-23.jsonl").write_text(json.dumps(strange) + "\n")
    ((field, value),) = strange_values(guarded, folder)
    assert {field: value}.items() <= strange.items()

"""The service log: which lines there are, what each may say, and that no page waits for it. Clauses 1.2.1, 1.2.1(4)."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask import abort
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import Browser, Device
from analytics.example.bakery import bakery
from analytics.performance import faults_of, times
from analytics.request_log import (
    FIELDS,
    LogWiring,
    UnlistedField,
    browser_of,
    fault_code,
    only_listed_fields,
    stack_of,
)
from tests.analytics.agents import IPHONE
from tests.analytics.browsing import CHROME, Surfer
from tests.analytics.builders import TODAY

CANARY = "CANARY7f3a"


class Lines(list):
    """Where the bakery's lines go; `is_full` makes it refuse them."""

    is_full = False

    def write(self, day: date, line: str) -> None:
        if self.is_full:
            raise OSError("no room")
        self.append(json.loads(line))

    def of(self, event: str) -> list[dict]:
        return [{key: line[key] for key in line if key != "event"} for line in self if line["event"] == event]


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def logged(tmp_path, moment, lines):
    """A bakery that keeps a service log."""
    wiring = LogWiring(
        write=lines.write, build="abc", request_id=lambda: "7",
        page_kind=lambda route, status: "front" if status == 200 else "",
    )  # fmt: skip
    app, analytics = bakery(tmp_path, moment, log=wiring)
    app.add_url_rule("/fail/<what>", "fail", lambda what: {}[what])
    app.add_url_rule("/refuse/<int:status>", "refuse", abort)
    yield app, analytics
    analytics.journal.close()
    analytics.store.engine.dispose()


@pytest.mark.clause("1.2.1(4)")
def test_a_page_leaves_one_line_of_the_listed_fields(logged, lines):
    logged[0].test_client().get("/?q=1", headers={"User-Agent": CHROME, "Referer": "https://www.google.com/search?q=x"})
    (line,) = lines.of("request")
    assert isinstance(line.pop("ms"), int)
    assert line == {
        "time": "2026-11-23T12:00+08:00", "request": "7", "method": "GET", "route": "front", "status": 200,
        "browser": "chrome", "referrer": "google",
    }  # fmt: skip


@pytest.mark.clause("1.2.1")
@pytest.mark.clause("1.2.1(4)")
def test_nothing_that_a_visitor_sends_is_in_a_line(logged, lines):
    headers = {name: f"{CANARY}bot/1.0" for name in ("User-Agent", "X-Forwarded-For", "Cookie", "Accept-Language")}
    headers["Referer"] = f"https://{CANARY}.example/{CANARY}"
    client = logged[0].test_client()
    client.open(f"/bread/{CANARY}?q={CANARY}", method="GET", headers=headers)
    client.open("/", method=CANARY, headers=headers)
    client.post(f"/{CANARY}", data={"name": CANARY}, headers=headers)
    client.get(f"/fail/{CANARY}", headers=headers)
    assert CANARY.lower() not in json.dumps(lines).lower()
    assert [line["route"] for line in lines.of("request")] == ["bread", "-", "-", "fail"]
    assert {line["browser"] for line in lines.of("request")} == {line["referrer"] for line in lines.of("request")}


@pytest.mark.clause("2.3")
def test_a_fault_is_recorded_by_class_and_place_and_counted(logged, lines):
    client = logged[0].test_client()
    for _ in range(2):
        assert client.get(f"/fail/{CANARY}").status_code == 500
    record = lines.of("fault")[0]
    assert (record["kind"], record["route"], record["build"], record["request"]) == ("KeyError", "fail", "abc", "7")
    assert re.fullmatch(r"[\w/.]+\.py:\d+ <lambda>", record["stack"][0])
    logged[1].fold()
    (fault,) = faults_of(logged[1].store, TODAY, TODAY)
    assert (f"{fault.code:x}", fault.hits) == (record["fault"], 2)


@pytest.mark.clause("1.1.2a")
def test_a_fault_tells_the_class_of_the_device_and_nothing_finer(logged, lines):
    client, fold = logged[0].test_client(), logged[1].fold
    for agent in (IPHONE, CHROME, CANARY):
        client.get("/fail/x", headers={"User-Agent": agent})
    logged[1].note_fault("a duty", KeyError(CANARY))
    assert [line["device"] for line in lines.of("fault")] == ["phone", "desktop", "other", "other"]
    assert not any(word in str(lines.of("fault")) for word in ("iPhone", "OS 17", "Safari"))
    fold()
    counted = Counter({fault.device: fault.hits for fault in faults_of(logged[1].store, TODAY, TODAY)})
    assert (counted[Device.PHONE], counted[Device.DESKTOP]) == (1, 1)


@pytest.mark.clause("2.10")
def test_a_beacon_leaves_no_line_but_a_total_for_each_minute(logged, lines, moment):
    surfer = Surfer(logged[0])
    for _ in range(3):
        surfer.opens("/")
    logged[0].test_client().post("/m/b.gif")
    moment.seconds += 60
    surfer.opens("/")
    assert lines.of("beacons") == [{"time": "2026-11-23T12:00+08:00", "answered": 5}]
    assert [line["route"] for line in lines.of("request")] == ["front"] * 4


@pytest.mark.clause("2.9")
def test_the_time_of_an_answer_is_counted_by_its_kind_of_page(logged):
    client = logged[0].test_client()
    for path in ("/", "/", "/refuse/404"):
        client.get(path)
    logged[1].fold()
    found = times(logged[1].store, TODAY, TODAY, {1: "front"})
    assert {kind: kept.answers for kind, kept in found.items()} == {"": 1, "front": 2}


def test_a_log_that_cannot_be_written_costs_lines_and_no_page(logged, lines):
    client = logged[0].test_client()
    lines.is_full = True
    assert [client.get("/").status_code for _ in range(3)] == [200] * 3
    lines.is_full = False
    client.get("/")
    assert (len(lines.of("request")), [line["lines"] for line in lines.of("dropped")]) == (1, [3])


def test_a_site_without_a_log_counts_as_before(site):
    app, analytics = site
    assert app.test_client().get("/").status_code == 200
    analytics.note_fault("somewhere", KeyError(CANARY))
    assert analytics.fold() == 0


@pytest.mark.clause("1.2.1")
@pytest.mark.parametrize(
    "line", [{"event": "request", "address": "203.0.113.9"}, {"event": "note"}, {"event": "beacons", "ms": 1}]
)
def test_a_field_that_is_not_listed_cannot_be_logged(line):
    with pytest.raises(UnlistedField):
        only_listed_fields(None, "info", line)


@pytest.mark.clause("1.2.1")
def test_no_kind_of_line_has_a_place_for_a_person():
    forbidden = {"address", "account", "path", "url", "query", "agent", "session", "cookie", "body", "name"}
    assert not forbidden & {field for fields in FIELDS.values() for field in fields}


@pytest.mark.clause("1.2.1(1)")
@given(st.text(max_size=80))
def test_of_the_browser_only_a_listed_family_is_kept(agent):
    assert browser_of(agent) in {*(browser.name.lower() for browser in Browser), "-"}


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (CHROME, "chrome"),
        (f"{CHROME} Edg/131.0.0.0", "edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "firefox"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.30", "wechat"),
        (f"{CHROME} QQBrowser/10.8", "qq"),
        ("CANARYbot/1.0", "other"),
        ("", "-"),
    ],
)  # fmt: skip
def test_the_family_of_a_browser(agent, family):
    assert browser_of(agent) == family


def test_a_moved_line_does_not_make_another_fault():
    assert fault_code("KeyError", "a.b", ["x.py:10 f"]) == fault_code("KeyError", "a.b", ["x.py:99 f"])
    assert len({fault_code("KeyError", "a.b", ["x.py:1 f"]), fault_code("KeyError", "a.c", ["x.py:1 f"])}) == 2


def test_a_stack_names_files_without_the_folders_of_this_machine():
    try:
        Path("/nowhere").read_bytes()
    except OSError as error:
        stack = stack_of(error, Path(__file__).parent)
    assert stack[-1].startswith("test_request_log.py:") and len(stack) > 1
    assert not [place for place in stack if place.startswith("/")]

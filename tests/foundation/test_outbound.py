"""The share gate: nobody outside gets anything that is not on their list, and the ledger knows it first."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from sqlalchemy import select

from app.foundation.database import db
from app.foundation.outbound import (
    RECIPIENTS,
    Disclosure,
    Ground,
    Recipient,
    Share,
    ShareRefused,
    declare_recipient,
    send,
)
from app.foundation.personal_data import Purpose

COURIER = Recipient(
    "test-courier", "Courier", "carrier", frozenset({"consignee", "parcels"}), frozenset({Purpose.SERVICE}),
    frozenset({Ground.CORE}),
)  # fmt: skip


@pytest.fixture(autouse=True)
def courier():
    declare_recipient(COURIER)
    yield
    del RECIPIENTS["test-courier"]


@pytest.fixture
def outside():
    """A party outside that answers what it was asked."""

    class Party(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Party)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def a_share(**changes) -> Share:
    values = {
        "recipient": "test-courier", "ground": Ground.CORE, "purpose": Purpose.SERVICE,
        "fields": {"consignee": "x"}, "about": "order 1",
    }  # fmt: skip
    return Share(**{**values, **changes})


@pytest.mark.clause("4.1.1")
def test_the_ledger_is_written_before_the_first_byte_leaves(app, outside):
    seen: list[int] = []

    def deliver(http: requests.Session, fields) -> requests.Response:
        with db.engine.connect() as other:
            seen.append(other.exec_driver_sql("SELECT count(*) FROM disclosures").scalar() or 0)
        return http.get(outside, timeout=5)

    assert send(a_share(), deliver).status_code == 200
    assert seen == [1]


@pytest.mark.clause("4.1.3a")
@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "somebody"},
        {"ground": Ground.CONSENT},
        {"purpose": Purpose.PROMOTION},
        {"fields": {"consignee": "x", "price": "1"}},
        pytest.param({"about": None}, marks=pytest.mark.clause("4.1.1(4)")),
    ],
)
def test_what_is_not_on_the_list_does_not_leave(app, changes):
    left: list[object] = []
    with pytest.raises(ShareRefused):
        send(a_share(**changes), lambda http, fields: left.append(fields))
    assert not left
    assert not db.session.scalars(select(Disclosure)).all()


@pytest.mark.clause("4.1.1")
def test_the_ledger_names_fields_and_never_values(app, outside):
    send(a_share(fields={"consignee": "张三 13800138000"}), lambda http, fields: http.get(outside, timeout=5))
    row = db.session.scalars(select(Disclosure)).one()
    assert row.fields == ["consignee"]
    assert "138" not in str(vars(row).values()).replace(str(row.id), "")


def test_a_party_cannot_lead_us_elsewhere(app, outside):
    with pytest.raises(requests.TooManyRedirects):
        send(a_share(), lambda http, fields: http.get(f"{outside}/away", timeout=5))

"""Fields that nobody asked for: dropped wherever they are sent, and counted. Clause 5.1.3a."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, MetaData

from app.foundation.data_keys import metadata as key_tables
from app.foundation.database import db
from app.foundation.unknown_fields import UNKNOWN
from tests.accounts.builders import a_staff_member, signed_in
from tests.checkout.builders import a_buyer, an_order

pytestmark = pytest.mark.clause("5.1.3a")
CANARY = "canary-8f3a1c"
PART = re.compile(r"<(?:[^:>]+:)?([a-z_]+)>")


def counted(pages: str) -> float:
    return UNKNOWN.labels(pages)._value.get()


def test_an_unknown_field_is_dropped_and_counted_by_the_kind_of_page(app: Flask, client):
    before = counted("support")
    client.post("/en/contact", data={"text": "hello", "topic": "other", "nickname": CANARY, "x[]": CANARY})
    assert counted("support") == before + 2
    client.post("/en/contact", data={"text": "hello", "topic": "other"})
    assert counted("support") == before + 2


def test_no_form_of_the_shop_keeps_what_it_did_not_ask_for(app: Flask):
    """Every page that takes a form, as guest, buyer and manager: nothing of it is in any store or log."""
    order = an_order()
    visitors = [app.test_client(), signed_in(app.test_client(), a_buyer())]
    visitors += [signed_in(app.test_client(), a_staff_member("manager"))]
    tried = 0
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            path = PART.sub(lambda part: {"lang": "en", "number": order.number}.get(part[1], "7"), rule.rule)
            for visitor in visitors:
                sent = {CANARY: CANARY, "is_admin": CANARY, "role": CANARY, "quantity": "1", "sku": "nothing"}
                assert visitor.post(path, data=sent).status_code < 500, rule.rule
                tried += 1
    assert tried > 150
    stores: list[tuple[Engine, MetaData]] = [(db.engine, db.metadata), (app.extensions["data_keys"].engine, key_tables)]
    assert [found for engine, tables in stores for found in where_is_canary(engine, tables)] == []
    app.extensions["service_log"].flush()
    logs = [path for path in Path(app.extensions["settings"].instance_dir).rglob("*") if path.is_file()]
    assert [
        path.name for path in logs if path.suffix not in (".db", ".db-wal") and CANARY.encode() in path.read_bytes()
    ] == []


def where_is_canary(engine: Engine, tables: MetaData) -> list[str]:
    with engine.connect() as connection:
        return [table.name for table in tables.sorted_tables if CANARY in str(connection.execute(table.select()).all())]

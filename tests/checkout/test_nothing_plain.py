"""A consignee stands plain in no file of the shop and in no log. Clauses 1.1.3b, 5.1.1c."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.settings import current_settings
from tests.accounts.builders import an_account, signed_in
from tests.cart.pages import put_in
from tests.checkout.pages import fill_in_address, place_on_page
from tests.stock.builders import a_stocked_sku

CANARIES = {
    "warehouse": "canary-warehouse",
    "consignee": "金丝雀收货人",
    "address": "广东省金丝雀路 7 号",
    "mobile": "13912345678",
}


@pytest.mark.clause("1.1.3b")
@pytest.mark.clause("5.1.1c")
def test_no_file_and_no_log_line_holds_any_part_of_a_consignee(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    sku, _ = a_stocked_sku(5)
    signed_in(client, an_account())
    put_in(client, sku)
    fill_in_address(client, **CANARIES)
    answer = place_on_page(client)
    assert "canary-warehouse" in client.get(answer.headers["Location"].partition("/remittance")[0]).text
    files = [path for path in current_settings().instance_dir.rglob("*") if path.is_file()]
    assert any(path.name == "shop.db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert [name for name, value in CANARIES.items() if value.encode() in content] == [], path.name
    assert [name for name, value in CANARIES.items() if value in caplog.text] == []

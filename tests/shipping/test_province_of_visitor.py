"""Where freight goes to: chosen by the visitor, remembered by their browser, at most suggested. 1.2.2, 1.2.2(1)."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Numeric, event

from analytics.place import Places
from app.foundation.database import Base, db
from app.foundation.regions import INSIDE
from app.measurement.looking_up import place_of_address
from app.privacy.prefs import Preferences, prefs_of
from app.privacy.register import tables_about_persons
from app.shipping.provinces import PROVINCES
from tests.privacy.builders import a_request
from tests.stock.builders import a_stocked_sku

OURS = {"Sec-Fetch-Site": "same-origin"}
HONG_KONG, CANTON = "210.0.128.1", "202.96.128.86"


@pytest.fixture
def path(app: Flask) -> str:
    return f"/en/products/{a_stocked_sku(5)[0].product.slug}"


@pytest.fixture
def provinces_known(app: Flask, tmp_path: Path, monkeypatch) -> None:
    """An operator's table of the provinces of addresses."""
    file = tmp_path / "provinces.csv"
    file.write_text("202.96.0.0,202.96.255.255,CN-GD")
    monkeypatch.setattr(app.extensions["analytics"].beacon, "places", Places(provinces=file))


def asked(client: FlaskClient, path: str, address: str = "127.0.0.1") -> str:
    """As from a page of ours."""
    answer = client.get(path, headers=OURS, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200
    return answer.text


def chosen_on(page: str) -> str | None:
    found = re.search(r'<option value="(\w+)" selected>', page)
    return found[1] if found else None


def remembered(client: FlaskClient) -> Preferences:
    cookie = client.get_cookie("prefs")
    return prefs_of(a_request({"prefs": cookie.value} if cookie else None))


@pytest.mark.clause("1.2.2")
def test_a_chosen_province_is_used_again_on_every_product_and_is_in_the_browser_alone(client, path):
    written = []
    note = lambda *call: written.append(call[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    assert "days on the road" in asked(client, f"{path}?province=sichuan&kwh=0.55")
    event.remove(db.engine, "before_cursor_execute", note)
    assert [words for words in written if not words.startswith(("SELECT", "PRAGMA", "BEGIN"))] == []
    assert (remembered(client).province, remembered(client).kwh_price) == ("sichuan", Decimal("0.55"))
    other = asked(client, f"/en/products/{a_stocked_sku(5)[0].product.slug}")
    assert chosen_on(other) == "sichuan" and "days on the road" in other and "Suggested by" not in other
    asked(client, f"{path}?province=&kwh=0.40")
    assert client.get_cookie("prefs") is None or remembered(client) == Preferences()


@pytest.mark.clause("1.2.2")
@pytest.mark.parametrize("query", ["", "?province=atlantis", "?province=%00", "?kwh=free"])
def test_who_asks_for_no_estimate_is_remembered_no_province(client, path, query):
    assert chosen_on(asked(client, path + query)) is None
    assert client.get_cookie("prefs") is None


@pytest.mark.clause("1.2.2")
def test_a_link_from_elsewhere_chooses_nothing_for_anybody(client, path):
    page = client.get(f"{path}?province=sichuan", headers={"Sec-Fetch-Site": "cross-site"}).text
    assert chosen_on(page) == "sichuan" and client.get_cookie("prefs") is None


@pytest.mark.clause("1.2.2")
@pytest.mark.clause("1.2.2(1)")
@pytest.mark.usefixtures("provinces_known")
def test_a_province_by_the_address_is_a_suggestion_that_can_be_changed_and_is_kept_nowhere(app, client, path):
    suggested = asked(client, path, CANTON)
    assert chosen_on(suggested) == "guangdong" and "Suggested by your network address" in suggested
    assert client.get_cookie("prefs") is None
    assert chosen_on(asked(client, f"{path}?province=sichuan", CANTON)) == "sichuan"
    again = asked(client, path, CANTON)
    assert chosen_on(again) == "sichuan" and "Suggested by" not in again
    app.extensions["service_log"].flush()
    folder = app.extensions["settings"].instance_dir / "log"
    lines = "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert not re.search("guangdong|sichuan|CN-GD|CN-SC", lines)


@pytest.mark.clause("1.2.2(1)")
def test_places_outside_the_mainland_that_goods_are_sent_to_are_suggested_too(client, path):
    assert chosen_on(asked(client, path, HONG_KONG)) == "xianggang"
    assert chosen_on(asked(client, path, "8.8.8.8")) is None


@pytest.mark.clause("1.2.2(1)")
def test_a_look_up_tells_a_country_or_a_province_and_nothing_finer(app: Flask):
    @given(st.ip_addresses())
    def holds(address: object) -> None:
        assert re.fullmatch(r"|[A-Z]{2}|CN-[A-Z]{2}", place_of_address(str(address)))

    holds()


def test_every_province_of_the_look_up_has_its_place_in_the_tariff():
    assert {province.place for province in PROVINCES.values()} == {*INSIDE, "HK", "MO", "TW"}


@pytest.mark.clause("1.2.2(1)")
def test_no_table_about_a_person_can_hold_a_position():
    """Neither in a number with a fraction, nor in a column that is named after one."""
    named = re.compile(r"(^|_)(lat|lng|lon|latitude|longitude|coordinates?|geo\w*)($|_)")
    about = tables_about_persons(Base.metadata)
    columns = [column for table in about for column in Base.metadata.tables[table].columns]
    assert len(columns) > 300
    assert [str(column) for column in columns if isinstance(column.type, Numeric) or named.search(column.name)] == []

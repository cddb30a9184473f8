"""The payment page and its voucher: content decides, nothing plain is kept, owner only. 1.1.4b, 5.1.1a, 5.1.1c."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.audit import LedgerEntry
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.languages import money
from app.foundation.money import Money
from app.foundation.uploads import LARGEST_BYTES
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.payments.models import Voucher
from app.payments.queries import remittance_of
from app.payments.vouchers import picture_for_staff
from app.settings import current_settings
from tests.checkout.builders import an_order
from tests.checkout.pages import hidden_fields
from tests.payments.builders import an_account_of_ours, pay

SECRET_PLACE = b"31.2304 N 121.4737 E"


@pytest.fixture
def order(buyer: Account) -> Order:
    return an_order(account=buyer)


def a_picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET_PLACE.decode()
    Image.new("RGB", size, "white").save(out, kind, exif=exif)
    return out.getvalue()


def send(client: FlaskClient, order: Order, content: bytes, name: str = "slip.png") -> Any:
    action = f"/en/orders/{order.number}/voucher"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}/remittance").text, action)
    data = {**fields, "picture": (io.BytesIO(content), name)}
    return client.post(action, data=data, content_type="multipart/form-data")


def files() -> list[Path]:
    return [path for path in current_settings().uploads_dir.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def no_files_before(app: Flask) -> None:
    for path in files():
        path.unlink()


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_page_shows_account_amount_code_and_deadline(client: FlaskClient, order: Order, lang: str):
    an_account_of_ours("测试云商有限公司", "测试银行", "6200 1234 5678 9012")
    page = client.get(f"/{lang}/orders/{order.number}/remittance").text
    expected = remittance_of(db.session(), order.id)
    assert "测试云商有限公司" in page and "测试银行" in page and "6200 1234 5678 9012" in page
    assert expected.spoken_code in page and f"{order.total.fen // 100:,}" in page


@pytest.mark.clause("1.1.4b")
def test_the_page_asks_for_nothing_but_a_picture(client: FlaskClient, order: Order):
    page = client.get(f"/en/orders/{order.number}/remittance").text
    main = page[page.index("<main") : page.index("</main>")]
    named = re.findall(r"<(?:input|select|textarea)\b[^>]*\bname=\"(\w+)\"", main)
    assert set(named) == {"form_token", "picture"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_without_its_metadata_and_shown_to_its_owner(client: FlaskClient, order: Order, kind: str):
    assert send(client, order, a_picture(kind)).status_code == 303
    shown = client.get(f"/en/orders/{order.number}/voucher")
    assert shown.status_code == 200 and shown.mimetype == "image/webp" and shown.headers["Cache-Control"] == "no-store"
    assert SECRET_PLACE not in shown.data and Image.open(io.BytesIO(shown.data)).size == (60, 40)


@pytest.mark.clause("5.1.1c")
def test_no_file_on_the_disk_is_a_picture_that_anybody_could_open(client: FlaskClient, order: Order):
    send(client, order, a_picture())
    [file] = files()
    assert b"WEBP" not in file.read_bytes() and b"PNG" not in file.read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4 x", b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 50, a_picture()[:80], b"\0" * 1000]
)
def test_what_is_no_picture_is_refused_at_the_field_whatever_its_name(
    client: FlaskClient, order: Order, content: bytes
):
    answer = send(client, order, content)
    assert answer.status_code == 422 and 'id="picture-error"' in answer.text
    assert files() == [] and db.session.scalars(select(Voucher)).all() == []


def test_too_large_a_file_is_refused_without_a_fault(client: FlaskClient, order: Order):
    assert send(client, order, b"\xff\xd8" + b"\0" * LARGEST_BYTES).status_code == 422
    assert send(client, order, b"\xff\xd8" + b"\0" * (14 * 1024 * 1024)).status_code == 413


def test_no_file_at_all_is_said_at_the_field(client: FlaskClient, order: Order):
    action = f"/en/orders/{order.number}/voucher"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}/remittance").text, action)
    for data in (fields, {**fields, "picture": "text"}):
        answer = client.post(action, data=data)
        assert answer.status_code == 422 and "choose a picture" in answer.text


def test_a_stale_form_keeps_no_file(client: FlaskClient, order: Order):
    data = {"form_token": "0.ffff", "picture": (io.BytesIO(a_picture()), "a.png")}
    answer = client.post(f"/en/orders/{order.number}/voucher", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and files() == []


def test_a_picture_sent_twice_by_one_form_is_kept_once(client: FlaskClient, order: Order):
    action, picture = f"/en/orders/{order.number}/voucher", a_picture()
    fields = hidden_fields(client.get(f"/en/orders/{order.number}/remittance").text, action)

    def press(content: bytes) -> int:
        data = {**fields, "picture": (io.BytesIO(content), "slip.jpg")}
        return client.post(action, data=data, content_type="multipart/form-data").status_code

    assert (press(picture), press(picture), len(files())) == (303, 303, 1)
    added = select(LedgerEntry).where(LedgerEntry.event == "voucher.added")
    assert len(db.session.scalars(added).all()) == 1
    assert (press(a_picture(size=(10, 10))), len(files())) == (422, 1)
    assert len(db.session.scalars(select(Voucher)).all()) == 1


def test_another_picture_takes_the_place_of_the_first(client: FlaskClient, order: Order):
    send(client, order, a_picture())
    send(client, order, a_picture(size=(10, 10)))
    assert len(files()) == 1
    assert Image.open(io.BytesIO(client.get(f"/en/orders/{order.number}/voucher").data)).size == (10, 10)


def test_a_voucher_is_deleted_with_its_file(client: FlaskClient, order: Order):
    send(client, order, a_picture())
    action = f"/en/orders/{order.number}/voucher/removal"
    client.post(action, data=hidden_fields(client.get(f"/en/orders/{order.number}/remittance").text, action))
    assert files() == [] and client.get(f"/en/orders/{order.number}/voucher").status_code == 404


def test_a_paid_order_takes_no_voucher_and_leads_to_its_page(client: FlaskClient, order: Order):
    action = f"/en/orders/{order.number}/voucher"
    fields = hidden_fields(client.get(f"/en/orders/{order.number}/remittance").text, action)
    pay(order)
    data = {**fields, "picture": (io.BytesIO(a_picture()), "a.png")}
    answer = client.post(action, data=data, content_type="multipart/form-data")
    assert answer.status_code == 303 and "order_moved" in answer.headers["Location"] and files() == []
    assert client.get(f"/en/orders/{order.number}/remittance").status_code == 303


@pytest.mark.clause("1.1.3c")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_after_a_part_payment_the_pages_ask_for_the_rest(client: FlaskClient, order: Order, lang: str):
    pay(order, order.total - Money(123))
    pages = {path: client.get(f"/{lang}/orders/{order.number}{path}").text for path in ("", "/remittance")}
    for path, page in pages.items():
        shown = page.replace('<span class="money__fen">', "").replace("</span>", "")
        assert "¥1.23" in shown and money(order.total - Money(123)) in shown, path
    pay(order, Money(123))
    assert client.get(f"/{lang}/orders/{order.number}/remittance").status_code == 303


@pytest.mark.clause("5.1.1a")
def test_a_clerks_look_at_a_voucher_is_on_the_ledger(client: FlaskClient, order: Order):
    send(client, order, a_picture())
    assert picture_for_staff(db.session(), order, Actor("finance", 99))
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "voucher.read")).one()
    assert entry.actor == 99 and entry.facts == {"order": order.number}


def test_a_file_that_was_lost_is_a_404_and_no_fault(client: FlaskClient, order: Order):
    send(client, order, a_picture())
    files()[0].unlink()
    assert client.get(f"/en/orders/{order.number}/voucher").status_code == 404
    with pytest.raises(NotFound):
        picture_for_staff(db.session(), order, Actor("finance", 99))

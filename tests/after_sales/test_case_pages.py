"""The buyer's pages of after-sales, without script, in both languages; strangers see nothing. 5.1.1a, 1.2.2(2)."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from app.accounts.models import Account
from app.after_sales.deciding import ask_more, refuse
from app.after_sales.lifecycle import AWAITING_SELLER, CLOSED, PLATFORM, RETURNING
from app.after_sales.models import Case, CaseMessage, CasePhotograph
from app.after_sales.talking import Saying, say
from app.after_sales.trade_rules import KINDS, RETURN
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.foundation.uploads import LARGEST_BYTES
from app.orders.models import Order
from app.settings import current_settings
from bench.html_forms import Page
from tests.accounts.builders import signed_in
from tests.after_sales.builders import (
    CLERK,
    a_case,
    a_photograph,
    a_received_order,
    agreed,
    claimable,
    fresh,
)
from tests.checkout.builders import a_buyer, an_order

CANARY = b"CANARY-31.2304N-121.4737E"


@pytest.fixture
def order(buyer: Account) -> Order:
    return a_received_order(account=buyer)


def files() -> list[Path]:
    return [path for path in current_settings().uploads_dir.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def no_files_before(app: Flask) -> None:
    for path in files():
        path.unlink()


def form_on(client: FlaskClient, path: str, action: str = "") -> dict[str, Any]:
    page = Page(client.get(path).text)
    form = next(form for form in page.forms if form.method == "post" and form.action.endswith(action or "/messages"))
    return dict(form.fields)


def claim_at(order: Order, kind: str) -> str:
    return f"/en/orders/{order.number}/after-sales/new/1-1/{kind}"


def fields_of(client: FlaskClient, path: str) -> dict[str, Any]:
    """What the form of a claim would send untouched."""
    forms = [form for form in Page(client.get(path).text).forms if form.multipart]
    return dict(forms[0].fields)


def send(client: FlaskClient, path: str, pictures: tuple[bytes, ...] = (), **said: Any) -> Any:
    data = {**fields_of(client, path), **said}
    if pictures:
        data["pictures"] = [(io.BytesIO(content), f"{n}.jpg") for n, content in enumerate(pictures)]
    return client.post(path, data=data, content_type="multipart/form-data")


def first_machine(order: Order) -> str:
    return str(claimable(order).machines[0].id)


def cases() -> list[Case]:
    return list(db.session.scalars(select(Case)))


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_order_leads_to_the_kinds_with_their_time_limits(client: FlaskClient, order: Order, lang: str):
    assert f"/{lang}/orders/{order.number}/after-sales/new" in client.get(f"/{lang}/orders/{order.number}").text
    page = client.get(f"/{lang}/orders/{order.number}/after-sales/new").text
    for kind in KINDS:
        assert f"/after-sales/new/1-1/{kind}" in page
    assert "7" in page and "30" in page


@pytest.mark.parametrize("kind", ["refund", "return", "exchange", "repair"])
def test_a_case_is_opened_on_one_page_and_stands_on_its_own(client: FlaskClient, order: Order, kind: str):
    said = {"machines": first_machine(order), "text": "风扇异响"}
    said |= {} if kind == "repair" else {"reason": "defective"}
    said |= {"amount": "50"} if kind == "refund" else {}
    answer = send(client, claim_at(order, kind), (a_photograph(),), **said)
    assert answer.status_code == 303, answer.text
    [case] = cases()
    page = client.get(answer.location).text
    assert "风扇异响" in page and f"/after-sales/{case.number}/photographs/1" in page
    assert case.number in client.get("/en/after-sales").text.replace(" ", "")
    assert f"/en/after-sales/{case.number}" in client.get(f"/en/orders/{order.number}").text


def test_short_hashrate_is_shown_before_it_is_sent(client: FlaskClient, order: Order):
    path = claim_at(order, "hashrate")
    said = {"machines": first_machine(order), "text": "算力只有 180", "measured": "180"}
    shown = send(client, path, **said)
    assert shown.status_code == 200 and "¥100" in shown.text and cases() == []
    fields = dict(next(form for form in Page(shown.text).forms if form.multipart).fields)
    assert fields["text"].strip() == "算力只有 180" and fields["measured"] == "180"
    changed = client.post(path, data={**fields, "measured": "170"})
    assert changed.status_code == 200 and "¥150" in changed.text and cases() == []
    fields = dict(next(form for form in Page(changed.text).forms if form.multipart).fields)
    assert client.post(path, data=fields).status_code == 303
    assert cases()[0].asked_amount and str(cases()[0].asked_amount) == "150.00"


def test_within_the_tolerance_it_is_said_at_the_field(client: FlaskClient, order: Order):
    answer = send(client, claim_at(order, "hashrate"), machines=first_machine(order), text="略低", measured="199")
    assert answer.status_code == 422 and 'id="measured-error"' in answer.text and cases() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("machines", ""), ("machines", "12"), ("machines", "x"), ("reason", ""), ("reason", "none"), ("text", ""),
     ("text", "x" * 2001), ("text", "\x00"), ("amount", ""), ("amount", "-1"), ("amount", "0"), ("amount", "1e9"),
     ("amount", "99999999")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    client: FlaskClient, order: Order, field: str, value: str
):
    good = {"machines": first_machine(order), "reason": "damaged", "text": "外壳变形", "amount": "50"}
    answer = send(client, claim_at(order, "refund"), **{**good, field: value})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and cases() == []
    assert field == "text" or "外壳变形" in answer.text


@pytest.mark.clause("1.2.2(2)")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_place_and_no_camera_is_left_in_a_photograph_on_disk_or_as_served(
    client: FlaskClient, order: Order, form: str
):
    sent = with_metadata(form)
    assert CANARY in sent
    send(client, claim_at(order, RETURN), (sent,), machines=first_machine(order), reason="damaged", text="破损")
    [case] = cases()
    for size in ("", "?size=small"):
        served = client.get(f"/en/after-sales/{case.number}/photographs/1{size}")
        assert served.mimetype == "image/webp" and served.headers["Cache-Control"] == "no-store"
        with Image.open(io.BytesIO(served.data)) as picture:
            assert not picture.getexif() and not {"exif", "xmp", "comment"} & set(picture.info)
        assert CANARY not in served.data
    [file] = files()
    assert CANARY not in file.read_bytes() and b"WEBP" not in file.read_bytes()


def with_metadata(form: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", CANARY.decode())
        return a_photograph(form=form, pnginfo=info, exif=exif)
    return a_photograph(form=form, exif=exif, **({"xmp": CANARY} if form == "WEBP" else {"comment": CANARY}))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"<svg onload=alert(1)>", b"GIF89a" + bytes(40), bytes(900)])
def test_what_is_no_picture_opens_no_case_and_leaves_no_file(client: FlaskClient, order: Order, content: bytes):
    said = {"machines": first_machine(order), "reason": "damaged", "text": "破损"}
    answer = send(client, claim_at(order, RETURN), (a_photograph(), content), **said)
    assert answer.status_code == 422 and 'id="pictures-error"' in answer.text
    assert cases() == [] and files() == []


def test_large_and_many_files_are_refused_without_a_fault(client: FlaskClient, order: Order):
    said = {"machines": first_machine(order), "reason": "damaged", "text": "破损"}
    path = claim_at(order, RETURN)
    assert send(client, path, (b"\xff\xd8" + bytes(LARGEST_BYTES),), **said).status_code == 422
    assert send(client, path, (bytes(7 * 2**20), bytes(7 * 2**20)), **said).status_code == 413
    assert send(client, path, (a_photograph(),) * 7, **said).status_code == 422
    assert cases() == [] and files() == []


def test_more_photographs_than_six_over_time_are_refused(client: FlaskClient, order: Order):
    said = {"machines": first_machine(order), "reason": "damaged", "text": "破损"}
    send(client, claim_at(order, RETURN), (a_photograph(),) * 5, **said)
    [case] = cases()
    path = f"/en/after-sales/{case.number}"
    data = {**form_on(client, path), "say-text": "补充照片"}
    data["say-pictures"] = [(io.BytesIO(a_photograph()), "a.jpg"), (io.BytesIO(a_photograph()), "b.jpg")]
    answer = client.post(f"{path}/messages", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422 and len(files()) == 5 and "补充照片" in answer.text
    assert db.session.scalar(select(func.count()).select_from(CasePhotograph)) == 5


def test_a_form_sent_twice_opens_one_case_and_keeps_its_pictures_once(client: FlaskClient, order: Order):
    path = claim_at(order, RETURN)
    data = {**fields_of(client, path), "machines": first_machine(order), "reason": "damaged", "text": "破损"}
    picture = a_photograph()

    def press() -> Any:
        sent = {**data, "pictures": [(io.BytesIO(picture), "a.jpg")]}
        return client.post(path, data=sent, content_type="multipart/form-data")

    first, second = press(), press()
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert len(cases()) == 1 and len(files()) == 1
    data["text"] = "另一个问题"
    assert press().status_code == 422 and len(cases()) == 1 and len(files()) == 1


def test_two_tabs_with_the_same_machine_open_one_case(client: FlaskClient, order: Order):
    path = claim_at(order, RETURN)
    tabs = [fields_of(client, path) for _ in range(2)]
    said = {"machines": first_machine(order), "reason": "damaged", "text": "破损"}
    answers = [client.post(path, data={**tab, **said}).status_code for tab in tabs]
    assert answers == [303, 422] and len(cases()) == 1


def test_a_stranger_finds_nothing(app: Flask, client: FlaskClient, order: Order):
    said = {"machines": first_machine(order), "reason": "damaged", "text": "破损"}
    send(client, claim_at(order, RETURN), (a_photograph(),), **said)
    [case] = cases()
    stranger = signed_in(app.test_client(), a_buyer())
    for path in (
        f"/en/orders/{order.number}/after-sales/new", claim_at(order, RETURN), f"/en/after-sales/{case.number}",
        f"/en/after-sales/{case.number}/photographs/1", "/en/after-sales/123456789012", "/en/after-sales/x",
    ):  # fmt: skip
        assert stranger.get(path).status_code == 404, path
    for path in ("messages", "return", "withdrawal", "platform"):
        assert stranger.post(f"/en/after-sales/{case.number}/{path}").status_code == 404
    guest = app.test_client()
    assert guest.get(f"/en/after-sales/{case.number}").status_code == 302
    assert case.number not in stranger.get("/en/after-sales").text.replace(" ", "")


@pytest.mark.parametrize("path", ["1-9/return", "9-1/return", "x/return", "1-1/nothing", "-1--1/refund", "1-1/"])
def test_a_line_or_kind_that_is_not_there_is_not_found(client: FlaskClient, order: Order, path: str):
    assert client.get(f"/en/orders/{order.number}/after-sales/new/{path}").status_code == 404


def test_an_order_of_which_nothing_left_says_so(client: FlaskClient, buyer: Account):
    page = client.get(f"/en/orders/{an_order(account=buyer).number}/after-sales/new")
    assert page.status_code == 200 and "Nothing of this order has left yet" in page.text


def test_buyer_and_desk_write_to_each_other_and_staff_have_no_name(client: FlaskClient, order: Order):
    case = a_case(order)
    say(case.id, order.subject_id, Saying("请加我微信 kefu8888 私下转账"), CLERK, now(), None, "/")
    path = f"/en/after-sales/{case.number}"
    page = client.get(path).text
    assert "kefu8888" in page and "may lead to payment past this shop" in page
    assert "After-sales desk" in page and str(CLERK.audit_ref) not in page
    answer = client.post(f"{path}/messages", data={**form_on(client, path), "say-text": "不可以"})
    assert answer.status_code == 303 and "不可以" in client.get(path).text


def test_texts_lie_sealed_in_the_store(client: FlaskClient, order: Order):
    a_case(order, text="机密描述文字")
    row = db.session.scalars(select(CaseMessage)).one()
    assert "机密描述文字".encode() not in row.text_sealed


def test_an_answer_to_what_was_asked_brings_the_case_back_to_us(client: FlaskClient, order: Order):
    case = a_case(order)
    ask_more(case.id, "请补充铭牌照片", CLERK, now())
    path = f"/en/after-sales/{case.number}"
    assert "Please answer by" in client.get(path).text
    client.post(f"{path}/messages", data={**form_on(client, path), "say-text": "已补充"})
    assert fresh(case).state == AWAITING_SELLER


def test_goods_are_handed_in_with_carrier_and_number(client: FlaskClient, order: Order):
    case = agreed(a_case(order))
    path = f"/en/after-sales/{case.number}"
    page = client.get(path).text
    assert "四川省成都市示例路 1 号" in page and "Write on the parcel" in page
    data = form_on(client, path, "/return")
    wrong = client.post(f"{path}/return", data={**data, "return-carrier": "sf", "return-tracking_number": "1"})
    assert wrong.status_code == 422 and 'id="return-tracking_number-error"' in wrong.text
    good = {**data, "return-carrier": "sf", "return-tracking_number": "SF 1357 9135 7"}
    assert [client.post(f"{path}/return", data=good).status_code for _ in range(2)] == [303, 303]
    assert (fresh(case).state, fresh(case).return_tracking) == (RETURNING, "SF135791357")


def test_the_platform_is_called_and_a_case_withdrawn_by_a_button(client: FlaskClient, order: Order):
    case = a_case(order)
    path = f"/en/after-sales/{case.number}"
    assert f"{path}/platform" not in client.get(path).text
    refuse(case.id, "不支持", CLERK, now())
    client.post(f"{path}/platform", data=form_on(client, path, "/platform"))
    assert fresh(case).state == PLATFORM
    client.post(f"{path}/withdrawal", data=form_on(client, path, "/withdrawal"))
    assert fresh(case).state == CLOSED
    page = client.get(path).text
    assert "Withdrawn by the buyer" in page and "/messages" not in re.sub(r"<header.*?</header>", "", page, flags=re.S)


def test_a_button_of_an_old_page_shows_where_the_case_stands(client: FlaskClient, order: Order):
    case = a_case(order)
    path = f"/en/after-sales/{case.number}"
    old = form_on(client, path, "/withdrawal")
    agreed(case)
    fresh_page = client.post(f"{path}/platform", data=old)
    assert fresh_page.status_code == 303 and "case_moved" in fresh_page.location
    assert client.post(f"{path}/withdrawal", data={"form_token": "x"}).location.endswith("done=stale")


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_each_state_tells_the_buyer_what_comes_next(client: FlaskClient, order: Order, clock: Clock, lang: str):
    case = a_case(order)
    path = f"/{lang}/after-sales/{case.number}"
    seen = {client.get(path).text.count("notice__title")}
    agreed(case)
    seen.add(client.get(path).text.count("notice__title"))
    assert seen == {1}

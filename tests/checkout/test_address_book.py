"""The address book: exactly four fields, sealed, one's own. Clauses 1.1.3b, 5.1.1a, 5.1.1c."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.accounts.models import Account
from app.checkout.addresses import MOST_ADDRESSES, addresses_of
from app.checkout.forms import ConsigneeForm
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import CONSIGNEE, an_address
from tests.checkout.pages import fill_in_address, hidden_fields

FIELDS = ("warehouse", "consignee", "address", "mobile")


@pytest.fixture
def member(client: FlaskClient) -> Account:
    account = an_account()
    signed_in(client, account)
    return account


def book(member: Account) -> list[dict[str, str]]:
    db.session.expire_all()
    with purpose(Purpose.SERVICE):
        return [address.consignee for address in addresses_of(db.session(), member.id)]


@pytest.mark.clause("1.1.3b")
def test_the_form_has_exactly_the_four_fields_and_all_are_required(app: Flask):
    with app.test_request_context():
        fields = {field.name: bool(field.flags.required) for field in ConsigneeForm(None)}
    del fields["form_token"]
    assert fields == dict.fromkeys(FIELDS, True)


@pytest.mark.clause("1.1.3b")
@pytest.mark.parametrize("missing", FIELDS)
@pytest.mark.parametrize("value", ["", "   ", "\u3000"])
def test_each_field_missing_is_named_and_the_others_stay(
    client: FlaskClient, member: Account, missing: str, value: str
):
    answer = fill_in_address(client, **{missing: value})
    assert answer.status_code == 422 and f'id="{missing}-error"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert ("Zhang San" in answer.text) == (missing != "consignee")
    assert book(member) == []


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("bad", ["x" * 5000, "a\x00b", "a\u202eb", "line\nbreak", "\ud83d"])
def test_hostile_text_is_refused_at_its_field(client: FlaskClient, member: Account, field: str, bad: str):
    answer = fill_in_address(client, **{field: bad.encode("utf-8", "replace").decode()})
    if answer.status_code == 303:
        assert all("\ud83d" not in part for part in book(member)[0].values())
    else:
        assert answer.status_code == 422 and f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("mobile", ["123", "010-12345678", "+1 202 555 0100", "1380013800a", "🙂" * 11, "1" * 11])
def test_what_is_no_mobile_number_is_refused(client: FlaskClient, member: Account, mobile: str):
    assert fill_in_address(client, mobile=mobile).status_code == 422


@pytest.mark.parametrize("mobile", ["13800138000", "+86 138 0013 8000", "１３８００１３８０００", "138-0013-8000"])
def test_a_mobile_number_is_read_however_it_is_written(client: FlaskClient, member: Account, mobile: str):
    assert fill_in_address(client, mobile=mobile).status_code == 303
    assert book(member)[0]["mobile"] == "+8613800138000"


def test_markup_in_an_address_is_only_text(client: FlaskClient, member: Account):
    fill_in_address(client, address="<script>alert(1)</script>")
    assert "<script>alert" not in client.get("/en/checkout/addresses").text


@pytest.mark.clause("5.1.1c")
def test_no_part_of_an_address_stands_plain_in_the_store(app: Flask, member: Account):
    an_address(member)
    rows = db.session.execute(text("SELECT consignee FROM addresses")).scalars().all()
    assert rows and not any(part.encode() in row for row in rows for part in CONSIGNEE.values())


@pytest.mark.clause("5.1.1a")
@pytest.mark.parametrize("act", ["", "/removal", "/preference"])
def test_the_address_of_somebody_else_is_as_good_as_none(client: FlaskClient, member: Account, act: str):
    an_address(member)
    theirs = an_address(an_account())
    own_page = client.get("/en/checkout/addresses").text
    path = f"/en/checkout/addresses/{theirs.id}{act}"
    token = {"form_token": own_page.partition('name="form_token" value="')[2].partition('"')[0]}
    answers = [client.post(path, data=token)] if act else [client.get(path), client.post(path, data=token)]
    assert all(answer.status_code == 404 or answer.headers["Location"].endswith("stale") for answer in answers)
    assert CONSIGNEE["consignee"] not in "".join(answer.text for answer in answers)


def test_an_address_is_edited_made_default_and_deleted(client: FlaskClient, member: Account):
    first, second = an_address(member), an_address(member, consignee="李四")
    assert fill_in_address(client, f"/en/checkout/addresses/{first.id}", consignee="王五").status_code == 303
    page = client.get("/en/checkout/addresses").text
    prefer = f"/en/checkout/addresses/{second.id}/preference"
    client.post(prefer, data=hidden_fields(page, prefer))
    assert [entry["consignee"] for entry in book(member)] == ["李四", "王五"]
    remove = f"/en/checkout/addresses/{second.id}/removal"
    client.post(remove, data=hidden_fields(page, remove))
    assert [entry["consignee"] for entry in book(member)] == ["王五"]
    assert addresses_of(db.session(), member.id)[0].is_default


def test_a_full_address_book_says_so_and_keeps_what_was_typed(client: FlaskClient, member: Account):
    for _ in range(MOST_ADDRESSES):
        an_address(member)
    answer = fill_in_address(client)
    assert answer.status_code == 409 and "Zhang San" in answer.text and len(book(member)) == MOST_ADDRESSES


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 30, "1.5"])
def test_a_nonsense_address_number_is_a_404(client: FlaskClient, member: Account, number: str):
    assert client.get(f"/en/checkout/addresses/{number}").status_code == 404


def test_a_stale_form_keeps_everything_that_was_typed(client: FlaskClient, member: Account):
    answer = fill_in_address(client, form_token="0.ffff")
    assert answer.status_code == 422 and "Zhang San" in answer.text and book(member) == []


def test_guests_are_led_to_sign_in(client: FlaskClient):
    for path in ("/en/checkout", "/en/checkout/addresses", "/en/checkout/addresses/new", "/en/orders"):
        assert "/en/login?next=" in client.get(path).headers["Location"]

"""The page of one's company: kept sealed, changed, emptied, refused at its field. Clause 1.1.1c."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts.models import Account
from app.companies.declaring import company_of
from app.companies.models import Company
from app.foundation.database import db
from app.foundation.personal_data import Purpose, PurposeRefused, masked, purpose
from app.privacy.my_data import held_about
from tests.accounts.builders import an_account, signed_in
from tests.checkout.pages import hidden_fields
from tests.companies.builders import CODE, NAME, a_code, with_company

PAGE = "/en/account/company"


@pytest.fixture
def buyer(client: FlaskClient) -> Account:
    account = an_account()
    signed_in(client, account)
    return account


def send(client: FlaskClient, name: str, code: str, lang: str = "en") -> Any:
    page = PAGE.replace("/en/", f"/{lang}/")
    return client.post(page, data={**hidden_fields(client.get(page).text, page), "name": name, "code": code})


@pytest.mark.clause("1.1.1c")
def test_a_company_is_kept_sealed_changed_and_emptied_again(client: FlaskClient, buyer: Account):
    assert send(client, NAME, CODE.lower()).status_code == 303
    stored = db.session.execute(text("SELECT name, code FROM companies")).one()
    assert NAME.encode() not in stored[0] and CODE.encode() not in stored[1]
    assert NAME in client.get(PAGE).text and CODE in client.get(PAGE).text
    assert send(client, "另一家示例有限公司", a_code(7)).status_code == 303
    assert len(db.session.scalars(select(Company)).all()) == 1
    gone = client.post(f"{PAGE}/removal", data=hidden_fields(client.get(PAGE).text, f"{PAGE}/removal"))
    assert gone.headers["Location"].endswith("done=company_removed")
    assert company_of(db.session(), buyer.id) is None and "另一家" not in client.get(PAGE).text


@pytest.mark.parametrize(
    ("name", "code", "field"),
    [
        ("", CODE, "name"),
        ("公司", CODE, "name"),
        ("长" * 101, CODE, "name"),
        (NAME, "", "code"),
        (NAME, CODE[:-1] + "M", "code"),
        (NAME, "9" * 4000, "code"),
        (NAME + "\x00", CODE, "name"),
    ],
)
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_wrong_field_is_refused_and_what_was_typed_stays(
    client: FlaskClient, buyer: Account, name: str, code: str, field: str, lang: str
):
    answer = send(client, name, code, lang)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert company_of(db.session(), buyer.id) is None
    assert "上海示例云算力(集团)有限公司" in answer.text or not name.startswith(NAME)


@pytest.mark.clause("1.1.1c")
def test_nobody_else_sees_or_empties_it(app: Flask, client: FlaskClient, buyer: Account):
    with_company(an_account())
    assert NAME not in client.get(PAGE).text
    client.post(f"{PAGE}/removal", data=hidden_fields(client.get(PAGE).text, PAGE))
    assert len(db.session.scalars(select(Company)).all()) == 1
    assert "/login" in app.test_client().get(PAGE).headers["Location"]


def test_a_stale_button_deletes_nothing(client: FlaskClient, buyer: Account):
    with_company(buyer)
    assert "done=stale" in client.post(f"{PAGE}/removal").headers["Location"]
    assert company_of(db.session(), buyer.id)


@pytest.mark.clause("1.1.1c")
def test_it_serves_its_purpose_alone_and_stands_among_my_data(app: Flask):
    account = with_company(an_account())
    company = company_of(db.session(), account.id)
    assert company and masked(company, "name") == "上********"
    with purpose(Purpose.PROMOTION), pytest.raises(PurposeRefused):
        assert company.name
    held = {field.name: field.values for field in held_about(db.session(), account.subject_id)}
    assert held["companies.name"] == (NAME,) and held["companies.code"] == (CODE,)


def test_the_account_leads_to_it(client: FlaskClient, buyer: Account):
    assert PAGE in client.get("/en/account").text

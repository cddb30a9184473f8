"""Everybody sees and can take along all that is held about them, and nobody else's. Clauses P.5, 1.1.2e, 5.1.3b."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.accounts.models import Account
from app.backoffice.unmasking import Reader, unmask
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.outbound import Ground, Share, disclose
from app.foundation.personal_data import REGISTER, Kind, Purpose
from app.foundation.web_session import LoginSession
from app.orders.lifecycle import Actor
from app.payments.vouchers import add_voucher
from app.privacy.my_data import held_about, models_with_fields
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.accounts.test_profile import a_picture
from tests.checkout.builders import an_address, an_order
from tests.privacy.canaries import a_person_full_of_canaries, marker_of


@pytest.fixture
def alice(app):
    """A member with an address, among others who have one too."""
    an_address(an_account(), consignee="Charlie")
    account = an_account()
    an_address(account, consignee="Alice Wang")
    return account


@pytest.mark.clause("P.5")
def test_the_page_shows_every_field_that_holds_something_and_nothing_of_others(client, alice):
    page = signed_in(client, alice).get("/en/privacy/data").text
    assert {found.name for found in held_about(db.session(), alice.subject_id)} == {
        "accounts.name", "accounts.phone", "addresses.consignee"
    }  # fmt: skip
    assert "Alice Wang" in page and "Charlie" not in page
    assert all(f"<code>{name}</code>" in page for name in ("accounts.name", "accounts.phone", "addresses.consignee"))


def copy_of(client):
    """The files of the copy by their names."""
    answer = client.get("/en/privacy/data/copy", buffered=True)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.clause("P.5")
def test_the_copy_holds_each_field_of_the_register_with_its_reason(client, alice):
    files = copy_of(signed_in(client, alice))
    reasons = json.loads(files["register.json"])
    assert {name: field["why"] for name, field in reasons.items()} == {
        f"{field.table}.{field.name}": field.why for field in REGISTER
    }
    (address,) = json.loads(files["addresses.json"])
    assert address["consignee"]["consignee"] == "Alice Wang"
    assert "Alice Wang" in files["addresses.csv"].decode("utf-8-sig")
    assert "login_sessions.json" in files and b"Charlie" not in b"".join(files.values())


@pytest.mark.clause("P.5")
def test_whatever_the_register_holds_about_a_person_is_in_page_and_copy(client):
    """A value in every field of every table that the person has rows in, secrets excepted, which are named."""
    files = copy_of(signed_in(client, a_person_full_of_canaries()))
    page = client.get("/en/privacy/data").text
    for model in models_with_fields():
        rows = json.loads(files[f"{model.__tablename__}.json"])
        for field in model._personal:
            assert f"<code>{field.table}.{field.name}</code>" in page, field.name
            told = rows[0][field.name]
            secret = field.kind is Kind.SECRET
            assert (told == "(secret)") if secret else marker_of(field) in json.dumps(told, ensure_ascii=False)


def test_no_cell_of_the_copy_is_a_formula_and_no_secret_is_in_it(client, alice):
    an_address(alice, consignee="=HYPERLINK(1)")
    files = copy_of(signed_in(client, alice))
    assert b"argon2" not in b"".join(files.values())
    rows = csv.reader(io.StringIO(files["addresses.csv"].decode("utf-8-sig")))
    assert not any(cell.startswith(("=", "@")) for row in rows for cell in row)


@pytest.mark.clause("P.5")
def test_the_copy_holds_files_and_what_was_ordered(client):
    order = an_order()
    account = db.session.get(Account, order.account_id)
    add_voucher(order, a_picture(), Actor("buyer", account.audit_ref), now())
    files = copy_of(signed_in(client, account))
    assert [name for name in files if name.startswith("files/")]
    assert json.loads(files["order_lines.json"])[0]["quantity"] == 1


@pytest.mark.clause("P.5", "4.1.3b")
def test_the_page_says_who_got_something_and_who_looked(client, alice):
    order = an_order(account=alice)
    disclose(Share("sms", Ground.CORE, Purpose.SERVICE, {"number": "1"}, subject=alice.audit_ref, about=order.number))
    reader = Reader(a_staff_member().audit_ref, now())
    unmask(order, reader, "delivery", now(), subject=alice.audit_ref)
    page = signed_in(client, alice).get("/en/privacy/data").text
    assert '<td data-label="Fields">mobile number</td>' in page, "in words, not by the name of the field"
    assert "Aliyun SMS service" in page and "A consignee, whole" in page and "The carrier cannot deliver" in page
    other = signed_in(client, an_account()).get("/en/privacy/data").text
    assert "A consignee, whole" not in other


def queries_of(client, path):
    asked = []
    note = lambda *call: asked.append(call[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_the_queries_of_the_page_do_not_grow_with_what_is_held(client, alice):
    signed_in(client, alice)
    client.get("/en/privacy/data")
    few = queries_of(client, "/en/privacy/data")
    for number in range(15):
        an_address(alice, consignee=f"Alice {number}")
    assert queries_of(client, "/en/privacy/data") == few


@pytest.mark.clause("P.5")
def test_taking_a_copy_is_on_the_ledger(client, alice):
    copy_of(signed_in(client, alice))
    (entry,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "data.copied"))
    assert (entry.actor, entry.subject) == (alice.audit_ref, alice.audit_ref)


def test_a_guest_is_told_that_nothing_is_held_and_gets_no_copy(client):
    page = client.get("/en/privacy/data")
    assert page.status_code == 200 and "You are not signed in" in page.text
    assert client.get("/en/privacy/data/copy").status_code == 302


def test_a_browser_that_stayed_signed_in_must_prove_the_person_before_it_gets_a_copy(client, alice):
    signed_in(client, alice)
    with transaction() as session:
        session.scalars(select(LoginSession)).one().proven_at = now() - timedelta(hours=3)
    answer = client.get("/en/privacy/data/copy")
    assert answer.status_code == 303 and answer.location.endswith("/en/privacy/data?done=prove-first")
    assert "Get a copy" not in client.get("/en/privacy/data").text
    assert db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "data.copied")).all() == []

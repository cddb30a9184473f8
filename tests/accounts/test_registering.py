"""Registering: exactly a name, a password, a number and its code; nothing tells who has an account. 1.1.1a-b, P.2."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import event, func, select, text

from app.accounts import passwords
from app.accounts.codes import SmsCode
from app.accounts.models import Account
from app.accounts.registering import PendingRegistration
from app.accounts.signing_in import _hooks, on_sign_in
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.privacy.acceptance import PolicyAcceptance
from app.privacy.keeping import enforce
from app.privacy.policy import current_policy
from tests.accounts.builders import a_number, an_account, signed_in
from tests.accounts.visiting import errors_in, form_of, register, send, without_secrets
from tests.notifications.builders import code_sent_to, sms_texts_to

NUMBER = "+8613812345678"
GOOD = {"name": "newcomer", "password": "grey ferry lamp", "mobile": NUMBER, "agreed": True}


def how_many_accounts() -> int:
    return db.session.scalar(select(func.count(Account.id))) or 0


def the_account() -> Account:
    return db.session.scalars(select(Account)).one()


@pytest.mark.clause("1.1.1a")
def test_name_password_number_and_code_are_enough(client):
    answer = register(client, NUMBER, name="王小明")
    assert answer.status_code == 303
    assert answer.location == "/en/account?done=registered"
    with purpose(Purpose.SERVICE):
        assert (the_account().name, the_account().phone, the_account().role) == ("王小明", NUMBER, "buyer")
    assert "王小明" in client.get("/en/account").text


@pytest.mark.clause("1.1.1a")
@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ("name", "Please choose an account name."),
        ("password", "Please choose a password."),
        ("mobile", "Please enter your mobile number."),
        ("code", "Please enter the code from the SMS."),
    ],
)
def test_each_missing_field_is_named(client, missing, error):
    given = {**GOOD, "code": "123456", missing: ""}
    answer = send(client, "/en/register", **given)
    assert answer.status_code == 422
    assert errors_in(answer) == [error]
    assert how_many_accounts() == 0


@pytest.mark.clause("P.2")
def test_the_box_is_never_ticked_by_itself_and_without_it_nothing_is_stored(client):
    page = client.get("/en/register")
    assert "agreed" not in dict(form_of(page, "register").fields)
    asked = send(client, "/en/register", page, **{**GOOD, "agreed": ""}, send="code")
    form = form_of(asked, "register")
    values = [pair for pair in form.filled(code=code_sent_to(NUMBER)) if pair[0] != "agreed"]
    answer = client.post("/en/register", data=dict(values))
    assert errors_in(answer) == ["Please read these texts and agree to them."]
    assert how_many_accounts() == 0
    assert db.session.scalars(select(PolicyAcceptance)).all() == []


@pytest.mark.clause("P.2")
@pytest.mark.parametrize("document", ["policy", "agreement", "rules"])
def test_agreeing_leaves_one_row_of_evidence_with_the_digest_of_the_text_that_was_served(client, document):
    register(client, NUMBER)
    row = db.session.scalars(select(PolicyAcceptance).where(PolicyAcceptance.document == document)).one()
    ledger = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == f"{document}.accepted")).one()
    policy = current_policy(today(), document)
    assert (row.account_ref, row.version, row.lang) == (the_account().audit_ref, policy.version, "en")
    assert row.text_hash == policy.hash("en") == ledger.facts["text_hash"]


@pytest.mark.clause("P.2")
def test_a_version_that_was_not_shown_cannot_be_agreed_to(client):
    asked = send(client, "/en/register", **GOOD, send="code")
    data = {**dict(form_of(asked, "register").filled(code=code_sent_to(NUMBER))), "versions": "0 1 1"}
    answer = client.post("/en/register", data=data)
    assert errors_in(answer) == [
        "What you agree to has changed since this page was opened. Please read it and agree again."
    ]
    assert "agreed" not in dict(form_of(answer, "register").fields)
    assert how_many_accounts() == 0


def test_what_was_typed_stays_when_the_code_is_asked_for(client):
    asked = send(client, "/en/register", **GOOD, send="code")
    fields = dict(form_of(asked, "register").fields)
    assert (fields["name"], fields["mobile"], fields["agreed"]) == ("newcomer", NUMBER, "y")
    assert "Your password is kept" in asked.text
    assert "grey ferry lamp" not in asked.text
    assert send(client, "/en/register", asked, code=code_sent_to(NUMBER)).status_code == 303
    assert passwords.is_password_of(the_account().password_hash, "grey ferry lamp")


def test_the_code_may_be_asked_for_before_anything_else_was_typed(client):
    asked = send(client, "/en/register", mobile="138 1234 5678", send="code")
    assert errors_in(asked) == []
    answer = send(client, "/en/register", asked, **{**GOOD, "mobile": "138 1234 5678"}, code=code_sent_to(NUMBER))
    assert answer.status_code == 303


def test_a_password_typed_later_replaces_the_kept_one(client):
    asked = send(client, "/en/register", **GOOD, send="code")
    send(client, "/en/register", asked, code=code_sent_to(NUMBER), password="quiet marble stairs")
    assert passwords.is_password_of(the_account().password_hash, "quiet marble stairs")


@pytest.mark.clause("1.1.1b")
def test_a_known_number_gets_a_notice_by_sms_and_the_very_same_answers(app):
    an_account(phone=NUMBER)
    unknown = a_number()
    pages = {}
    for number in (NUMBER, unknown):
        visitor = app.test_client()
        asked = send(visitor, "/en/register", **{**GOOD, "mobile": number}, send="code")
        tried = send(visitor, "/en/register", asked, code="000000")
        pages[number] = [
            (
                each.status,
                sorted(each.headers.keys()),
                without_secrets(each.text).replace(number, "").replace(f"{number[3:6]}****{number[-4:]}", ""),
            )
            for each in (asked, tried)
        ]
    assert pages[NUMBER] == pages[unknown]
    assert [code for code, _ in sms_texts_to(NUMBER)] == ["known.register"]
    assert [code for code, _ in sms_texts_to(unknown)] == ["code.register"]


@pytest.mark.clause("1.1.1b")
def test_a_known_number_costs_the_same_work(app, monkeypatch):
    an_account(phone=NUMBER)
    hashes = []
    hash_of = passwords._HASHER.hash
    monkeypatch.setattr(type(passwords._HASHER), "hash", lambda self, *a: hashes.append(1) or hash_of(*a))
    work = {}
    for number in (NUMBER, a_number()):
        visitor = app.test_client()
        page = visitor.get("/en/register")
        statements, keys = [], []
        hashes.clear()
        with counted(db.engine, statements), counted(data_keys().engine, keys):
            asked = send(visitor, "/en/register", page, **{**GOOD, "mobile": number}, send="code")
            send(visitor, "/en/register", asked, code="000000")
        work[number] = (statements, keys, len(hashes))
    first, second = work.values()
    assert first == second
    assert len(first[0]) > 10 and first[2] >= 1


class counted:  # noqa: N801 - reads as a phrase
    """Collect the statements an engine runs, without their values."""

    def __init__(self, engine, into):
        self.engine, self.into = engine, into

    def __enter__(self):
        event.listen(self.engine, "before_cursor_execute", self._note)

    def __exit__(self, *_):
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement, *_):
        self.into.append(statement)


def test_a_taken_name_is_said_only_after_the_code_was_given(client):
    an_account(name="newcomer")
    asked = send(client, "/en/register", **GOOD, send="code")
    wrong = send(client, "/en/register", asked, code="000000")
    assert errors_in(wrong) == ["This code is wrong or no longer valid. Please check it, or ask for a new one."]
    proven = send(client, "/en/register", wrong, code=code_sent_to(NUMBER))
    assert errors_in(proven) == ["This account name is taken. Please choose another."]
    assert "This number is verified" in proven.text
    answer = send(client, "/en/register", proven, name="another")
    assert answer.status_code == 303


def test_a_proven_number_does_not_open_the_list_of_names(client):
    an_account(name="newcomer")
    page = register(client, NUMBER)
    for _ in range(9):
        page = send(client, "/en/register", page)
        assert errors_in(page) == ["This account name is taken. Please choose another."]
    assert errors_in(send(client, "/en/register", page, code="")) == ["Please enter the code from the SMS."]


def test_a_proof_is_of_its_number_only(client):
    an_account(name="newcomer")
    proven = register(client, NUMBER)
    other = a_number()
    answer = client.post(
        "/en/register", data={**dict(form_of(proven, "register").fields), "mobile": other, "name": "thief"}
    )
    assert errors_in(answer) == ["Please enter the code from the SMS."]
    assert how_many_accounts() == 1


@pytest.mark.parametrize("token", ["", "x", "1.2", "ff.é", "9" * 60, "-1." + "0" * 32, "\u0661.a"])
def test_a_forged_registration_token_is_nothing(client, token):
    page = client.get("/en/register")
    data = {**dict(form_of(page, "register").filled(name="a1", mobile=NUMBER)), "pending": token, "code": "123456"}
    assert client.post("/en/register", data=data).status_code == 422


@pytest.mark.parametrize("shared", ["number", "name"])
def test_parallel_registrations_with_one_number_or_name_make_one_account(app, shared):
    numbers = [NUMBER] * 4 if shared == "number" else [a_number() for _ in range(4)]
    visitors = []
    for serial, number in enumerate(numbers):
        visitor, name = app.test_client(), "same" if shared == "name" else f"racer{serial}"
        asked = None
        if not sms_texts_to(number):
            asked = send(visitor, "/en/register", name=name, mobile=number, send="code")
        form = form_of(asked or visitor.get("/en/register"), "register")
        values = {"name": name, "password": "grey ferry lamp", "mobile": number, "code": code_sent_to(number)}
        visitors.append((visitor, dict(form.filled(**values, agreed="y"))))
    gate, statuses = Barrier(4), []

    def go(visitor, data):
        gate.wait()
        statuses.append(visitor.post("/en/register", data=data).status_code)

    racers = [Thread(target=go, args=pair) for pair in visitors]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(statuses) == [303, 422, 422, 422]
    assert how_many_accounts() == 1


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"name": "x"}, "Use 2 to 30 letters"),
        ({"name": "a" * 31}, "At most 30 characters"),
        ({"name": "小明😀"}, "Use 2 to 30 letters"),
        ({"name": "a\x07b"}, "Use 2 to 30 letters"),
        ({"name": "a b"}, "Use 2 to 30 letters"),
        ({"name": "13812345678"}, "Use 2 to 30 letters"),
        ({"name": "admin\u202egnp"}, "Use 2 to 30 letters"),
        ({"mobile": "021-5555 5555"}, "not a mobile number"),
        ({"mobile": "+1 202 555 0100"}, "not a mobile number"),
        ({"mobile": "1381234567"}, "not a mobile number"),
        ({"mobile": "1" * 400}, "At most 24 characters"),
        ({"mobile": "１３８x２３４５６７８"}, "not a mobile number"),
        ({"mobile": "📱13812345678"}, "not a mobile number"),
        ({"code": "12345"}, "The code has 6 digits."),
        ({"code": "½23456"}, "The code has 6 digits."),
        ({"password": "short"}, "Please use at least 10 characters."),
        ({"password": "grey ferry lamp" * 20}, "At most 256 characters"),
        ({"password": "antminer-s21-2026"}, "easily guessed"),
        ({"password": "1234567890"}, "list of common ones"),
        ({"password": "13812345678"}, "easily guessed"),
        ({"password": "newcomer2026"}, "easily guessed"),
    ],
)
def test_bad_input_gets_a_clear_error_and_stays_in_the_page(client, typed, error):
    answer = send(client, "/en/register", **{**GOOD, "code": "123456", **typed})
    assert answer.status_code == 422
    assert any(error in said for said in errors_in(answer)), errors_in(answer)
    fields = dict(form_of(answer, "register").fields)
    assert fields["name"] and fields["mobile"] and fields["agreed"] == "y"
    assert how_many_accounts() == 0


@pytest.mark.parametrize(
    "mobile", ["13812345678", "１３８１２３４５６７８", "+86 138-1234-5678", "0086 13812345678", "86 13812345678"]
)
def test_a_number_may_be_typed_as_people_write_it(client, mobile):
    send(client, "/en/register", mobile=mobile, send="code")
    assert code_sent_to(NUMBER)


def test_repeated_and_unknown_fields_do_no_harm(client):
    form = form_of(client.get("/en/register"), "register")
    data = {**dict(form.fields), "name": ["one", "two"], "mobile": [NUMBER, "x"], "role": "manager", "state": "closed"}
    assert client.post("/en/register", data={**data, "send": "code"}).status_code == 200


def test_a_stale_form_keeps_what_was_typed(client, clock):
    page = client.get("/en/register")
    clock.travel(hours=13)
    answer = send(client, "/en/register", page, **GOOD, send="code")
    assert answer.status_code == 422
    assert "open for too long" in answer.text
    assert 'value="newcomer"' in answer.text
    assert sms_texts_to(NUMBER) == []


def test_a_role_cannot_be_sent_along(client):
    asked = send(client, "/en/register", **GOOD, send="code")
    data = {**dict(form_of(asked, "register").filled(code=code_sent_to(NUMBER))), "role": "manager"}
    client.post("/en/register", data=data)
    assert the_account().role == "buyer"


def test_after_registering_one_goes_on_to_where_one_wanted_to(client):
    assert register(client, NUMBER, query="?next=/en/checkout").location == "/en/checkout?done=registered"


def test_after_registering_nobody_is_led_to_another_site(client):
    assert register(client, NUMBER, query="?next=https://evil.example/en/").location == "/en/account?done=registered"


def test_hooks_are_told_of_the_sign_in_and_their_notices_are_shown(client):
    seen = []
    hook = on_sign_in(lambda account: seen.append(account.id) or ["merged"])
    try:
        answer = register(client, NUMBER)
    finally:
        _hooks.remove(hook)
    assert seen == [the_account().id]
    assert answer.location.endswith("?done=registered&done=merged")


def test_who_is_signed_in_has_no_need_to_register(app, client):
    assert signed_in(client, an_account()).get("/en/register").status_code == 303


@pytest.mark.clause("5.1.1c")
def test_no_table_holds_a_plain_name_number_password_or_code(client):
    asked = send(client, "/en/register", **{**GOOD, "name": "canaryname"}, send="code")
    code = code_sent_to(NUMBER)
    send(client, "/en/register", asked, code=code)
    for table in db.metadata.sorted_tables:
        rows = db.session.execute(text(f'SELECT * FROM "{table.name}"')).mappings().all()
        for secret in ("canaryname", "13812345678", "grey ferry", f"'{code}'"):
            assert secret not in repr([dict(row) for row in rows]), (table.name, secret)


@pytest.mark.clause("1.1.1b")
def test_no_answer_shows_the_code(client):
    asked = send(client, "/en/register", **GOOD, send="code")
    assert code_sent_to(NUMBER) not in without_secrets(asked.text)


def test_what_was_not_finished_goes_with_its_key(client, clock):
    send(client, "/en/register", **GOOD, send="code")
    subject_id = db.session.scalars(select(PendingRegistration.subject_id)).one()
    clock.travel(minutes=61)
    enforce(now(), "registrations")
    assert db.session.scalar(select(func.count(PendingRegistration.id))) == 0
    assert data_keys().load([subject_id]) == {}
    assert db.session.scalars(select(SmsCode)).all()

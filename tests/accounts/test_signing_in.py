"""Signing in and out: name or number, limits, new devices, trusted devices, sessions that end. Clauses 2.4, 3.1.1d."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from app.accounts import passwords
from app.accounts.devices import TrustedDevice
from app.accounts.events import SecurityEvent
from app.accounts.models import CLOSED, FROZEN, Account
from app.accounts.signing_in import account_of_password
from app.accounts.trying import TooManyTries
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.forms import make_token
from app.foundation.ways import own_path
from app.foundation.web_session import LoginSession
from app.notifications.models import OutboxMessage
from tests.accounts.builders import PASSWORD, a_number, an_account, signed_in
from tests.accounts.test_registering import counted
from tests.accounts.visiting import errors_in, register, send, without_secrets
from tests.notifications.builders import sms_texts_to

NUMBER = "+8613812345678"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"}
CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"}
WRONG = ["Account name or password is wrong."]


def sign_in(client, name, password=PASSWORD, query="", **more):
    return send(client, f"/en/login{query}", name=name, password=password, **more)


def is_signed_in(client) -> bool:
    return client.get("/en/account").status_code == 200


@pytest.mark.parametrize(
    "identifier", ["Wang", "wang", " WANG ", "13812345678", "+86 138-1234-5678", "１３８１２３４５６７８"]
)
def test_name_or_number_and_password_open_the_account(app, client, identifier):
    an_account(name="Wang", phone=NUMBER)
    answer = sign_in(client, identifier)
    assert (answer.status_code, answer.location) == (303, "/en/account")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("name", "password"), [("wang", "wrong password"), ("nobody", PASSWORD), ("13900000000", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_look_alike(app, client, name, password):
    an_account(name="wang")
    answer = sign_in(client, name, password)
    assert answer.status_code == 422
    assert errors_in(answer) == WRONG
    assert not is_signed_in(client)


def test_known_and_unknown_names_get_the_same_bytes_for_the_same_work(app, monkeypatch):
    an_account(name="wang")
    hashes, verify = [], passwords._HASHER.verify
    monkeypatch.setattr(type(passwords._HASHER), "verify", lambda self, *a: hashes.append(1) or verify(*a))
    passwords._nobodys_hash()
    seen = {}
    for name in ("wang", "ghost"):
        visitor = app.test_client()
        page = visitor.get("/en/login")
        statements, keys = [], []
        hashes.clear()
        with counted(db.engine, statements), counted(data_keys().engine, keys):
            answer = send(visitor, "/en/login", page, name=name, password="wrong password")
        seen[name] = (without_secrets(answer.text).replace(name, ""), statements, keys, len(hashes))
    assert seen["wang"] == seen["ghost"]
    assert seen["ghost"][3] == 1


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"name": ""}, "Please enter your account name or mobile number."),
        ({"password": ""}, "Please enter your password."),
        ({"name": "x" * 5000}, "At most 60 characters, please."),
        ({"name": "a\x00b"}, "Please remove the characters that cannot be shown."),
        ({"name": "😀"}, WRONG[0]),
        ({"password": "p" * 5000}, "At most 256 characters, please."),
    ],
)
def test_bad_input_gets_a_clear_error_and_the_name_stays(client, typed, error):
    answer = send(client, "/en/login", **{"name": "wang", "password": "whatever it is", **typed})
    assert answer.status_code == 422
    assert errors_in(answer) == [error]


@pytest.mark.clause("2.4")
def test_ten_wrong_passwords_close_the_door_for_a_while_for_known_and_unknown_alike(app, client, clock):
    an_account(name="wang")
    answers = {}
    for name in ("wang", "ghost"):
        said = [errors_in(sign_in(client, name, "wrong password")) for _ in range(11)]
        answers[name] = said
    assert answers["wang"] == answers["ghost"]
    assert answers["wang"][:10] == [WRONG] * 10
    assert "Too many tries" in answers["wang"][10][0]
    assert sign_in(client, "wang").status_code == 429
    clock.travel(minutes=16)
    assert sign_in(client, "wang").status_code == 303


@pytest.mark.clause("2.4")
def test_one_address_cannot_go_through_many_names(app, client, clock):
    clock.freeze(datetime(2026, 11, 23, 3, 5, tzinfo=UTC))  # the key of addresses changes every quarter of an hour
    statuses = [sign_in(client, f"name{serial}", "wrong password").status_code for serial in range(41)]
    assert statuses == [422] * 40 + [429]


@pytest.mark.clause("2.4")
def test_parallel_tries_do_not_pass_the_limit(app, monkeypatch):
    an_account(name="wang")
    monkeypatch.setattr("app.accounts.signing_in.is_password_of", lambda *_: False)
    gate, outcomes = Barrier(14), []

    def go():
        with app.app_context():
            gate.wait()
            try:
                account_of_password("wang", "wrong password", address_key="x")
            except Exception as refusal:
                outcomes.append(type(refusal))

    racers = [Thread(target=go) for _ in range(14)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert outcomes.count(TooManyTries) == 4 and len(outcomes) == 14


def test_a_success_wipes_the_slate(app, client):
    an_account(name="wang")
    for _ in range(9):
        sign_in(client, "wang", "wrong password")
    assert sign_in(app.test_client(), "wang").status_code == 303
    assert errors_in(sign_in(client, "wang", "wrong password")) == WRONG


@pytest.mark.parametrize(("state", "error"), [(FROZEN, "This account is frozen."), (CLOSED, WRONG[0])])
def test_frozen_and_closed_accounts_stay_shut(app, client, state, error):
    account = an_account(name="wang")
    signed_in(client, account)
    with transaction() as session:
        session.get_one(Account, account.id).state = state
    assert not is_signed_in(client)
    assert error in errors_in(sign_in(client, "wang"))[0]
    assert errors_in(sign_in(client, "wang", "wrong password")) == WRONG


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/en/", "//evil.example/en/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/en/../../x\r\nSet-Cookie: a=b", " //evil.example", "http:evil.example", "/zz/page", "///evil.example", "/",
        "x", "/en/" + "a" * 2000, "https:///en/x", "/en/\u2028",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(app, client, asked):
    assert own_path(asked, "/home") == "/home"
    an_account(name="wang")
    answer = client.get("/en/login", query_string={"next": asked})
    assert send(client, "/en/login", answer, name="wang", password=PASSWORD).location == "/en/account"


@pytest.mark.parametrize("asked", ["/en/checkout", "/zh-cn/orders?tab=paid&page=2", "/en/desk"])
def test_signing_in_leads_back_to_the_page_that_was_asked_for(app, client, asked):
    an_account(name="wang")
    page = client.get("/en/login", query_string={"next": asked})
    assert send(client, "/en/login", page, name="wang", password=PASSWORD).location == asked


def test_a_page_for_members_leads_guests_to_sign_in_and_back(app, client):
    answer = client.get("/en/messages?page=2")
    assert answer.location == "/en/login?next=/en/messages?page%3D2"


@pytest.mark.clause("3.1.1d")
def test_a_value_planted_before_signing_in_is_dead_after_it(app, client):
    account = an_account(name="wang")
    planted = signed_in(app.test_client(), an_account()).get_cookie("sid").value
    client.set_cookie("sid", planted)
    client.get("/en/account")
    begin = db.session.scalars(select(LoginSession)).one()
    token = make_token_for(client, "SignInForm")
    client.post("/en/login", data={"name": "wang", "password": PASSWORD, "form_token": token})
    after = client.get_cookie("sid").value
    stranger = app.test_client()
    stranger.set_cookie("sid", planted)
    assert after != planted
    assert not is_signed_in(stranger)
    assert db.session.get_one(LoginSession, begin.id, populate_existing=True).revoked_at
    assert account.id != begin.account_id


def make_token_for(client, form_name: str) -> str:
    """The token that a form of this name gets on this browser's pages."""
    with client.application.test_request_context(headers={"Cookie": f"sid={client.get_cookie('sid').value}"}):
        return make_token(form_name)


@pytest.mark.clause("3.1.1d")
def test_signing_out_kills_the_session_on_the_server(app, client):
    an_account(name="wang")
    sign_in(client, "wang")
    value = client.get_cookie("sid").value
    answer = send(client, "/en/logout", client.get("/en/account"))
    assert answer.location == "/en/login?done=signed_out"
    client.set_cookie("sid", value)
    assert not is_signed_in(client)


def test_signing_out_needs_the_button(app, client):
    signed_in(client, an_account())
    assert client.post("/en/logout").status_code == 400
    assert client.get("/en/logout").status_code == 405
    assert is_signed_in(client)


@pytest.mark.clause("2.4")
@pytest.mark.clause("3.1.1d")
def test_every_sign_in_from_a_browser_that_is_not_trusted_raises_an_alert_on_both_channels(app):
    account = an_account(name="wang", phone=NUMBER, language="en")
    for number, headers in enumerate((FIREFOX, FIREFOX, CHROME), 1):
        visitor = app.test_client()
        data = dict(page_fields(visitor.get("/en/login"), name="wang", password=PASSWORD))
        assert visitor.post("/en/login", data=data, headers=headers).status_code == 303
        assert alerts_to(account) == {"site": number, "sms": number}
    assert [values["browser"] for _, values in sms_texts_to(NUMBER)] == ["Firefox, Linux"] * 2 + ["Chrome, Windows"]


@pytest.mark.clause("2.4")
def test_a_trusted_browser_raises_no_alert_and_another_accounts_trust_does_not_help(app, client):
    own, other = an_account(name="wang"), an_account(name="li")
    sign_in(client, "wang", trust=True)
    send(client, "/en/logout", client.get("/en/account"))
    assert sign_in(client, "wang").status_code == 303 and alerts_to(own) == {"site": 1, "sms": 1}
    send(client, "/en/logout", client.get("/en/account"))
    assert sign_in(client, "li").status_code == 303 and alerts_to(other) == {"site": 1, "sms": 1}


@pytest.mark.clause("3.1.2c")
@pytest.mark.parametrize("how", ["our button", "the browser's own menu", "a value that is not ours"])
def test_after_its_cookies_are_gone_a_trusted_browser_is_a_new_device_and_its_owner_is_told(app, client, how):
    account = an_account(name="wang")
    sign_in(client, "wang", trust=True)
    if how == "our button":
        answer = send(client, "/en/privacy/choices/deletion", client.get("/en/privacy/choices"))
        assert answer.status_code == 303
    else:
        client.delete_cookie("device")
        client.delete_cookie("sid")
    if how == "a value that is not ours":
        client.set_cookie("device", "A" * 43)
    elif how == "our button":
        assert client.get_cookie("device") is None and client.get_cookie("sid") is None
    assert not is_signed_in(client) and alerts_to(account) == {"site": 1, "sms": 1}
    assert sign_in(client, "wang").status_code == 303
    assert alerts_to(account) == {"site": 2, "sms": 2}


def test_the_browser_in_which_an_account_was_just_opened_raises_no_alert(app, client):
    assert register(client, NUMBER).status_code == 303 and is_signed_in(client)
    assert alerts_to(db.session.scalars(select(Account)).one()) == {}


def alerts_to(account: Account) -> dict[str, int]:
    """How often the owner was told of a new device, by channel."""
    mine = (OutboxMessage.code == "account.new_device", OutboxMessage.account_id == account.id)
    rows = db.session.execute(select(OutboxMessage.channel, func.count()).where(*mine).group_by(OutboxMessage.channel))
    return {channel: number for channel, number in rows}


@pytest.mark.clause("1.1.2a")
def test_of_the_browser_only_its_family_is_kept(app, client):
    account = an_account(name="wang")
    data = dict(page_fields(client.get("/en/login"), name="wang", password=PASSWORD))
    client.post("/en/login", data=data, headers={"User-Agent": "CanaryBrowser/1.0 (CanaryOS)"})
    event = db.session.scalars(select(SecurityEvent).where(SecurityEvent.account_id == account.id)).one()
    assert event.browser == "other, other"


@pytest.mark.clause("1.2.1(3)")
@pytest.mark.parametrize(("language", "country"), [("en", "China"), ("zh-cn", "中国")])
def test_a_sign_in_is_listed_with_its_country_and_never_with_its_address(app, client, language, country):
    account = an_account(name="wang")
    client.environ_base["REMOTE_ADDR"] = "114.114.114.114"
    sign_in(client, "wang")
    page = client.get(f"/{language}/account/devices").text
    rows = [*db.session.scalars(select(LoginSession)), *db.session.scalars(select(SecurityEvent))]
    assert (page.count(f"<td>{country}</td>"), "114.114" in page) == (2, False)
    assert [(row.account_id, row.place) for row in rows] == [(account.id, "CN")] * 2


@pytest.mark.clause("1.2.1(3)")
def test_a_sign_in_from_an_address_of_nowhere_has_no_place(app, client):
    an_account(name="wang")
    client.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    sign_in(client, "wang")
    assert db.session.scalars(select(LoginSession.place)).all() == [""]
    assert client.get("/en/account/devices").status_code == 200


@pytest.mark.clause("3.1.1d")
def test_staying_signed_in_is_asked_for_and_gives_thirty_days(app, clock):
    an_account(name="wang")
    brief, lasting = app.test_client(), app.test_client()
    sign_in(brief, "wang")
    sign_in(lasting, "wang", trust=True)
    assert (brief.get_cookie("device"), bool(lasting.get_cookie("device"))) == (None, True)
    clock.travel(days=29)
    assert (is_signed_in(brief), is_signed_in(lasting)) == (False, True)
    clock.travel(days=2)
    assert not is_signed_in(lasting)


@pytest.mark.clause("3.1.1d")
def test_the_store_keeps_no_value_of_a_device_cookie(app, client):
    an_account(name="wang")
    sign_in(client, "wang", trust=True)
    row = db.session.scalars(select(TrustedDevice)).one()
    assert client.get_cookie("device").value not in repr(vars(row))


def page_fields(page, **typed):
    from tests.accounts.visiting import form_of

    return form_of(page, "/login").filled(**typed)


def test_a_hash_made_with_old_costs_is_made_anew(app, client):
    from argon2 import PasswordHasher

    account = an_account(name="wang", phone=a_number())
    with transaction() as session:
        session.get_one(Account, account.id).password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(
            PASSWORD
        )
    assert sign_in(client, "wang").status_code == 303
    db.session.expire_all()
    renewed = db.session.get_one(Account, account.id).password_hash
    assert "m=47104,t=1,p=1" in renewed
    assert sign_in(app.test_client(), "wang").status_code == 303

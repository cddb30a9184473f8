"""Changing password, number and devices; a forgotten password; a leak. Clauses 3.1.1d, 5.1.4, 5.1.6."""

import pytest
from sqlalchemy import select

from app.accounts.devices import is_trusted
from app.accounts.models import FROZEN, Account
from app.accounts.passwords import is_password_of
from app.accounts.signing_in import remember_device
from app.foundation.audit import LedgerEntry
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.foundation.web_session import LoginSession
from app.notifications.models import OutboxMessage
from tests.accounts.builders import PASSWORD, a_number, an_account, signed_in
from tests.accounts.visiting import errors_in, form_of, send, without_secrets
from tests.notifications.builders import code_sent_to, sms_texts_to

NUMBER, NEW = "+8613812345678", "grey ferry lamp"


def is_in(client) -> bool:
    return client.get("/en/account").status_code == 200


def account_now(account) -> Account:
    return db.session.get_one(Account, account.id, populate_existing=True)


@pytest.mark.clause("3.1.1d")
def test_a_new_password_signs_every_other_device_out(app, client):
    account = an_account(phone=NUMBER)
    other = signed_in(app.test_client(), account)
    trusted = remember_device(account, "Chrome, Windows")
    before = signed_in(client, account).get_cookie("sid").value
    answer = send(client, "/en/account/password", present=PASSWORD, password=NEW)
    assert answer.location == "/en/account?done=password_changed"
    assert (is_in(client), is_in(other)) == (True, False)
    assert client.get_cookie("sid").value != before
    assert not is_trusted(account.id, trusted)
    assert is_password_of(account_now(account).password_hash, NEW)
    assert [code for code, _ in sms_texts_to(NUMBER)] == ["account.password_changed"]


@pytest.mark.clause("5.1.1e")
def test_the_present_password_is_asked_for_and_tries_are_counted(app, client):
    signed_in(client, an_account())
    for _ in range(10):
        answer = send(client, "/en/account/password", present="wrong password", password=NEW)
        assert (answer.status_code, errors_in(answer)) == (422, ["This is not your present password."])
    assert send(client, "/en/account/password", present=PASSWORD, password=NEW).status_code == 429


@pytest.mark.clause("5.1.4")
@pytest.mark.parametrize(
    "weak", ["short", "1234567890", "zhangsan2026", "13812345678", "aaaaaaaaaaaa", "Antminer2026!", "P@ssw0rd123"]
)
def test_a_weak_password_is_refused(app, client, weak):
    account = an_account(name="zhangsan", phone=NUMBER)
    answer = send(signed_in(client, account), "/en/account/password", present=PASSWORD, password=weak)
    assert answer.status_code == 422
    assert len(errors_in(answer)) == 1
    assert is_password_of(account_now(account).password_hash, PASSWORD)


@pytest.mark.clause("5.1.4")
def test_no_message_holds_a_password_or_a_full_number(app, client):
    account = an_account(phone=NUMBER)
    send(signed_in(client, account), "/en/account/password", present=PASSWORD, password=NEW)
    with purpose(Purpose.SERVICE):
        said = [row.template.text_in("en", row.facts()) for row in db.session.scalars(select(OutboxMessage))]
    assert said and not any(secret in text for text in said for secret in (NEW, PASSWORD, NUMBER, "13812345678"))


def test_a_number_is_changed_by_the_code_sent_to_the_new_one(app, client):
    account, new = an_account(phone=NUMBER), a_number()
    other = signed_in(app.test_client(), account)
    signed_in(client, account)
    asked = send(client, "/en/account/phone", present=PASSWORD, mobile=new, send="code")
    answer = send(client, "/en/account/phone", asked, present=PASSWORD, code=code_sent_to(new))
    assert answer.location == "/en/account?done=phone_changed"
    with purpose(Purpose.SECURITY):
        assert account_now(account).phone == new
    assert (is_in(client), is_in(other)) == (True, False)
    assert sms_texts_to(NUMBER)[-1][0] == "account.phone_changed"


def test_changing_to_a_number_of_somebody_else_looks_the_same_and_fails(app, client):
    account, taken, free = an_account(phone=NUMBER), a_number(), a_number()
    an_account(phone=taken)
    signed_in(client, account)
    pages = {}
    for number in (taken, free):
        asked = send(client, "/en/account/phone", present=PASSWORD, mobile=number, send="code")
        tried = send(client, "/en/account/phone", asked, present=PASSWORD, code="000000")
        pages[number] = [without_secrets(page.text).replace(number, "") for page in (asked, tried)]
    assert pages[taken] == pages[free]
    assert sms_texts_to(taken)[-1][0] == "known.phone"


def test_no_code_is_sent_for_a_change_without_the_present_password(app, client):
    new = a_number()
    answer = send(
        signed_in(client, an_account()), "/en/account/phone", present="wrong password", mobile=new, send="code"
    )
    assert errors_in(answer) == ["This is not your present password."]
    assert sms_texts_to(new) == []


@pytest.mark.clause("3.1.1d")
def test_a_forgotten_password_is_set_by_sms_and_every_device_signed_out(app, client):
    account = an_account(phone=NUMBER, name="wang")
    other = signed_in(app.test_client(), account)
    asked = send(client, "/en/password", mobile="138 1234 5678", send="code")
    answer = send(client, "/en/password", asked, code=code_sent_to(NUMBER), password=NEW)
    assert answer.location == "/en/login?done=password_set"
    assert not is_in(other)
    assert send(client, "/en/login", name="wang", password=NEW).status_code == 303


@pytest.mark.clause("1.1.1b")
@pytest.mark.parametrize(("path", "text"), [("/en/password", "unknown.reset"), ("/en/account/leak", "unknown.leak")])
def test_reset_and_report_do_not_tell_who_has_an_account(app, path, text):
    an_account(phone=NUMBER)
    unknown, pages = a_number(), {}
    more = {"password": NEW} if "password" in path else {}
    for number in (NUMBER, unknown):
        visitor = app.test_client()
        asked = send(visitor, path, mobile=number, send="code")
        tried = send(visitor, path, asked, code="000000", **more)
        pages[number] = [(page.status, without_secrets(page.text).replace(number, "")) for page in (asked, tried)]
    assert pages[NUMBER] == pages[unknown]
    assert sms_texts_to(unknown)[-1][0] == text
    assert sms_texts_to(NUMBER)[-1][0].startswith("code.")


def test_a_code_to_register_sets_no_password(app, client):
    an_account(phone=NUMBER)
    send(client, "/en/account/leak", mobile=NUMBER, send="code")
    answer = send(client, "/en/password", mobile=NUMBER, code=code_sent_to(NUMBER), password=NEW)
    assert errors_in(answer) == ["This code is wrong or no longer valid. Please check it, or ask for a new one."]


@pytest.mark.clause("5.1.6")
def test_the_owner_who_reports_a_leak_ends_everything_at_the_next_request(app, client):
    account = an_account(phone=NUMBER, name="wang")
    thief = signed_in(app.test_client(), account)
    device = remember_device(account, "Chrome, Windows")
    asked = send(client, "/en/account/leak", mobile=NUMBER, send="code")
    answer = send(client, "/en/account/leak", asked, code=code_sent_to(NUMBER))
    assert answer.location == "/en/password?done=frozen"
    assert account_now(account).state == FROZEN
    assert not is_in(thief) and not is_trusted(account.id, device)
    assert "This account is frozen." in errors_in(send(client, "/en/login", name="wang", password=PASSWORD))[0]
    assert db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "account.frozen")).one()


@pytest.mark.clause("5.1.6")
def test_a_frozen_account_opens_again_with_a_new_password(app, client, clock):
    account = an_account(phone=NUMBER, name="wang")
    asked = send(client, "/en/account/leak", mobile=NUMBER, send="code")
    send(client, "/en/account/leak", asked, code=code_sent_to(NUMBER))
    clock.travel(seconds=61)
    asked = send(client, "/en/password", mobile=NUMBER, send="code")
    send(client, "/en/password", asked, code=code_sent_to(NUMBER), password=NEW)
    assert account_now(account).is_active
    assert send(client, "/en/login", name="wang", password=NEW).status_code == 303


@pytest.mark.clause("5.1.6")
def test_a_stranger_cannot_freeze_an_account(app, client):
    account = an_account(phone=NUMBER)
    asked = send(client, "/en/account/leak", mobile=NUMBER, send="code")
    send(client, "/en/account/leak", asked, code="000000" if code_sent_to(NUMBER) != "000000" else "111111")
    assert account_now(account).is_active


@pytest.mark.clause("3.1.1d")
def test_devices_are_listed_and_one_can_be_signed_out(app, client):
    account = an_account()
    other = signed_in(app.test_client(), account)
    page = signed_in(client, account).get("/en/account/devices")
    assert page.text.count("Firefox, Linux") == 2
    form = form_of(page, "/end")
    ends = [each for each in page.text.split('action="') if each.startswith("/en/account/devices/")]
    path = next(each.split('"')[0] for each in ends if each.split('"')[0].endswith("/end"))
    assert client.post(path, data=dict(form.fields)).location == "/en/account/devices?done=device_ended"
    assert (is_in(client), is_in(other)) == (True, False)


@pytest.mark.clause("3.1.1d")
def test_all_other_devices_can_be_signed_out_at_once(app, client):
    account = an_account()
    others = [signed_in(app.test_client(), account) for _ in range(2)]
    signed_in(client, account)
    answer = send(client, "/en/account/devices/end-others", client.get("/en/account/devices"))
    assert answer.status_code == 303
    assert [is_in(each) for each in (client, *others)] == [True, False, False]


@pytest.mark.clause("5.1.1a")
def test_nobody_signs_out_somebody_elses_device(app, client):
    victim = signed_in(app.test_client(), an_account())
    row = db.session.scalars(select(LoginSession)).one()
    account = an_account()
    signed_in(app.test_client(), account)
    token = dict(form_of(signed_in(client, account).get("/en/account/devices"), "end-others").fields)
    assert client.post(f"/en/account/devices/{row.id}/end", data=token).status_code == 404
    assert is_in(victim)


def test_device_buttons_need_the_pages_token(app, client):
    signed_in(client, an_account())
    for path in ("1/end", "end-others", "trusted/1/forget"):
        assert client.post(f"/en/account/devices/{path}").status_code == 400


@pytest.mark.clause("5.1.1d")
def test_the_overview_masks_the_number(app, client):
    page = signed_in(client, an_account(phone=NUMBER, name="王小明")).get("/en/account")
    assert "138****5678" in page.text and "13812345678" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/account", "/account/devices", "/account/password", "/account/phone", "/messages"])
@pytest.mark.parametrize("lang", ["en", "zh-cn"])
def test_pages_of_members_open_in_both_languages_and_not_for_guests(app, client, path, lang):
    assert client.get(f"/{lang}{path}").status_code == 302
    assert signed_in(client, an_account()).get(f"/{lang}{path}").status_code == 200


@pytest.mark.parametrize("path", ["/register", "/login", "/password", "/account/leak"])
@pytest.mark.parametrize("lang", ["en", "zh-cn"])
def test_pages_on_the_way_in_open_in_both_languages_without_a_cookie(client, path, lang):
    answer = client.get(f"/{lang}{path}")
    assert answer.status_code == 200
    assert not any(line.startswith(("sid=", "device=")) for line in answer.headers.getlist("Set-Cookie"))

"""The mail address of an account: confirmed by a code, good for notices alone, gone when it is taken away. 1.1.1c."""

import contextlib
import io
import json
import zipfile
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import select, text

from app.accounts.codes import TooManyCodes, WrongCode
from app.accounts.giving_mail import confirm_address, give_address, remove_address, stop_mail
from app.accounts.mail_address import MailAddress, MailNotAgreed, confirmed_mail, mail_of, may_have_mail
from app.accounts.mail_rules import NotAMailAddress, mail_address, readable
from app.accounts.models import Account
from app.accounts.telling import tell
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.personal_data import Kind, Purpose, PurposeRefused, mask, purpose
from app.notifications.mail.composing import is_deliverable
from app.notifications.mail.sending import mail
from app.notifications.models import OutboxMessage
from app.privacy.acceptance import accept
from app.privacy.policy import policy_version
from tests.accounts.builders import PASSWORD, an_account, signed_in
from tests.accounts.visiting import errors_in, form_of, send
from tests.notifications.mailing import a_running_relay

pytestmark = pytest.mark.clause("1.1.1c")
WANG = "wang@example.com"


def mails_to(account: Account) -> list[OutboxMessage]:
    mine = (OutboxMessage.account_id == account.id, OutboxMessage.channel == "mail")
    written = select(OutboxMessage).where(*mine).order_by(OutboxMessage.created_at, OutboxMessage.id)
    return list(db.session.scalars(written.execution_options(populate_existing=True)))


def code_mailed_to(account: Account) -> str:
    with purpose(Purpose.SECURITY):
        return str(mails_to(account)[-1].facts()["code"])


def a_confirmed(address: str = WANG, **more: Any) -> Account:
    account = an_account(**more)
    give_address(account, address, now())
    confirm_address(account, code_mailed_to(account), now())
    return account


def told_on_site(account: Account) -> list[str]:
    mine = (OutboxMessage.account_id == account.id, OutboxMessage.channel == "site")
    return list(db.session.scalars(select(OutboxMessage.code).where(*mine).order_by(OutboxMessage.created_at)))


def end_told(account: Account) -> list[str]:
    with transaction() as session:
        return [message.channel for message in tell(session, account, "service.ends", day="2027-03-12")]


def test_an_address_gets_nothing_but_the_code_until_it_is_confirmed(app: Flask):
    account = an_account()
    give_address(account, WANG, now())
    assert end_told(account) == ["site", "sms"] and confirmed_mail(db.session(), account) is None
    confirm_address(account, code_mailed_to(account), now())
    assert end_told(account) == ["site", "sms", "mail"] and confirmed_mail(db.session(), account) == WANG
    assert [message.code for message in mails_to(account)] == ["code.mail", "service.ends"]
    assert "account.mail_confirmed" in told_on_site(account)


def test_orders_and_sign_ins_are_not_mailed(app: Flask):
    account = a_confirmed()
    with transaction() as session:
        sent = [
            *tell(session, account, "order.expired", order="A-1"),
            *tell(session, account, "account.frozen", time="x"),
        ]
    assert {message.channel for message in sent} == {"site", "sms"}


def test_a_code_is_good_once_for_an_hour_and_a_few_tries(app: Flask, clock):
    account = an_account()
    give_address(account, WANG, now())
    code = code_mailed_to(account)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(WrongCode):
            confirm_address(account, wrong, now())
    with pytest.raises(WrongCode):
        confirm_address(account, code, now())
    clock.travel(minutes=2)
    give_address(account, WANG, now())
    code = code_mailed_to(account)
    clock.travel(minutes=61)
    with pytest.raises(WrongCode):
        confirm_address(account, code, now())
    give_address(account, WANG, now())
    confirm_address(account, code_mailed_to(account), now())
    with pytest.raises(WrongCode):
        confirm_address(account, code_mailed_to(account), now())


def test_a_code_fits_its_own_account_and_address_alone(app: Flask, clock):
    one, other = an_account(), an_account()
    give_address(one, WANG, now())
    give_address(other, WANG, now())
    with pytest.raises(WrongCode):
        confirm_address(other, code_mailed_to(one), now())
    code = code_mailed_to(one)
    clock.travel(minutes=2)
    give_address(one, "li@example.com", now())
    with pytest.raises(WrongCode):
        confirm_address(one, code, now())


def test_two_who_try_at_once_have_no_more_tries_between_them(app: Flask):
    account, gate, refused = an_account(), Barrier(8), []
    give_address(account, WANG, now())
    code = code_mailed_to(account)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    def trying() -> None:
        with app.app_context():
            gate.wait()
            try:
                confirm_address(db.session.get_one(Account, account.id), wrong, now())
            except WrongCode:
                refused.append(1)

    threads = [Thread(target=trying) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert len(refused) == 8 and mail_of(db.session(), account.id).code_tries == 5


def test_nobodys_mailbox_is_flooded(app: Flask, clock):
    account = an_account()
    give_address(account, WANG, now())
    with pytest.raises(TooManyCodes):
        give_address(account, "li@example.com", now())
    for serial in range(4):
        clock.travel(minutes=2)
        give_address(account, f"li{serial}@example.com", now())
    clock.travel(minutes=2)
    with pytest.raises(TooManyCodes):
        give_address(account, "zhang@example.com", now())
    for _ in range(3):
        give_address(an_account(), "zhao@example.com", now())
    with pytest.raises(TooManyCodes):
        give_address(an_account(), "zhao@example.com", now())
    clock.travel(days=1)
    give_address(account, "zhao@example.com", now())


addresses = st.sampled_from([WANG, "li@example.com", "Zhao@xn--fiq228c.example", None])


@given(steps=st.lists(st.tuples(addresses, st.booleans()), min_size=1, max_size=5))
def test_whatever_is_given_confirmed_and_taken_away_the_last_word_stands(shop: Flask, steps):
    with shop.app_context():
        account, at, expected, confirmed = an_account(), now(), None, False
        for address, confirms in steps:
            at += timedelta(days=2)
            if address is None:
                remove_address(account)
            elif not (confirmed and expected == address):
                forget_codes()
                give_address(account, address, at)
                confirmed = False
                if confirms:
                    confirm_address(account, code_mailed_to(account), at)
            confirmed = address is not None and (confirmed or confirms)
            expected = address
            row = mail_of(db.session(), account.id)
            with purpose(Purpose.SERVICE):
                assert (row.address if row else None) == expected
            assert confirmed_mail(db.session(), account) == (expected if confirmed else None)
        remove_address(account)


def forget_codes() -> None:
    """What limits count is as old as it gets."""
    with transaction() as session:
        session.execute(text("UPDATE outbox_messages SET created_at = '2020-01-01 00:00:00' WHERE code = 'code.mail'"))


def test_taken_away_it_is_gone_from_messages_too_and_what_waited_is_not_sent(app: Flask):
    account = a_confirmed()
    end_told(account)
    remove_address(account)
    with a_running_relay(app) as relay:
        assert mail() == 0 and relay.inbox == []
    assert db.session.scalars(select(MailAddress)).all() == []
    assert all(row.mail_sealed is None and row.mail_index is None for row in mails_to(account))
    assert {row.state for row in mails_to(account)} == {"stale"} and "account.mail_changed" in told_on_site(account)
    assert end_told(account) == ["site", "sms"]


def test_nobody_there_for_good_is_told_on_the_site_and_nothing_more_is_sent(app: Flask, clock):
    account = a_confirmed()
    end_told(account)
    with a_running_relay(app) as relay:
        relay.mode, relay.times = "unknown", 1
        mail()
    assert told_on_site(account)[-1] == "account.mail_unreachable" and end_told(account) == ["site", "sms"]
    clock.travel(minutes=2)
    give_address(account, WANG, now())
    confirm_address(account, code_mailed_to(account), now())
    assert end_told(account) == ["site", "sms", "mail"]


def test_a_mail_that_came_back_says_nothing_of_the_address_that_took_its_place(app: Flask, clock):
    account = an_account()
    give_address(account, WANG, now())
    on_its_way = mails_to(account)[-1]
    clock.travel(minutes=2)
    give_address(account, "li@example.com", now())
    with transaction() as session:
        stop_mail(session, on_its_way)
    assert mail_of(db.session(), account.id).refused_at is None


@pytest.mark.clause("5.2.2b")
def test_a_copy_holds_it_and_erasure_takes_it(app: Flask, client):
    account = a_confirmed()
    answer = signed_in(client, account).get("/zh-cn/privacy/data/copy", buffered=True)
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    [told] = json.loads(archive.read("mail_addresses.json"))
    assert told["address"] == WANG and "code_digest" not in told


@pytest.mark.clause("5.1.1d")
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (WANG, "w****@e****.com"),
        ("a@b.cn", "a****@b****.cn"),
        ("x@y", "x****@y****"),
        ("+8613800000000", "138****0000"),
    ],
)
def test_staff_see_it_masked(address, shown):
    assert mask(Kind.CONTACT, address) == shown


def test_no_use_that_was_not_stated(app: Flask):
    row = mail_of(db.session(), a_confirmed().id)
    for other in (Purpose.PROMOTION, Purpose.RECOMMENDATION, Purpose.SURVEY):
        with purpose(other), pytest.raises(PurposeRefused):
            row.address  # noqa: B018 - reading it is the point


@pytest.mark.clause("6.1a")
def test_who_agreed_to_an_older_version_alone_gives_none_before_accepting_the_newest(app: Flask, client):
    account = an_account()
    with transaction() as session:
        accept(session, account.audit_ref, "3", "zh", policy_version("3").hash("zh"), now())
    assert not may_have_mail(db.session(), account)
    with pytest.raises(MailNotAgreed):
        give_address(account, WANG, now())
    page = signed_in(client, account).get("/en/account/mail")
    assert "accept the newest version" in page.text and "/en/privacy/terms" in page.text
    assert 'name="mail"' not in page.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Wang@Example.COM ", "Wang@example.com"), ("wang@矿机.中国", "wang@xn--nqv368a.xn--fiqs8s"),
        ("ｗang＠example.com", "wang@example.com"), ("o'neil+a.b@mail.example.co.uk", "o'neil+a.b@mail.example.co.uk"),
        ("wang@bücher.example", "wang@xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_addresses_as_people_write_them(typed, kept):
    assert mail_address(typed) == kept
    assert mail_address(readable(kept)) == kept


WRONG = [
    "wang", "wang@", "@example.com", "wang@example", "wang@@example.com", "wang li@example.com", "wang@exa mple.com",
    "王@example.com", "wang@example..com", ".wang@example.com", "wang.@example.com", "wang@-example.com",
    "wang@127.0.0.1", "wang@[127.0.0.1]", "wang@example.com, li@example.com", "Wang <wang@example.com>",
    "wang@example.com\r\nBcc: li@example.com", "w" * 65 + "@example.com", "wang@" + "a." * 130 + "com",
    "wang@\u202eexample.com", "wang@exa\u200bmple.com\x00", "javascript:alert(1)@x",
]  # fmt: skip


@pytest.mark.parametrize("typed", WRONG)
def test_what_is_no_address(typed):
    with pytest.raises(NotAMailAddress):
        mail_address(typed)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_address_that_can_be_sent_to_or_is_refused(typed):
    with contextlib.suppress(NotAMailAddress):
        assert is_deliverable(mail_address(typed))


def test_the_page_leads_from_nothing_to_confirmed_and_back(client, app: Flask):
    account = an_account()
    signed_in(client, account)
    asked = send(client, "/en/account/mail", mail="Wang@矿机.example", present=PASSWORD)
    assert asked.status_code == 303 and "done=mail_given" in asked.headers["Location"]
    page = client.get("/en/account/mail").text
    assert "Wang@矿机.example" in page and "Not confirmed yet" in page
    wrong = confirm(client, "000000" if code_mailed_to(account) != "000000" else "000001")
    assert wrong.status_code == 422 and "wrong or no longer valid" in wrong.text
    right = confirm(client, code_mailed_to(account))
    assert right.status_code == 303 and "Confirmed on" in client.get("/en/account/mail").text
    page = client.get("/en/account/mail")
    gone = client.post("/en/account/mail/removal", data=dict(form_of(page, "/en/account/mail/removal").filled()))
    assert gone.status_code == 303 and "矿机.example" not in client.get("/en/account/mail").text


def confirm(client: Any, code: str) -> Any:
    form = form_of(client.get("/en/account/mail"), "/en/account/mail/confirmation")
    return client.post("/en/account/mail/confirmation", data=dict(form.filled(**{"confirm-code": code})))


@pytest.mark.parametrize("lang", ["en", "zh-cn"])
@pytest.mark.parametrize("typed", ["", "wang", "王@example.com", "<script>@x", "a" * 300])
def test_a_wrong_address_is_said_at_its_field_in_the_visitors_language_and_kept(client, lang, typed):
    signed_in(client, an_account())
    answer = send(client, f"/{lang}/account/mail", mail=typed, present=PASSWORD)
    assert answer.status_code == 422 and 'id="mail-error"' in answer.text and errors_in(answer)
    assert str(escape(typed)) in answer.text and "<script>@x" not in answer.text


def test_a_signed_in_browser_alone_sends_notices_nowhere_else(client):
    account = an_account()
    signed_in(client, account)
    for password in ("", "not the password"):
        answer = send(client, "/en/account/mail", mail=WANG, present=password)
        assert answer.status_code == 422 and 'id="present-error"' in answer.text and WANG in answer.text
    assert mails_to(account) == []


def test_another_person_neither_sees_nor_confirms_it(client, app: Flask):
    account = an_account()
    give_address(account, WANG, now())
    stranger = signed_in(app.test_client(), an_account())
    assert WANG not in stranger.get("/en/account/mail").text
    assert stranger.post("/en/account/mail/removal").status_code == 400
    assert app.test_client().get("/en/account/mail").status_code == 302


def test_it_opens_nothing(client, app: Flask):
    account = a_confirmed()
    answer = send(client, "/en/login", name=WANG, password=PASSWORD)
    assert answer.status_code == 422 and client.get_cookie("sid") is None
    reset = send(client, "/en/password", mobile=WANG, send="code")
    assert reset.status_code == 422 and len(mails_to(account)) == 1


@pytest.mark.clause("5.1.4")
def test_the_page_warns_that_mail_is_not_surely_encrypted(client):
    signed_in(client, an_account())
    assert "not certain to be encrypted" in client.get("/en/account/mail").text
    assert "不一定加密" in client.get("/zh-cn/account/mail").text


def test_the_use_stands_beside_it(client):
    signed_in(client, an_account())
    assert MailAddress.address.why in client.get("/en/account/mail").text

"""The second factor of staff: no desk by password only, no code twice. Clause 5.1.1e."""

from threading import Barrier, Thread

import pyotp
import pytest
from sqlalchemy import select, text

from app.accounts.devices import TrustedDevice
from app.accounts.models import Account
from app.accounts.second_factor import (
    RecoveryCode,
    WrongSecondFactor,
    give_second_factor,
    has_second_factor,
    use_second_factor,
)
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from tests.accounts.builders import PASSWORD, a_staff_member, an_account, signed_in
from tests.accounts.visiting import errors_in, form_of, send
from tests.notifications.builders import code_sent_to

pytestmark = pytest.mark.clause("5.1.1e")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WRONG = ["This code is wrong or was used already. Please wait for the next one."]


def code_at(moment=None, steps=0) -> str:
    return pyotp.TOTP(SECRET).at((moment or now()).timestamp() + 30 * steps)


@pytest.fixture
def clerk(app):
    account = a_staff_member("clerk", name="clerk")
    give_second_factor(account, SECRET)
    return account


@pytest.fixture
def half_in(client, clerk):
    """A browser that gave the clerk's password and nothing more."""
    answer = send(client, "/en/login?next=/en/messages", name="clerk", password=PASSWORD)
    assert answer.location == "/en/login/second-factor?next=/en/messages"
    return client


def give(client, code, **more):
    return send(client, "/en/login/second-factor?next=/en/messages", code=code, **more)


def is_in(client) -> bool:
    return client.get("/en/account").status_code == 200


def test_the_password_alone_opens_no_page(half_in):
    for path in ("/en/account", "/en/messages", "/zh-cn/account/devices", "/en/account/password"):
        answer = half_in.get(path)
        assert (answer.status_code, "/login/second-factor" in answer.location) == (302, True), path


def test_the_password_alone_changes_nothing(half_in, clerk):
    assert half_in.post("/en/account/password").status_code == 302
    assert half_in.post("/en/account/devices/end-others").status_code == 302


def test_password_and_code_open_the_page_that_was_asked_for(half_in):
    before = half_in.get_cookie("sid").value
    assert give(half_in, code_at()).location == "/en/messages"
    assert half_in.get_cookie("sid").value != before
    assert is_in(half_in)


def test_a_code_counts_one_step_around_the_clock_and_no_further(app, clerk, clock):
    clock.freeze(now().replace(second=10, microsecond=0))
    for steps, fits in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
        if fits:
            use_second_factor(clerk, code_at(steps=steps), address_key=f"a{steps}")
        else:
            with pytest.raises(WrongSecondFactor):
                use_second_factor(clerk, code_at(steps=steps), address_key="a")


def test_a_code_is_refused_the_second_time(app, half_in):
    code = code_at()
    assert give(half_in, code).status_code == 303
    other = app.test_client()
    send(other, "/en/login", name="clerk", password=PASSWORD)
    assert errors_in(give(other, code)) == WRONG


def test_an_older_code_is_refused_after_a_newer_one(app, clerk, clock):
    use_second_factor(clerk, code_at(), address_key="a")
    with pytest.raises(WrongSecondFactor):
        use_second_factor(clerk, code_at(steps=-1), address_key="a")


def test_parallel_uses_of_one_code_let_one_in(app, clerk):
    code, gate, outcomes = code_at(), Barrier(4), []
    clerk_id = clerk.id

    def go():
        with app.app_context():
            account = db.session.get_one(Account, clerk_id)
            gate.wait()
            try:
                outcomes.append(use_second_factor(account, code, address_key="a"))
            except WrongSecondFactor as refusal:
                outcomes.append(refusal)

    racers = [Thread(target=go) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert outcomes.count(None) == 1 and len(outcomes) == 4


@pytest.mark.parametrize(
    "typed", ["000000", "12345", "1234567890123456789", "１２３４５６", "😀", "AAAA-BBBB-CCCC", "'; --"]
)
def test_a_wrong_code_is_refused_in_words(half_in, typed):
    answer = give(half_in, typed)
    assert answer.status_code == 422
    assert errors_in(answer) == WRONG
    assert not is_in(half_in)


def test_five_wrong_codes_close_the_door_for_a_while(half_in, clock):
    for _ in range(5):
        give(half_in, "000000")
    assert give(half_in, code_at()).status_code == 429
    clock.travel(minutes=16)
    assert give(half_in, code_at()).status_code == 303


def test_a_recovery_code_opens_once(app, half_in, clerk):
    db.session.expire_all()
    _, codes = give_second_factor(a_staff_member("finance", name="finance"), SECRET)
    first, second = app.test_client(), app.test_client()
    for visitor in (first, second):
        send(visitor, "/en/login", name="finance", password=PASSWORD)
    assert give(first, codes[0].lower().replace("-", " ")).status_code == 303
    assert errors_in(give(second, codes[0])) == WRONG
    assert give(second, codes[1]).status_code == 303
    assert errors_in(give(half_in, codes[2])) == WRONG


def test_secrets_and_recovery_codes_are_not_in_the_store(app):
    _, codes = give_second_factor(a_staff_member(), SECRET)
    assert len(set(codes)) == 10
    for table in ("second_factors", "recovery_codes"):
        stored = repr([dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()])
        assert SECRET not in stored
        assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_trusted_device_skips_the_code_but_never_the_password(app, half_in, clerk):
    give(half_in, code_at(), trust=True)
    device = half_in.get_cookie("device").value
    again = app.test_client()
    again.set_cookie("device", device)
    assert not is_in(again)
    send(again, "/en/login", name="clerk", password=PASSWORD)
    assert is_in(again)
    stranger = a_staff_member("finance", name="other")
    give_second_factor(stranger)
    elsewhere = app.test_client()
    elsewhere.set_cookie("device", device)
    assert "/second-factor" in send(elsewhere, "/en/login", name="other", password=PASSWORD).location


def test_ticking_stay_signed_in_with_the_password_alone_trusts_no_device_of_staff(client, clerk):
    send(client, "/en/login", name="clerk", password=PASSWORD, trust=True)
    assert client.get_cookie("device") is None
    assert db.session.scalars(select(TrustedDevice)).all() == []


def test_buyers_are_asked_for_no_second_factor(app, client):
    signed_in(client, an_account())
    assert client.get("/en/login/second-factor").location == "/en/account"


def test_staff_without_one_set_it_up_with_a_code_by_sms(app, client):
    account = a_staff_member("clerk", name="fresh")
    answer = send(client, "/en/login", name="fresh", password=PASSWORD)
    path = client.get(answer.location).location
    assert path == "/en/login/second-factor/enrol"
    assert 'class="qr"' not in client.get(path).text
    asked = send(client, path, send="code")
    secret = asked.text.split('<code class="figure">')[1].split("<")[0]
    with purpose(Purpose.SECURITY):
        sms_code = code_sent_to(account.phone)
    refused = send(client, path, asked, sms_code="000000", code=pyotp.TOTP(secret).at(now()))
    assert errors_in(refused) and not is_in(client)
    answer = send(client, path, refused, sms_code=sms_code, code=pyotp.TOTP(secret).at(now()))
    assert answer.status_code == 200
    assert answer.text.count('<code class="figure">') == 10
    assert is_in(client)


def test_who_has_one_cannot_set_up_another_with_the_password(half_in, clerk):
    path = "/en/login/second-factor/enrol"
    assert half_in.get(path).status_code == 303
    token = dict(form_of(half_in.get("/en/login/second-factor"), "second-factor").fields)["form_token"]
    assert half_in.post(path, data={"form_token": token, "send": "code"}).status_code == 303
    assert has_second_factor(clerk)


def test_a_half_open_session_can_be_left(half_in):
    page = half_in.get("/en/login/second-factor")
    assert send(half_in, "/en/logout", page).location == "/en/login?done=signed_out"


def run(app, *arguments, **options):
    return app.test_cli_runner().invoke(args=["staff", "add", *arguments], **options)


def test_the_command_makes_staff_with_a_second_factor_at_once(app, client, tmp_path):
    file = tmp_path / "password"
    file.write_text("seven grey lamps\n")
    done = run(app, "meili", "--role", "finance", "--phone", "138 1234 5678", "--password-file", str(file))
    assert done.exit_code == 0, done.output
    secret = done.output.split("secret=")[1].split("&")[0]
    send(client, "/en/login", name="meili", password="seven grey lamps")
    assert give(client, pyotp.TOTP(secret).at(now())).status_code == 303
    assert len(db.session.scalars(select(RecoveryCode)).all()) == 10
    assert "seven grey lamps" not in done.output


def test_the_command_asks_for_what_is_missing(app):
    done = run(app, "meili", "--role", "clerk", input="13812345678\nseven grey lamps\nseven grey lamps\n")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (("meili", "--role", "clerk", "--phone", "123"), "seven grey lamps", "--phone"),
        (("m", "--role", "clerk", "--phone", "13812345678"), "seven grey lamps", "NAME"),
        (("meili", "--role", "king", "--phone", "13812345678"), "seven grey lamps", "--role"),
        (("meili", "--role", "buyer", "--phone", "13812345678"), "seven grey lamps", "--role"),
        (("meili", "--role", "clerk", "--phone", "13812345678"), "short", "password"),
        (("taken", "--role", "clerk", "--phone", "13812345678"), "seven grey lamps", "账户名"),
    ],
)
def test_the_command_names_what_is_wrong_and_makes_nothing(app, arguments, password, said):
    an_account(name="taken")
    done = run(app, *arguments, env={"STAFF_PASSWORD": password})
    assert done.exit_code != 0
    assert said in done.output
    assert db.session.scalars(select(Account).where(Account.role != "buyer")).all() == []

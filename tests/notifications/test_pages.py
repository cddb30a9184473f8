"""The messages page and the simulator's inbox page."""

import pytest
from pyrage.x25519 import Identity

from app.factory import create_app
from app.foundation.languages import catalogue
from app.foundation.regions import targets
from app.notifications.sweeping import sweep
from app.notifications.texts import TEMPLATES
from tests.accounts.builders import an_account, signed_in
from tests.conftest import settings_for
from tests.notifications.builders import a_running_simulator, an_addressee, an_sms, told


def a_message_to(account, order="A-1"):
    told(an_addressee(subject_id=account.subject_id, account_id=account.id), "order.expired", order=order)


def test_a_person_reads_their_own_messages_in_the_language_of_the_page(app, client):
    account = an_account()
    a_message_to(account)
    a_message_to(an_account(), order="B-2")
    signed_in(client, account)
    chinese, english = client.get("/zh-cn/messages").text, client.get("/en/messages").text
    assert "订单 A-1 因未按时收到款项已失效" in chinese
    assert "Order A-1 expired" in english
    assert "B-2" not in english


def test_marking_as_read_takes_the_mark_from_all(app, client):
    account = an_account()
    a_message_to(account)
    page = signed_in(client, account).get("/en/messages").text
    assert "1 unread" in page
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = client.post("/en/messages/read", data={"form_token": token}, follow_redirects=True)
    assert "0 unread" in answer.text
    assert "Mark all as read" not in answer.text


def test_marking_without_the_pages_token_is_refused(app, client):
    assert signed_in(client, an_account()).post("/en/messages/read").status_code == 400


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "²", "1&page=2", "2"])
def test_a_nonsense_page_number_shows_a_page_that_exists(app, client, page):
    account = an_account()
    a_message_to(account)
    answer = signed_in(client, account).get(f"/en/messages?page={page}")
    assert answer.status_code == 200
    assert "A-1" in answer.text


def test_many_messages_are_leafed_through(app, client):
    account = an_account()
    for serial in range(21):
        a_message_to(account, order=f"A-{serial}")
    signed_in(client, account)
    assert client.get("/en/messages?page=2").text.count("expired because") == 1


def test_no_cache_keeps_the_messages(app, client):
    assert signed_in(client, an_account()).get("/en/messages").headers["Cache-Control"] == "no-store"


def test_the_inbox_page_shows_what_the_simulator_delivered(app, client):
    with a_running_simulator(app):
        an_sms("code.register")
        sweep()
        assert "【矿机云商】123456 " in client.get("/dev/sms").text


def test_the_inbox_page_says_when_the_simulator_is_away(app, client):
    assert "没有应答" in client.get("/dev/sms").text


@pytest.mark.clause("1.1.1b")
def test_production_has_no_inbox_page(tmp_path):
    secrets = {name: "x" for name in PRODUCTION_NEEDS}
    ring = tmp_path / "ring.json"
    development = create_app(settings_for(tmp_path))
    ring.write_text(development.extensions["keyring"].to_text())
    regions = ",".join(f"{place}=CN-SH" for place in targets(development.extensions["settings"]))
    shop = create_app(
        settings_for(
            tmp_path, **secrets, APP_ENV="production", SITE_URL="https://shop.example", KEYRING=str(ring),
            SHOP_DATABASE_URL=f"sqlite:///{tmp_path}/a.db", KEY_DATABASE_URL=f"sqlite:///{tmp_path}/b.db",
            ANALYTICS_DATABASE_URL=f"sqlite:///{tmp_path}/c.db", SEALED_LOG_DIR=str(tmp_path / "sealed"),
            SEALED_LOG_PUBLIC_KEY=str(Identity.generate().to_public()), CHINABANK_MERCHANT="22110001",
            CHINABANK_KEY="0123456789abcdef", CHINABANK_GATEWAY="https://pay.example/PayGate",
            CHINABANK_QUERY="https://pay.example/receiveorder.jsp", REGIONS=regions,
            MAIL_RELAY="smtp://relay.example", MAIL_FROM="notices@shop.example",
            BACKUP_DIR=str(tmp_path / "backups"), KEY_BACKUP_DIR=str(tmp_path / "key-backups"),
            BACKUP_PUBLIC_KEY=str(Identity.generate().to_public()),
        )
    )  # fmt: skip
    assert not [rule for rule in shop.url_map.iter_rules() if rule.rule.startswith("/dev")]
    assert [rule for rule in development.url_map.iter_rules() if rule.rule == "/dev/sms"]


PRODUCTION_NEEDS = (
    "SMS_ENDPOINT", "SMS_ACCESS_KEY", "SMS_SECRET", "OPERATOR_NAME", "OPERATOR_CONTACT_MAIL", "OPERATOR_HOTLINE",
    "OPERATOR_ADDRESS",
)  # fmt: skip


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_text_is_translated_and_takes_exactly_its_values(code):
    template = TEMPLATES[code]
    values = {name: f"<{name}>" for name in template.values}
    english, chinese = template.text_in("en", values), template.text_in("zh-cn", values)
    assert catalogue("zh").ugettext(template.title) != template.title
    assert english != chinese
    for text in (english, chinese):
        assert all(value in text for value in values.values())


@pytest.mark.clause("5.1.4")
def test_no_text_by_sms_can_hold_a_number_an_address_or_a_password():
    allowed = {"code", "time", "browser", "order", "amount", "due", "day", "carrier", "tracking", "machine"}
    allowed |= {"invoice", "link", "case", "version", "gist", "breach", "dispute"}
    of_companies = {"name", "contact"}
    """Of the new holder that a transfer is announced with: a company, as the law wants it named (4.2)."""
    for each in TEMPLATES.values():
        more = of_companies if each.code.startswith("transfer.") else set()
        assert not each.sms or set(each.values) <= allowed | {"ticket"} | more


def test_no_two_texts_are_registered_under_one_name():
    numbers = [each.sms for each in TEMPLATES.values() if each.sms]
    assert len(set(numbers)) == len(numbers)
    assert not {number + 1 for number in numbers} & set(numbers)

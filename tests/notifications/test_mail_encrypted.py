"""Mail goes to a relay elsewhere encrypted, to the one that we meant, or not at all. Clauses 5.1.1b, 5.2.1."""

from pathlib import Path

import pytest
from flask import Flask

from app.foundation.regions import check_regions, targets
from app.notifications.mail.sending import mail, relay_of
from app.settings import Settings, SettingsError
from tests.foundation.test_settings import PRODUCTION
from tests.notifications.builders import fresh
from tests.notifications.mailing import ELSEWHERE, a_certificate, a_mail, a_running_relay

pytestmark = pytest.mark.clause("5.1.1b")


def test_a_relay_elsewhere_is_spoken_to_by_starttls(app: Flask, tmp_path: Path):
    authority, tls = a_certificate(tmp_path)
    with a_running_relay(app, ELSEWHERE, tls=tls, mail_authority=authority) as relay:
        a_mail()
        assert mail() == 1 and relay.inbox[0]["encrypted"]


def test_a_relay_elsewhere_that_offers_no_encryption_gets_nothing(app: Flask):
    with a_running_relay(app, ELSEWHERE) as relay:
        message = a_mail()
        assert mail() == 0 and relay.inbox == []
        assert (fresh(message).state, fresh(message).problem) == ("waiting", "SMTPNotSupportedError")


@pytest.mark.parametrize("wrong", ["unknown", "another name", "over"])
def test_a_relay_that_cannot_show_who_it_is_gets_nothing(app: Flask, tmp_path: Path, wrong):
    host, days = ("127.0.0.3" if wrong == "another name" else ELSEWHERE), (-1 if wrong == "over" else 1)
    authority, tls = a_certificate(tmp_path, host, days=days)
    trusted = None if wrong == "unknown" else authority
    with a_running_relay(app, ELSEWHERE, tls=tls, mail_authority=trusted) as relay:
        message = a_mail()
        assert mail() == 0 and relay.inbox == []
        assert fresh(message).problem == "SSLCertVerificationError"


def test_a_named_certificate_is_demanded_on_this_machine_too(app: Flask, tmp_path: Path):
    authority, _ = a_certificate(tmp_path)
    with a_running_relay(app, mail_authority=authority) as relay:
        a_mail()
        assert mail() == 0 and relay.inbox == []


def test_a_login_is_given_to_the_relay_that_wants_one(app: Flask, tmp_path: Path, clock):
    authority, tls = a_certificate(tmp_path)
    options = {"tls": tls, "mail_authority": authority, "login": ("yunshang", "secret")}
    with a_running_relay(app, ELSEWHERE, **options, mail_user="yunshang", mail_password="wrong") as relay:
        message = a_mail()
        assert mail() == 0 and fresh(message).problem == "SMTPAuthenticationError 535"
        clock.travel(minutes=1)
    with a_running_relay(app, ELSEWHERE, **options, mail_user="yunshang", mail_password="secret") as relay:
        assert mail() == 1 and relay.inbox[0]["encrypted"]


@pytest.mark.parametrize(
    ("address", "port", "encrypted"),
    [
        ("smtp://relay.example", 587, False),
        ("smtps://relay.example", 465, True),
        ("smtp://relay.example:25", 25, False),
    ],
)
def test_the_setting_says_how_the_relay_is_spoken_to(address, port, encrypted):
    relay = relay_of(Settings.from_environment({"MAIL_RELAY": address}))
    assert (relay.host, relay.port, relay.is_encrypted) == ("relay.example", port, encrypted)
    assert not relay.may_be_plain


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAIL_RELAY", "relay.example"), ("MAIL_RELAY", "http://relay.example"), ("MAIL_RELAY", "smtp://u:p@relay.example"),
     ("MAIL_FROM", "notices"), ("MAIL_FROM", "notices@x\nBcc: y@z.example"), ("MAIL_FROM", "王@shop.example")],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**PRODUCTION, name: value})


@pytest.mark.clause("5.2.1")
def test_a_relay_outside_the_country_or_nowhere_declared_stops_the_start():
    settings = Settings.from_environment(PRODUCTION)
    inside = dict.fromkeys(targets(settings), "CN-SH")
    for regions, complaint in (({**inside, "MAIL_RELAY": "US-CA"}, "not inside"), ({}, "MAIL_RELAY lies")):
        listed = ",".join(f"{place}={region}" for place, region in regions.items())
        with pytest.raises(SettingsError, match=complaint):
            check_regions(Settings.from_environment({**PRODUCTION, "REGIONS": listed}))

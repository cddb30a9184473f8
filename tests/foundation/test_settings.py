"""Settings are typed, frozen, and stop the start by name."""

import dataclasses

import pytest
from pyrage.x25519 import Identity

from app.settings import Settings, SettingsError

PRODUCTION = {
    "APP_ENV": "production",
    "SITE_URL": "https://shop.example",
    "OPERATOR_NAME": "云商",
    "OPERATOR_CONTACT_MAIL": "a@shop.example",
    "OPERATOR_HOTLINE": "400-1",
    "OPERATOR_ADDRESS": "上海",
    "SHOP_DATABASE_URL": "postgresql://shop",
    "KEY_DATABASE_URL": "postgresql://keys",
    "ANALYTICS_DATABASE_URL": "postgresql://counts",
    "KEYRING": "/etc/yunshang/keyring.json",
    "SMS_ENDPOINT": "https://sms.example/",
    "SMS_ACCESS_KEY": "key",
    "SMS_SECRET": "secret",
    "MAIL_RELAY": "smtps://relay.example:465",
    "MAIL_FROM": "notices@shop.example",
    "CHINABANK_MERCHANT": "22110001",
    "CHINABANK_KEY": "0123456789abcdef",
    "CHINABANK_GATEWAY": "https://pay.example/PayGate",
    "CHINABANK_QUERY": "https://pay.example/receiveorder.jsp",
    "SEALED_LOG_DIR": "/var/log/yunshang/sealed",
    "SEALED_LOG_PUBLIC_KEY": str(Identity.generate().to_public()),
    "BACKUP_DIR": "/srv/backups/data",
    "KEY_BACKUP_DIR": "/mnt/elsewhere/keys",
    "BACKUP_PUBLIC_KEY": str(Identity.generate().to_public()),
}


def test_development_needs_nothing():
    settings = Settings.from_environment({})
    assert settings.shop_database_url.startswith("sqlite:///")
    assert settings.simulators


def test_a_complete_production_environment_is_taken():
    settings = Settings.from_environment(PRODUCTION)
    assert settings.is_production
    assert settings.is_https
    assert not settings.simulators


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"APP_ENV"}))
def test_a_missing_production_setting_stops_the_start_by_name(name):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({key: value for key, value in PRODUCTION.items() if key != name})


def test_all_problems_are_named_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"APP_ENV": "production", "PORT": "eighty"})
    assert "KEYRING" in str(caught.value)
    assert "PORT" in str(caught.value)


def test_production_refuses_to_have_its_clock_moved():
    with pytest.raises(SettingsError, match="CLOCK_FILE"):
        Settings.from_environment({**PRODUCTION, "CLOCK_FILE": "/run/offset"})


def test_partners_are_a_closed_list_of_hosts():
    assert Settings.from_environment({}).analytics_partners == frozenset()
    given = Settings.from_environment({"ANALYTICS_PARTNERS": "Mine.example, pool.partner.example\nxn--fiq228c.cn"})
    assert given.analytics_partners == {"mine.example", "pool.partner.example", "xn--fiq228c.cn"}


@pytest.mark.parametrize(
    "hosts", ["https://mine.example/", "mine", "mine.example:80", "*.mine.example", "a..b", "矿.cn", "com"]
)
def test_what_is_no_host_name_is_refused_as_a_partner(hosts):
    with pytest.raises(SettingsError, match="ANALYTICS_PARTNERS"):
        Settings.from_environment({"ANALYTICS_PARTNERS": f"good.example {hosts}"})


@pytest.mark.clause("5.1.1b")
def test_production_refuses_plain_http():
    with pytest.raises(SettingsError, match="https"):
        Settings.from_environment({**PRODUCTION, "SITE_URL": "http://shop.example"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHINABANK_MERCHANT", "12-34"),
        ("CHINABANK_MERCHANT", "123"),
        ("CHINABANK_KEY", "tooshort"),
        ("CHINABANK_KEY", "x" * 65),
        ("CHINABANK_GATEWAY", "http://pay.example/PayGate"),
        ("CHINABANK_QUERY", "http://pay.example/receiveorder.jsp"),
    ],
)
def test_a_wrong_word_about_the_payment_institution_stops_the_start_and_no_key_is_repeated(name, value):
    with pytest.raises(SettingsError, match=name) as caught:
        Settings.from_environment({**PRODUCTION, name: value})
    assert value not in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("from-the-file\n")
    assert Settings.from_environment({"SMS_SECRET_FILE": str(file)}).sms_secret == "from-the-file"


def test_an_unreadable_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="SMS_SECRET_FILE"):
        Settings.from_environment({"SMS_SECRET_FILE": str(tmp_path / "absent")})


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_environment({}).port = 1


def test_hits_are_pushed_to_the_disk_in_one_of_two_known_ways():
    assert Settings.from_environment({}).analytics_fsync == "background"
    assert Settings.from_environment({"ANALYTICS_FSYNC": "each"}).analytics_fsync == "each"
    with pytest.raises(SettingsError, match="ANALYTICS_FSYNC"):
        Settings.from_environment({"ANALYTICS_FSYNC": "never"})


@pytest.mark.clause("1.2.1(3)")
def test_the_sealed_log_is_off_in_development_until_somebody_keeps_its_key():
    assert Settings.from_environment({}).sealed_log_keepers == ()


def test_the_sealed_log_may_have_several_keepers():
    keys = [str(Identity.generate().to_public()) for _ in range(2)]
    for text in (", ".join(keys), "\n".join(keys)):
        assert [
            str(key) for key in Settings.from_environment({"SEALED_LOG_PUBLIC_KEY": text}).sealed_log_keepers
        ] == keys


@pytest.mark.clause("1.2.1(3)")
@pytest.mark.parametrize("key", [str(Identity.generate()), "age1", "x"], ids=["private", "cut", "other"])
def test_what_is_no_public_key_stops_the_start_and_is_not_repeated(key):
    with pytest.raises(SettingsError, match="SEALED_LOG_PUBLIC_KEY") as caught:
        Settings.from_environment({"SEALED_LOG_PUBLIC_KEY": key})
    assert "SECRET-KEY" not in str(caught.value)

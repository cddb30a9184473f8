"""The wrapping keys go last, and a certificate says what became of everything. Clause 5.2.3."""

import json
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.after_the_end import erase_everybody
from app.accounts.last_keys import KeysStillNeeded, certificate, destroy_wrapping_keys
from app.foundation.data_keys import create_subject, data_keys, subject_keys
from app.foundation.database import db
from app.foundation.encryption import KeyringError, keyring, load_keyring
from app.settings import current_settings
from tests.accounts.builders import an_account
from tests.accounts.test_after_the_end import a_shop_full_of_people, the_end
from tests.payments.bank.builders import a_row

pytestmark = pytest.mark.clause("5.2.3")


@pytest.fixture
def file(app: Flask):
    """The file of the keyring; it and the application are as they were afterwards."""
    before, path = app.extensions["keyring"], Path(current_settings().keyring)
    yield path
    path.write_text(before.to_text())
    app.extensions["keyring"] = before
    data_keys().follow(before)


def test_while_people_are_left_there_is_no_certificate_and_no_wrapping_key_goes(app: Flask, file: Path, clock):
    an_account()
    with pytest.raises(KeysStillNeeded, match="has not ended"):
        destroy_wrapping_keys(file)
    the_end(clock)
    with pytest.raises(KeysStillNeeded, match="people are left"):
        destroy_wrapping_keys(file)
    assert load_keyring(str(file), create=False).to_text() == keyring().to_text()


def test_after_everybody_the_wrapping_keys_go_and_a_backup_of_a_key_opens_no_more(app: Flask, file: Path, clock):
    a_shop_full_of_people()
    backup = wrapped_keys(app)
    the_end(clock)
    erase_everybody()
    erase_everybody()
    told = certificate(db.session())
    assert (told.accounts_erased, told.keys_kept, told.wrapping_keys_destroyed_at) == (4, {}, None)
    assert told.told == {"site": 4, "sms": 4} and told.announced_at < told.erased_at
    assert destroy_wrapping_keys(file) == 1
    assert certificate(db.session()).wrapping_keys_destroyed_at
    assert load_keyring(str(file), create=False).to_text() == keyring().to_text()
    with app.extensions["data_keys"].engine.begin() as connection:
        connection.execute(subject_keys.insert(), backup)
    with pytest.raises(KeyringError, match=r"no version 1 of wrapping"):
        data_keys().load([row["subject_id"] for row in backup])


def wrapped_keys(app: Flask) -> list[dict]:
    with app.extensions["data_keys"].engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(subject_keys.select())]


def test_what_accounting_law_asks_for_keeps_the_wrapping_keys(app: Flask, file: Path, clock):
    a_row("100.00", "for what?", number="C0599ABC003")
    the_end(clock)
    erase_everybody()
    assert list(certificate(db.session()).keys_kept.values()) == [1]
    with pytest.raises(KeysStillNeeded, match="1 of statements"):
        destroy_wrapping_keys(file)
    create_subject()
    assert certificate(db.session()).keys_kept["nothing"] == 1


def test_the_commands_say_so(app: Flask, clock, monkeypatch):
    run = app.test_cli_runner().invoke
    refused = run(args=["service-end", "certificate"])
    assert refused.exit_code == 1 and "has not ended" in refused.output
    refused = run(args=["service-end", "destroy-wrapping-keys"])
    assert refused.exit_code == 1 and "still needed" in refused.output
    the_end(clock)
    erase_everybody()
    printed = json.loads(run(args=["service-end", "certificate"]).output)
    assert printed["keys_kept"] == {} and printed["erased_at"]

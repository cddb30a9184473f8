"""One name, one number, one account."""

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Account
from app.accounts.opening import NameTaken, NumberTaken, open_account
from app.accounts.passwords import hash_password
from app.foundation.audit import LedgerEntry
from app.foundation.database import db
from app.foundation.personal_data import Purpose, PurposeRefused, masked, purpose
from tests.accounts.builders import a_number, an_account, signed_in


def test_an_account_keeps_name_and_number_readable_for_service_only(app):
    account = an_account(name="wang", phone="+8613812345678")
    with purpose(Purpose.SERVICE):
        assert (account.name, account.phone) == ("wang", "+8613812345678")
    with purpose(Purpose.PROMOTION), pytest.raises(PurposeRefused):
        _ = account.phone
    assert masked(account, "phone") == "138****5678"


def test_opening_an_account_is_evidence_without_personal_values(app):
    account = an_account(name="wang")
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "account.opened")).one()
    assert entry.subject == account.audit_ref
    assert "wang" not in str(entry.facts)


def test_names_that_differ_only_in_case_are_one_name(app):
    an_account(name="Wang")
    with pytest.raises(NameTaken):
        an_account(name="wANG")


def test_one_number_has_one_account(app):
    number = a_number()
    an_account(phone=number)
    with pytest.raises(NumberTaken):
        an_account(phone=number)


@pytest.mark.parametrize("shared", ["name", "phone"])
def test_parallel_openings_with_one_name_or_number_make_one_account(app: Flask, shared: str):
    gate, outcomes = Barrier(8), []
    ready_hash = hash_password("correct horse battery")

    def attempt(serial: int) -> None:
        with app.app_context():
            values = {"name": f"racer{serial}", "phone": a_number()}
            values[shared] = {"name": "racer", "phone": "+8613900009999"}[shared]
            gate.wait()
            try:
                outcomes.append(open_account(password_hash=ready_hash, **values))
            except (NameTaken, NumberTaken) as refusal:
                outcomes.append(refusal)

    racers = [Thread(target=attempt, args=(serial,)) for serial in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    assert len(outcomes) == 8
    assert db.session.scalar(select(func.count(Account.id))) == 1


def test_a_builder_signs_a_client_in(app, client):
    assert signed_in(client, an_account()).get_cookie("sid")

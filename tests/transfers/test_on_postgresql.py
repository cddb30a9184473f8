"""On PostgreSQL, where several write at once: nobody is in a package who had withdrawn before, and nobody twice. 4.2"""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.privacy.consenting import ShareConsent
from app.transfers import giving, telling
from app.transfers.deciding import make
from app.transfers.kinds import GIVEN, MERGER
from app.transfers.models import TransferPerson
from app.transfers.telling import announce_all
from tests.accounts.builders import an_account
from tests.transfers.builders import (
    JOHN,
    a_merger_with_notice_over,
    agree,
    an_approved,
    fresh,
    made,
    refs,
    refs_on_ledger,
    take_back,
    undertaken,
)
from tests.transfers.test_giving import is_theirs

pytestmark = [pytest.mark.part("postgresql")]


def at_once(app: Flask, *acts) -> None:
    """Each act in a thread and context of its own."""
    faults = []

    def run(act):
        try:
            with app.app_context():
                act()
                db.session.remove()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.clause("4.2.1")
def test_who_withdraws_while_the_package_is_made_was_first_or_is_not_in_it(pg_shop: Flask, monkeypatch):
    monkeypatch.setattr(giving, "A_PART", 3)
    case, people = an_approved(), [an_account() for _ in range(24)]
    for each in people:
        agree(each, case)
    make(case.number, JOHN, now())
    keys = [each.id for each in people[::2]]

    def withdraw_some(some):
        for key in some:
            take_back(db.session.get_one(Account, key), case)

    db.session.commit()
    at_once(pg_shop, giving.give_all, lambda: withdraw_some(keys[::2]), lambda: withdraw_some(keys[1::2]))
    giving.give_all()
    assert fresh(case).state == GIVEN
    consents = {row.account_ref: row for row in db.session.scalars(select(ShareConsent))}
    given = {row.audit_ref: row for row in db.session.scalars(select(TransferPerson)) if row.part}
    assert {ref for ref, row in consents.items() if row.withdrawn_at is None} <= set(given)
    is_theirs(case, [each for each in people if each.audit_ref in given])
    stays = [each for each in people if each.id not in keys]
    assert set(refs(stays)) <= set(refs_on_ledger(case))


@pytest.mark.clause("4.2.1")
def test_a_withdrawal_waits_for_the_ledger_or_the_ledger_for_it(pg_shop: Flask, monkeypatch):
    """Withdrawn in the middle of the transaction that writes the ledger: it counts from after it, not within it."""
    case, person = an_approved(), an_account()
    agree(person, case)
    make(case.number, JOHN, now())
    key, done, disclosing = person.id, [], giving.disclose
    db.session.commit()

    def withdrawing():
        with pg_shop.app_context():
            take_back(db.session.get_one(Account, key), case)
            done.append(True)

    thread = threading.Thread(target=withdrawing)

    def disclose(share):
        thread.start()
        thread.join(timeout=1)
        assert not done, "the consent was not locked while the ledger was written"
        return disclosing(share)

    monkeypatch.setattr(giving, "disclose", disclose)
    assert giving.give(case.number) == 1
    thread.join()
    assert done and refs_on_ledger(case) == [person.audit_ref]


@pytest.mark.clause("4.2")
def test_several_workers_tell_everybody_once_and_make_one_package(pg_shop: Flask, monkeypatch, clock: Clock):
    monkeypatch.setattr(giving, "A_PART", 2)
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    people = [an_account() for _ in range(9)]
    case = an_approved(MERGER, **undertaken())
    db.session.commit()
    at_once(pg_shop, *[announce_all] * 3)
    assert fresh(case).all_told_at and len(db.session.scalars(select(TransferPerson)).all()) == 9
    clock.travel(days=30)
    make(case.number, JOHN, now())
    db.session.commit()
    at_once(pg_shop, *[giving.give_all] * 3)
    giving.give_all()
    is_theirs(fresh(case), people)


@pytest.mark.clause("4.2.4")
def test_without_undertaking_only_who_agreed_is_in_it_there_too(pg_shop: Flask):
    people = [an_account() for _ in range(3)]
    case = a_merger_with_notice_over()
    agree(people[0], case)
    is_theirs(made(case), people[:1])

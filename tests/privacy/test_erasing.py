"""After approval nothing about the person can be read, wherever it stood, whatever went wrong meanwhile. 5.2.2b-c."""

import json
import shutil
from datetime import timedelta

import pytest
from pyrage.x25519 import Identity
from sqlalchemy import insert, select

from app.accounts.models import Account
from app.accounts.opening import NameTaken
from app.accounts.people import person_of
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.data_keys import data_keys, subject_keys
from app.foundation.database import Base, db
from app.foundation.personal_data import Purpose, purpose
from app.foundation.sealed_log import CannotOpen, opened
from app.notifications.models import OutboxMessage
from app.notifications.sweeping import sweep
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.privacy import erasing
from app.privacy.closing import approve
from app.privacy.closures import APPROVED, ERASED, Closure
from app.privacy.erasing import STEPS, carry_on, carry_on_all, replay
from app.privacy.erasing_rows import EVIDENCE
from app.privacy.erasure_journal import erased as journal
from app.privacy.erasure_receipt import receipt_token
from app.privacy.holding import Hold, NoTwoKeepers, hold
from app.privacy.keeping import enforce
from app.settings import current_settings
from tests.accounts.builders import an_account, signed_in
from tests.checkout.builders import an_address, an_order, in_cart
from tests.notifications.builders import a_running_simulator
from tests.privacy.closures import REVIEWER, all_of, applied, erased, fresh
from tests.stock.builders import a_stocked_sku

BUYER = Actor("buyer", 7)


def a_person(client=None):
    """Somebody with a cart, an address, a cancelled order, sessions and messages."""
    account = an_account()
    an_address(account, consignee="Alice Wang")
    order = an_order(account=account)
    cancel(order.id, BUYER, now())
    in_cart(account, a_stocked_sku()[0])
    if client is not None:
        signed_in(client, account)
    return account


def references_to(*numbers):
    """Tables that are no evidence and hold one of these numbers anywhere."""
    found = set()
    for table in Base.metadata.sorted_tables:
        if table.name not in EVIDENCE:
            for row in db.session.execute(select(table)):
                if any(value in numbers for value in row if isinstance(value, int) and value > 2**32):
                    found.add(table.name)
    return found


@pytest.mark.clause("5.2.2b")
def test_nothing_refers_to_the_person_any_more_and_others_are_untouched(client):
    account, other = a_person(client), a_person()
    numbers = (account.id, account.subject_id, account.audit_ref)
    before = {table.name: db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    assert references_to(*numbers) >= {"accounts", "addresses", "orders", "cart_lines", "login_sessions"}
    closure = erased(account)
    assert closure.state == ERASED and references_to(*numbers) == set()
    assert data_keys().load([numbers[1]]) == {} and data_keys().load([other.subject_id])
    assert len(all_of(Account)) == len(before["accounts"]) - 1 and len(all_of(Order)) == len(before["orders"])
    with purpose(Purpose.SERVICE):
        assert db.session.get(Account, other.id).name


@pytest.mark.clause("5.2.2b")
@pytest.mark.parametrize("step", [step.name for step in STEPS])
@pytest.mark.parametrize("before", [True, False])
def test_killed_before_or_after_any_step_it_goes_on_to_the_same_end(app, clock, monkeypatch, step, before):
    """A step that died may have done its work without writing it down, or nothing at all."""

    class Killed(BaseException):
        pass

    def dying(run):
        def die(closure, at):
            if not before:
                run(closure, at)
            raise Killed

        return die

    account = a_person()
    numbers = (account.id, account.subject_id, account.audit_ref)
    closure = applied(account)
    approve(closure.id, REVIEWER, now())
    clock.travel(minutes=11)
    deadly = tuple(type(each)(each.name, dying(each.run) if each.name == step else each.run) for each in STEPS)
    with monkeypatch.context() as planted:
        planted.setattr(erasing, "STEPS", deadly)
        with pytest.raises(Killed):
            carry_on(closure.id, now())
    carry_on_all()
    assert fresh(closure).state == ERASED and references_to(*numbers) == set()
    assert closure.erased["orders"] == 1 and closure.erased["addresses"] == 1
    assert [entry.event for entry in all_of(LedgerEntry)].count("closure.erased") == 1


@pytest.mark.clause("5.2.2b")
def test_it_is_done_within_fifteen_minutes_and_the_last_sms_leaves_before_the_number_goes(app, clock):
    account = a_person()
    number = person_of(account).number
    with a_running_simulator(app) as simulator:
        closure = applied(account)
        sweep()
        approve(closure.id, REVIEWER, now())
        carry_on_all()
        assert fresh(closure).state == APPROVED and closure.steps[-1] == "key"
        sweep()
        carry_on_all()
        assert fresh(closure).state == ERASED
        assert "/privacy/closure/" in simulator.inbox[0]["text"] and simulator.inbox[0]["number"] in number
    assert all_of(OutboxMessage) == []


@pytest.mark.clause("5.2.2b")
def test_with_the_sms_service_away_it_still_ends_in_time(app, clock):
    closure = applied(a_person())
    approve(closure.id, REVIEWER, now())
    carry_on_all()
    clock.travel(minutes=10)
    carry_on_all()
    assert fresh(closure).state == ERASED and closure.erased_at - closure.decided_at < timedelta(minutes=15)
    (told,) = [entry for entry in all_of(LedgerEntry) if entry.event == "closure.farewell"]
    assert told.facts == {"sent": False}


def wrapped_key(subject_id):
    with data_keys().engine.connect() as connection:
        mine = select(subject_keys).where(subject_keys.c.subject_id == subject_id)
        return dict(connection.execute(mine).one()._mapping)


def put_back(subject_id, row):
    with data_keys().engine.begin() as connection:
        connection.execute(insert(subject_keys).values(**row))


@pytest.mark.clause("5.2.2b")
def test_a_restored_backup_does_not_bring_the_erased_back(app, clock):
    account = a_person()
    audit_ref, subject_id = account.audit_ref, account.subject_id
    rows = {table.name: db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    wrapped = wrapped_key(subject_id)
    erased(account)
    assert (audit_ref, subject_id) in set(journal())
    with db.engine.begin() as connection:  # an old backup of data and keys comes back
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                connection.execute(table.insert(), [dict(row._mapping) for row in rows[table.name]])
    put_back(subject_id, wrapped)
    db.session.expire_all()
    assert db.session.scalar(select(Account.id).where(Account.audit_ref == audit_ref))
    assert replay() >= 1
    assert db.session.scalar(select(Account.id).where(Account.audit_ref == audit_ref)) is None
    assert data_keys().load([subject_id]) == {} and replay() == 0


def test_the_journal_survives_a_torn_line(app):
    path = current_settings().instance_dir / "erased.log"
    path.unlink(missing_ok=True)
    path.write_text("12 34 .\n56 7")
    from app.privacy.erasure_journal import note_erased

    note_erased(5, 6)
    note_erased(5, 6)
    assert list(journal()) == [(12, 34), (5, 6)]
    path.unlink()


@pytest.mark.clause("5.2.2b")
def test_the_receipt_says_what_was_erased_and_what_is_kept_and_opens_for_thirty_days(client, clock):
    closure = erased(a_person())
    address = f"/en/privacy/closure/{receipt_token(closure)}"
    page = client.get(address)
    assert page.status_code == 200 and "addresses.consignee" in page.text and "made anonymous" in page.text
    assert "Alice Wang" not in page.text
    clock.travel(days=30, minutes=1)
    assert client.get(address).status_code == 410
    assert client.get("/en/privacy/closure/forged").status_code == 404


def test_the_name_of_an_erased_account_is_free_again_after_a_pause(app, clock):
    account = an_account(name="旧名字")
    erased(account)
    with pytest.raises(NameTaken):
        an_account(name="旧名字")
    clock.travel(days=91)
    assert an_account(name="旧名字")


def keepers_for(app, monkeypatch):
    from dataclasses import replace

    keys = [Identity.generate(), Identity.generate()]
    settings = replace(current_settings(), sealed_log_keepers=tuple(key.to_public() for key in keys))
    monkeypatch.setitem(app.extensions, "settings", settings)
    return keys


@pytest.mark.clause("5.1.3b")
def test_what_a_hold_covers_is_sealed_for_two_people_and_ends_on_its_day(app, clock, monkeypatch):
    first, second = keepers_for(app, monkeypatch)
    account = a_person()
    hold(account.audit_ref, "dispute", ["addresses"], now() + timedelta(days=100), is_told=True, by=9, at=now())
    closure = erased(account)
    (held,) = all_of(Hold)
    assert ["dispute", held.until.date().isoformat()] in closure.kept
    (path,) = (current_settings().instance_dir / "held").glob("*.age")
    assert b"Alice" not in path.read_bytes()
    (text,) = opened(path.read_bytes(), [second, first])
    assert json.loads(text)["addresses"][0]["consignee"]["consignee"] == "Alice Wang"
    with pytest.raises(CannotOpen):
        opened(path.read_bytes(), [first])
    clock.travel(days=100)
    enforce(now(), "holds")
    assert all_of(Hold) == [] and not path.exists()
    shutil.rmtree(path.parent)


def test_a_hold_that_the_law_keeps_quiet_is_not_in_the_receipt(app, monkeypatch):
    keepers_for(app, monkeypatch)
    account = a_person()
    hold(account.audit_ref, "authority", ["addresses"], now() + timedelta(days=9), is_told=False, by=9, at=now())
    assert "authority" not in [ground for ground, _ in erased(account).kept]


def test_without_two_keepers_nothing_can_be_held(app):
    with pytest.raises(NoTwoKeepers):
        hold(1, "dispute", ["addresses"], now() + timedelta(days=9), is_told=True, by=9, at=now())


@pytest.mark.clause("5.2.2b")
def test_the_ledger_keeps_a_certificate_and_nothing_that_names_the_person(app):
    account = a_person()
    closure = erased(account)
    (certificate,) = [entry for entry in all_of(LedgerEntry) if entry.event == "closure.erased"]
    assert certificate.subject == closure.audit_ref and certificate.facts["rows"]["accounts"] == 1
    row = db.session.get(Closure, closure.id)
    assert (row.account_id, row.subject_id, row.farewell_subject) == (None, None, None)

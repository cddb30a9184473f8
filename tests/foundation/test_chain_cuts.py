"""The ledger is cut where its time is over, no other way, and what is cut shows as well as before. 5.1.3b, 5.1.1f."""

import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Account
from app.foundation import chain_cuts
from app.foundation.alarms import standing
from app.foundation.audit import LedgerCut, LedgerEntry, LedgerLink, chain_new_entries, hash_of, record
from app.foundation.chain_check import LedgerDamaged, check_ledger
from app.foundation.chain_cuts import CARRIED, cut_before
from app.foundation.chain_heads import heads_file, keep_head
from app.foundation.chain_loss import accept_loss
from app.foundation.clock import application_clock, now
from app.foundation.database import db, transaction
from app.privacy.acceptance import accept_all
from app.privacy.evidence_keeping import cut_ledger
from app.privacy.keeping import enforce, past_its_time
from tests.accounts.builders import an_account
from tests.conftest import empty
from tests.foundation.chains import a_chain_of, a_night, restored_to, tamper, tampering_with, walk
from tests.privacy.closures import erased

pytestmark = pytest.mark.clause("5.1.1f", "5.1.3b")
OVER = {"days": 3 * 365 + 2}


def numbers() -> list[int]:
    """What entries of `a_chain_of` are left, by the number each has in its facts."""
    rows = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "test.happened"))
    return sorted(row.facts["number"] for row in rows)


def a_cut_chain(clock, cut: int = 6, left: int = 5) -> None:
    """A chain that was cut, with younger entries after the cut."""
    a_chain_of(cut)
    clock.travel(**OVER)
    a_chain_of(left)
    a_night()


def cut_now(session=None) -> int:
    with transaction() as session:
        return cut_before(session, now() - timedelta(**OVER), now())


def test_what_is_past_its_time_is_cut_off_and_the_chain_goes_on_from_there(app, clock):
    a_chain_of(6)
    keep_head()
    clock.travel(**OVER)
    a_chain_of(5)
    assert a_night()["ledger"] == 6 and numbers() == [0, 1, 2, 3, 4]
    (cut,) = db.session.scalars(select(LedgerCut)).all()
    assert (cut.number, cut.entries, cut.carried) == (6, 6, 0)
    (told,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "ledger.cut"))
    assert told.facts == {"number": 6, "hash": cut.hash, "entries": 6, "carried": 0}
    found = walk()
    assert (found.is_sound, found.cut, found.links, found.uncut) == (True, 6, 6, 0)
    assert past_its_time(db.session(), now())["ledger"] == 0
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_a_moment_before_its_time_nothing_is_cut(app, clock):
    a_chain_of(3)
    clock.travel(days=3 * 365)
    a_night()
    assert numbers() == [0, 1, 2]


def test_it_is_cut_again_and_again_and_the_chain_may_be_empty_in_between(app, clock):
    for _ in range(4):
        a_chain_of(3)
        clock.travel(**OVER)
        a_night()
        assert numbers() == [] and walk().is_sound
    cuts = db.session.scalars(select(LedgerCut.number).order_by(LedgerCut.number)).all()
    assert len(cuts) <= 2, "the cuts themselves are evidence and go after their time, but the last"
    tamper("DELETE FROM ledger_links")
    tamper("DELETE FROM ledger_entries")
    db.session.remove()
    assert walk().lost > 0


@pytest.mark.parametrize("lacks", ["a walk", "a head", "a sound walk", "a young walk"])
def test_without_a_sound_walk_and_a_head_outside_that_go_as_far_nothing_is_cut(app, clock, lacks):
    a_chain_of(6)
    clock.travel(**OVER)
    if lacks != "a head":
        keep_head()
    if lacks == "a sound walk":
        heads_file().write_text(heads_file().read_text().replace("6 ", "9 ", 1))
    if lacks != "a walk":
        check_ledger(now())
    if lacks == "a young walk":
        clock.travel(days=3)
    if lacks == "a sound walk":
        heads_file().write_text(heads_file().read_text().replace("9 ", "6 ", 1))
    assert cut_now() == 0 and numbers() == [0, 1, 2, 3, 4, 5]
    assert past_its_time(db.session(), now())["ledger"] >= 6
    keep_head()
    check_ledger(now())
    assert cut_now() >= 6 and numbers() == []


def test_damage_that_came_after_the_walk_is_not_cut_away(app, clock):
    a_chain_of(6)
    clock.travel(**OVER)
    keep_head()
    check_ledger(now())
    tamper(tampering_with(3)["altered facts"])
    with pytest.raises(LedgerDamaged):
        cut_now()
    assert walk().broken_at == 3


@pytest.mark.parametrize("way", tampering_with(9).keys())
def test_after_a_cut_a_change_or_deletion_is_found_as_before(app, clock, way):
    a_cut_chain(clock)
    tamper(tampering_with(9)[way])
    assert walk().broken_at == 9


FORGERIES = {
    "links at the beginning go": ["DELETE FROM ledger_links WHERE number <= 8"],
    "entries at the beginning go": [
        "DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM ledger_links WHERE number <= 8)",
    ],
    "the cut goes": ["DELETE FROM ledger_cuts"],
    "the cut is moved": ["UPDATE ledger_cuts SET number = number + 1"],
    "the cut gets another hash": ["UPDATE ledger_cuts SET hash = 'f'"],
    "two neighbours change places": [
        "UPDATE ledger_links SET number = -8 WHERE number = 8", "UPDATE ledger_links SET number = 8 WHERE number = 9",
        "UPDATE ledger_links SET number = 9 WHERE number = -8",
    ],
    "the end goes": ["DELETE FROM ledger_links WHERE number > 9"],
}  # fmt: skip


@pytest.mark.parametrize("statements", FORGERIES.values(), ids=FORGERIES.keys())
def test_after_a_cut_whatever_is_done_to_either_end_is_found(app, clock, statements):
    a_cut_chain(clock)
    for statement in statements:
        tamper(statement)
    db.session.remove()
    assert not check_ledger(now()).is_sound
    assert "ledger" in [alarm.name for alarm in standing(db.session())]


@pytest.mark.parametrize("store", ["app", "pg_shop"])
def test_a_cut_that_nothing_signed_outside_knows_is_an_alarm(request, store, clock):
    """Somebody cuts the store itself, at a link for which there even is a head: every hash fits."""
    request.getfixturevalue(store)
    a_chain_of(4)
    keep_head()
    a_chain_of(4)
    keep_head()
    assert check_ledger(now()).is_sound
    head = db.session.get(LedgerLink, 4).hash
    moment = now().replace(tzinfo=None).isoformat(sep=" ")
    tamper("CREATE TABLE gone AS SELECT entry_id FROM ledger_links WHERE number <= 4")
    tamper("DELETE FROM ledger_links WHERE number <= 4")
    tamper("DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM gone)")
    tamper("DROP TABLE gone")
    tamper(f"INSERT INTO ledger_cuts (number, hash, at, entries, carried) VALUES (4, '{head}', '{moment}', 4, 0)")
    db.session.remove()
    found = walk()
    assert (found.broken_at, found.strange_head, found.strange_cut, found.is_sound) == (None, None, 4, False)
    check_ledger(now())
    assert [alarm.facts["strange_cut"] for alarm in standing(db.session()) if alarm.name == "ledger"] == [4]
    with heads_file().open("a") as file:
        file.write(f"cut 4 {head} {now().isoformat(timespec='seconds')} {'0' * 64}\n")
    assert "line 3" in (walk().heads_problem or "")


@chain_cuts.needs_evidence
def what_a_test_needs(session, entries, at):
    """Entries of these tests that say so."""
    return [each for each in entries if each.facts.get("needed")]


def test_what_is_needed_for_longer_is_written_down_anew_and_still_proves_its_first_hash(app, clock):
    with transaction():
        record("test.kept", subject=7, actor=8, needed=True, number=1)
    a_chain_of(3)
    first = db.session.get(LedgerLink, 1).hash
    for times in (1, 2):
        clock.travel(**OVER)
        a_night()
        (carried,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == CARRIED))
        said = carried.facts
        assert (said["number"], said["hash"], said["event"], carried.subject) == (1, first, "test.kept", 7), times
        written = {"id": said["entry"], "at": datetime.fromisoformat(said["written"]), "event": said["event"]}
        again = LedgerEntry(**written, actor=said["by"], subject=carried.subject, facts=said["said"])
        assert hash_of(said["previous"], again) == first
        assert walk().is_sound
        db.session.remove()


def test_what_an_account_agreed_to_last_stays_proven_while_it_stands_and_ends_with_it(app, clock):
    stays, leaves = an_account(), an_account()
    refs = [stays.audit_ref, leaves.audit_ref]
    with transaction() as session:
        for ref in refs:
            accept_all(session, ref, "zh", now())
    clock.travel(**OVER)
    a_night()
    proven = select(LedgerEntry.subject).where(LedgerEntry.event == CARRIED, LedgerEntry.subject.is_not(None))
    assert sorted(db.session.scalars(proven)) == sorted(3 * refs)  # policy, agreement, rules
    erased(db.session.scalars(select(Account).where(Account.audit_ref == refs[1])).one())
    clock.travel(**OVER)
    a_night()
    clock.travel(**OVER)
    a_night()
    assert set(db.session.scalars(proven)) == {refs[0]} and len(db.session.scalars(proven).all()) == 3


def test_stopped_between_the_line_outside_and_the_rows_it_cuts_the_next_time(app, clock):
    a_chain_of(6)
    clock.travel(**OVER)
    keep_head()
    check_ledger(now())
    with pytest.raises(ZeroDivisionError), transaction() as session:
        cut_before(session, now() - timedelta(days=1), now())
        raise ZeroDivisionError
    db.session.remove()
    found = walk()
    assert (found.is_sound, found.cut, found.links, found.uncut) == (True, 0, 6, 6)
    a_night()
    assert walk().is_sound and numbers() == []


@pytest.mark.clause("2.4")
def test_a_store_restored_to_before_the_cut_says_so_and_is_cut_again(app, clock):
    a_chain_of(6)
    clock.travel(**OVER)
    a_chain_of(2)
    keep_head()
    check_ledger(now())
    rows = {model: db.session.execute(select(model.__table__)).mappings().all() for model in (LedgerEntry, LedgerLink)}
    a_night()
    assert walk().cut == 6
    with db.engine.connect() as store:
        for model in (LedgerCut, LedgerLink, LedgerEntry):
            store.execute(model.__table__.delete())
        for model, some in rows.items():
            store.execute(model.__table__.insert(), [dict(row) for row in some])
        store.commit()
    db.session.remove()
    found = walk()
    assert (found.broken_at, found.lost, found.uncut, found.cut) == (None, 1, 6, 0)
    assert accept_loss(now()) == 1
    a_night()
    assert walk().is_sound and walk().cut == 6 and numbers() == [0, 1]


def test_a_loss_is_accepted_after_a_cut_as_before(app, clock):
    a_cut_chain(clock)
    a_chain_of(3)
    keep_head()
    restored_to(9)
    assert walk().lost == 6
    accept_loss(now())
    assert walk().is_sound
    clock.travel(**OVER)
    a_night()
    assert walk().is_sound and numbers() == []


def test_several_workers_that_cut_at_once_cut_once(pg_shop, clock):
    a_chain_of(50)
    clock.travel(**OVER)
    a_chain_of(1)
    keep_head()
    check_ledger(now())
    gate, went = threading.Barrier(4), []

    def cut() -> None:
        with pg_shop.app_context():
            gate.wait()
            with transaction() as session:
                went.append(cut_before(session, now() - timedelta(days=1), now()))

    threads = [threading.Thread(target=cut) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(went) == [0, 0, 0, 50]
    assert walk().is_sound and db.session.scalar(select(func.sum(LedgerCut.entries))) == 50


NIGHTS = st.lists(
    st.tuples(st.floats(0.01, 500), st.integers(0, 7), st.integers(0, 2)), min_size=3, max_size=12
)  # fmt: skip
"""Days until then, entries before then, of which so many are needed for good."""


@pytest.mark.parametrize("store", ["app", "pg_shop"])
def test_however_the_clock_goes_no_entry_outlives_its_time_and_the_chain_is_sound(request, store, clock):
    site = request.getfixturevalue(store)

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(nights=NIGHTS)
    def over(nights) -> None:
        application_clock.reset()
        heads_file().unlink(missing_ok=True)
        needed = 0
        for days, entries, for_good in nights:
            with transaction():
                for number in range(entries):
                    record("test.happened", number=number, needed=number < for_good)
            needed += min(entries, for_good)
            clock.travel(days=days)
            a_night()
            assert past_its_time(db.session(), now())["ledger"] == 0
            oldest = db.session.scalar(select(func.min(LedgerEntry.at)))
            assert oldest is None or now() - oldest < timedelta(days=3 * 366, hours=1)
            kept = select(LedgerEntry).where(LedgerEntry.event.in_(["test.happened", CARRIED]))
            assert sum(1 for row in db.session.scalars(kept) if row.facts.get("said", row.facts)["needed"]) == needed
            assert walk().is_sound
        db.session.remove()
        empty(db.engine, db.metadata)

    over()
    assert site


def test_the_rule_cuts_from_the_beginning_whichever_entries_it_is_given(app, clock):
    a_chain_of(4)
    clock.travel(**OVER)
    keep_head()
    check_ledger(now())
    last = db.session.scalar(select(LedgerLink.entry_id).where(LedgerLink.number == 4))
    with transaction() as session:
        cut_ledger(session, [last], now())
    chain_new_entries()
    assert numbers() == [] and walk().is_sound and enforce(now(), "ledger") == {"ledger": 0}

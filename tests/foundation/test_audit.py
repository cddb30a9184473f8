"""The ledger: append-only evidence whose chain, beside heads kept outside, shows any change. Clause 5.1.1f."""

import threading
from pathlib import Path

import pytest

from app.foundation.alarms import standing
from app.foundation.audit import (
    LedgerEntry,
    LedgerIsAppendOnly,
    chain_new_entries,
    record,
)
from app.foundation.chain_check import LedgerDamaged, check_daily, check_ledger, last_check, verify_chain
from app.foundation.chain_heads import HeadsAltered, add_head, heads_file, heads_in, keep_head, last_head
from app.foundation.chain_loss import accept_loss
from app.foundation.clock import now
from app.foundation.database import db, transaction
from tests.foundation.chains import (
    a_chain_of,
    a_chain_with_a_head_at,
    entry_of_link,
    restored_to,
    tamper,
    tampering_with,
    walk,
)

pytestmark = pytest.mark.clause("5.1.1f")
TAMPERING = tampering_with(4)


def test_an_untouched_chain_is_sound(app):
    a_chain_of(25)
    assert keep_head()
    found = walk()
    assert (found.is_sound, found.links, found.heads) == (True, 25, 1)


def test_chaining_twice_links_nothing_twice(app):
    a_chain_of(3)
    assert chain_new_entries() == 0
    assert walk().links == 3


def test_entries_written_later_continue_the_chain(app):
    a_chain_of(3)
    keep_head()
    a_chain_of(2)
    keep_head()
    found = walk()
    assert (found.is_sound, found.links, found.heads) == (True, 5, 2)


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=TAMPERING.keys())
def test_a_change_or_deletion_is_found_where_it_happened(app, sql):
    a_chain_of(8)
    tamper(sql)
    assert walk().broken_at == 4


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=TAMPERING.keys())
def test_it_is_found_on_postgresql_too(pg_shop, sql):
    a_chain_of(8)
    assert walk().is_sound
    tamper(sql)
    assert walk().broken_at == 4


def test_two_swapped_entries_are_found(app):
    a_chain_of(8)
    tamper("UPDATE ledger_links SET number = -4 WHERE number = 4")
    tamper("UPDATE ledger_links SET number = 4 WHERE number = 5")
    tamper("UPDATE ledger_links SET number = 5 WHERE number = -4")
    assert walk().broken_at == 4


@pytest.mark.parametrize("kept", range(8))
def test_a_chain_cut_short_anywhere_is_found_by_its_head(app, kept: int):
    a_chain_of(8)
    keep_head()
    tamper(f"DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM ledger_links WHERE number > {kept})")
    tamper(f"DELETE FROM ledger_links WHERE number > {kept}")
    db.session.remove()
    assert verify_chain(db.session()).is_sound
    found = walk()
    assert (found.is_sound, found.lost) == (False, 8 - kept)


def test_a_chain_written_anew_from_some_entry_on_does_not_fit_the_heads(app):
    """Whoever may write to the database makes every hash fit again; not the heads outside."""
    a_chain_of(5)
    keep_head()
    a_chain_of(5)
    keep_head()
    tamper(f"UPDATE ledger_entries SET event = 'forged' WHERE id = {entry_of_link(4)}")
    tamper("DELETE FROM ledger_links")
    tamper("INSERT INTO ledger_waiting SELECT id FROM ledger_entries")
    db.session.remove()
    chain_new_entries()
    assert verify_chain(db.session()).is_sound
    assert walk().strange_head == 5


def test_an_entry_kept_away_from_the_chain_is_found(app):
    a_chain_of(3)
    with transaction():
        record("test.happened")
    tamper("DELETE FROM ledger_waiting")
    db.session.remove()
    chain_new_entries()
    found = walk()
    assert (found.is_sound, found.links, found.loose) == (False, 3, 1)


def test_the_file_of_heads_grows_only_with_the_chain(app):
    assert not keep_head()
    a_chain_of(2)
    assert (keep_head(), keep_head()) == (True, False)
    a_chain_of(1)
    assert keep_head()
    assert [head.number for head in heads_in(heads_file())] == [2, 3]
    assert heads_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", ["2 ", "swap", "forged", "repeat"])
def test_a_line_that_is_not_ours_or_not_in_its_place_is_found(app, change):
    for _ in range(3):
        a_chain_of(1)
        keep_head()
    lines = heads_file().read_text().splitlines(keepends=True)
    altered = {
        "2 ": [lines[0], "9" + lines[1][1:], lines[2]],
        "swap": [lines[1], lines[0], lines[2]],
        "forged": [*lines, f"4 {'0' * 64} {now().isoformat(timespec='seconds')} {'0' * 64}\n"],
        "repeat": [*lines, lines[2]],
    }[change]
    heads_file().write_text("".join(altered))
    assert "line" in (walk().heads_problem or "")
    assert not check_ledger(now()).is_sound


def test_heads_that_went_missing_are_missed(app):
    for _ in range(3):
        a_chain_of(1)
        keep_head()
    assert check_ledger(now()).is_sound
    heads_file().unlink()
    assert check_ledger(now()).heads_problem == "3 heads fewer than at the last walk"


def test_a_line_cut_off_by_a_crash_is_no_head_and_the_next_one_is_whole(app):
    a_chain_of(1)
    keep_head()
    whole = heads_file().read_text()
    heads_file().write_text(whole + "2 abcdef")
    assert walk().is_sound
    a_chain_of(2)
    assert keep_head()
    assert [head.number for head in heads_in(heads_file())] == [1, 3]
    assert walk().is_sound


def test_several_processes_write_heads_in_order(app, tmp_path: Path):
    file = tmp_path / "heads"

    def write(start: int) -> None:
        with app.app_context():
            for number in range(start, 200, 4):
                add_head(file, number, f"{number:064x}", now())

    threads = [threading.Thread(target=write, args=(start,)) for start in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [head.number for head in heads_in(file)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == last_head(file).number == 199


def test_a_forged_last_line_stops_the_writer(app):
    a_chain_of(1)
    keep_head()
    heads_file().write_text(heads_file().read_text().replace("1 ", "9 ", 1))
    a_chain_of(1)
    with pytest.raises(HeadsAltered):
        keep_head()


def test_the_application_itself_cannot_change_evidence(app):
    a_chain_of(1)
    entry = db.session.query(LedgerEntry).first()
    with pytest.raises(LedgerIsAppendOnly), transaction():
        entry.event = "forged"
        db.session.flush()


def test_the_command_says_when_the_chain_is_broken(app):
    a_chain_of(5)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "keep-head"]).output == "added\n"
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    tamper("UPDATE ledger_entries SET event = 'forged'")
    answer = runner.invoke(args=["audit", "verify", "--json"])
    assert (answer.exit_code, '"broken_at": 1' in answer.output) == (1, True)


def test_the_chain_is_walked_once_a_day_and_damage_stands_as_an_alarm_until_it_is_repaired(app, client, clock):
    a_chain_of(5)
    assert (check_daily(), check_daily()) == (True, False)
    tamper(f"UPDATE ledger_entries SET event = 'forged' WHERE id = {entry_of_link(3)}")
    clock.travel(hours=25)
    with pytest.raises(LedgerDamaged):
        check_daily()
    assert [(alarm.name, alarm.facts["broken_at"]) for alarm in standing(db.session())] == [("ledger", 3)]
    assert client.get("/readyz").json["alarms"] == ["ledger"]
    assert last_check(db.session()).broken_at == 3
    tamper(f"UPDATE ledger_entries SET event = 'test.happened' WHERE id = {entry_of_link(3)}")
    clock.travel(hours=25)
    assert check_daily()
    assert standing(db.session()) == []


@pytest.mark.clause("2.4")
def test_a_restored_store_is_short_of_links_until_that_is_accepted_once_and_on_record(app, clock):
    a_chain_with_a_head_at(3, 5, 9)
    restored_to(5)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 1
    assert walk().lost == 4
    assert runner.invoke(args=["audit", "accept-loss"]).output == "lost and accepted: 4 links\n"
    assert walk().is_sound
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    (told,) = db.session.query(LedgerEntry).filter_by(event="ledger.loss_accepted")
    assert told.facts == {"kept": 5, "lost": 4}
    again = runner.invoke(args=["audit", "accept-loss"])
    assert again.exit_code == 1 and "as long as" in again.output


def test_after_a_loss_was_accepted_a_cut_and_a_forgery_are_found_as_before(app):
    a_chain_with_a_head_at(3, 5, 9)
    restored_to(5)
    accept_loss(now())
    a_chain_of(6)
    keep_head()
    assert walk().is_sound and walk().links == 12
    restored_to(8)
    assert walk().lost == 4
    tamper(f"UPDATE ledger_entries SET event = 'forged' WHERE id = {entry_of_link(2)}")
    with pytest.raises(LedgerDamaged):
        accept_loss(now())


def test_what_does_not_fit_the_older_heads_is_no_restore(app):
    a_chain_with_a_head_at(3, 5)
    tamper("DELETE FROM ledger_links")
    tamper("DELETE FROM ledger_entries")
    a_chain_of(4)
    with pytest.raises(LedgerDamaged):
        accept_loss(now())


def test_nobody_gives_heads_up_without_our_key(app):
    a_chain_with_a_head_at(3, 9)
    restored_to(3)
    with heads_file().open("a") as file:
        file.write(f"accepted 3 {'0' * 64} {now().isoformat()} {'0' * 64}\n")
    found = walk()
    assert not found.is_sound and "line 3" in (found.heads_problem or "")


def test_the_daily_walk_is_well_again_after_a_loss_was_accepted(app, clock):
    a_chain_with_a_head_at(3, 5, 9)
    restored_to(5)
    with pytest.raises(LedgerDamaged):
        check_daily()
    accept_loss(now())
    clock.travel(hours=25)
    assert check_daily() and standing(db.session()) == []

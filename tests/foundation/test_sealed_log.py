"""The sealed log: addresses go in, and come out only where the private keys are. Clause 1.2.1(3)."""

import json
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage.x25519 import Identity

from app.foundation.clock import SHANGHAI
from app.foundation.day_files import DayFiles
from app.foundation.sealed_log import CannotOpen, Record, opened, sealed, sealed_lines
from app.foundation.waiting_lines import WaitingLines
from app.settings import ROOT

NOON = datetime(2026, 11, 23, 12, 0, 7, tzinfo=SHANGHAI)
LI, WANG, ZHAO = (Identity.generate() for _ in range(3))
BOTH = [LI.to_public(), WANG.to_public()]


def a_record(**over) -> Record:
    fields = {"at": NOON, "address": "203.0.113.9", "method": "GET", "route": "catalog.home", "status": 200}
    return Record(**{**fields, "request": "0011223344556677", **over})


@pytest.fixture
def files(tmp_path: Path) -> DayFiles:
    return DayFiles(tmp_path / "sealed", "sealed", ".age")


def put(log: WaitingLines[Record], record: Record) -> None:
    log.add(record.at.date(), record)


def records_in(files: DayFiles, *identities: Identity) -> list[dict]:
    lines = [line for _, path in files.files() for line in path.read_bytes().splitlines()]
    return [json.loads(record) for line in lines for record in opened(line, identities or (LI, WANG))]


def wait_for(holds) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(holds())


@given(st.text(max_size=60))
def test_what_was_sealed_for_two_opens_for_both_together_in_any_order(text):
    line = sealed(text, BOTH)
    assert "\n".join(opened(line, [LI, WANG])) == "\n".join(opened(line, [ZHAO, WANG, LI])) == text


@pytest.mark.clause("1.2.1(3)")
@pytest.mark.parametrize("hands", [[], [LI], [WANG], [ZHAO], [LI, ZHAO]])
def test_one_keeper_alone_opens_nothing_that_was_sealed_for_two(hands):
    with pytest.raises(CannotOpen):
        opened(sealed("203.0.113.9", BOTH), hands)


@given(st.binary(max_size=200))
def test_a_damaged_line_cannot_be_opened_and_is_no_other_error(line):
    with pytest.raises(CannotOpen):
        opened(line, [LI, WANG])


@pytest.mark.clause("1.2.1(3)")
def test_a_record_is_on_the_disk_within_a_second_and_not_in_the_clear(files):
    put(sealed_lines(files, BOTH), a_record())
    assert wait_for(lambda: list(files.files()))
    ((day, path),) = files.files()
    assert (day, b"203.0.113.9" in path.read_bytes()) == (date(2026, 11, 23), False)
    assert records_in(files) == [
        {
            "at": "2026-11-23T12:00:07+08:00", "address": "203.0.113.9", "method": "GET", "route": "catalog.home",
            "status": 200, "request": "0011223344556677",
        }
    ]  # fmt: skip


def test_records_of_one_moment_are_sealed_together(files):
    log = sealed_lines(files, BOTH)
    for number in range(100):
        put(log, a_record(request=f"{number:016x}"))
    assert wait_for(lambda: list(files.files()) and len(records_in(files)) == 100)
    assert sum(len(path.read_bytes().splitlines()) for _, path in files.files()) <= 3


def test_records_around_midnight_stand_in_the_files_of_their_days(files):
    log = sealed_lines(files, BOTH)
    for hour in (23, 0):
        put(log, a_record(at=NOON.replace(hour=hour, day=23 + (hour == 0))))
    log.flush()
    assert [day for day, _ in files.files()] == [date(2026, 11, 23), date(2026, 11, 24)]


def test_records_wait_while_the_disk_is_away_and_are_written_when_it_is_back(files):
    files.folder.write_text("a file stands where the folder should")
    log = sealed_lines(files, BOTH)
    put(log, a_record())
    with pytest.raises(OSError):
        log.flush()
    files.folder.unlink()
    assert wait_for(lambda: list(files.files()))
    assert [record["address"] for record in records_in(files)] == ["203.0.113.9"]


def test_more_records_than_memory_may_hold_are_counted_and_left_out(files, monkeypatch, caplog):
    monkeypatch.setattr("app.foundation.waiting_lines.MOST_WAITING", 10)
    files.folder.write_text("a file stands where the folder should")
    log = sealed_lines(files, BOTH)
    for number in range(15):
        put(log, a_record(request=f"{number:016x}"))
    files.folder.unlink()
    assert wait_for(lambda: list(files.files()) and len(records_in(files)) >= 10)
    assert "no place for 5 lines" in caplog.text


WRITING = """
import sys, time
from pathlib import Path
from pyrage.x25519 import Recipient
from app.foundation.clock import now
from app.foundation.day_files import DayFiles
from app.foundation.sealed_log import Record, sealed_lines
log = sealed_lines(DayFiles(Path(sys.argv[1]), "sealed", ".age"), [Recipient.from_str(key) for key in sys.argv[3:]])
log.add(now().date(), Record(now(), "203.0.113.9", "GET", "catalog.home", 200, "-"))
print("written", flush=True)
time.sleep(float(sys.argv[2]))
log.add(now().date(), Record(now(), "203.0.113.10", "GET", "catalog.home", 200, "-"))
print("written", flush=True)
time.sleep(60 * (float(sys.argv[2]) > 0))
"""


def a_process(files: DayFiles, pause: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", WRITING, str(files.folder), str(pause), *map(str, BOTH)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def test_a_process_that_ends_in_order_loses_no_record(files):
    assert a_process(files, 0).wait(20) == 0
    assert [record["address"] for record in records_in(files)] == ["203.0.113.9", "203.0.113.10"]


def test_a_killed_process_loses_at_most_its_last_second(files):
    process = a_process(files, 1.5)
    assert process.stdout is not None
    for _ in range(2):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert "203.0.113.9" in [record["address"] for record in records_in(files)]


@pytest.fixture
def runner(shop):
    return shop.test_cli_runner()


def keys_of(text: str) -> tuple[str, str]:
    public, private = (line.rpartition(": ")[2] for line in text.splitlines())
    return public, private


@pytest.mark.clause("1.2.1(3)")
def test_the_keys_of_the_command_open_what_was_sealed_for_them(runner, files, tmp_path):
    public, private = keys_of(runner.invoke(args=["sealed-log", "keygen"]).output)
    assert public.startswith("age1") and private.startswith("AGE-SECRET-KEY-")
    key = tmp_path / "li.key"
    key.write_text(f"# kept in a safe\n{private}\n")
    path = tmp_path / "sealed-2026-11-23.age"
    path.write_bytes(sealed(a_record().to_json(), [Identity.from_str(private).to_public()]) + b"\n")
    found = runner.invoke(args=["sealed-log", "open", str(path), "--identity", str(key)])
    assert (found.exit_code, json.loads(found.output)["address"]) == (0, "203.0.113.9")


def test_lines_that_stay_closed_are_named_and_end_the_command_with_1(runner, tmp_path):
    path, key = tmp_path / "sealed.age", tmp_path / "li.key"
    path.write_bytes(b"torn" + sealed("x", BOTH) + b"\n\n" + sealed("opens", [LI.to_public()]) + b"\n")
    key.write_text(str(LI))
    found = runner.invoke(args=["sealed-log", "open", str(path), "--identity", str(key)])
    assert (found.exit_code, "line 1 cannot be opened" in found.output, "opens" in found.output) == (1, True, True)


@pytest.mark.parametrize("text", ["", "no key", "AGE-SECRET-KEY-1DAMAGED", "\x00\xff"])
def test_a_key_file_without_a_sound_key_is_refused_in_words(runner, tmp_path, text):
    path, key = tmp_path / "sealed.age", tmp_path / "li.key"
    path.write_bytes(b"")
    key.write_text(text)
    found = runner.invoke(args=["sealed-log", "open", str(path), "--identity", str(key)])
    assert found.exit_code == 2 and "private key" in found.output

"""Logs of a file a day: whole lines from many processes, deleted by their day, healed by themselves."""

import multiprocessing
import resource
import signal
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.foundation.day_files import DayFiles

TODAY = date(2026, 11, 23)


@pytest.fixture
def files(tmp_path: Path) -> DayFiles:
    return DayFiles(tmp_path / "log", "service", ".jsonl")


def lines_of(files: DayFiles) -> list[bytes]:
    return [line for _, path in files.files() for line in path.read_bytes().splitlines()]


def test_a_file_is_named_by_its_day_and_closed_to_others(files):
    files.append(TODAY, b"one")
    files.append(TODAY + timedelta(1), b"two")
    assert [path.name for _, path in files.files()] == ["service-2026-11-23.jsonl", "service-2026-11-24.jsonl"]
    assert {path.stat().st_mode & 0o777 for _, path in files.files()} == {0o600}


def _append_in_child(folder: Path, mark: bytes) -> None:
    files = DayFiles(folder, "service", ".jsonl")
    for _ in range(2000):
        files.append(TODAY, mark * 200)


def test_lines_of_several_processes_never_mix(files):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_in_child, args=(files.folder, mark)) for mark in (b"a", b"b", b"c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(set(lines_of(files))) == [b"a" * 200, b"b" * 200, b"c" * 200]
    assert len(lines_of(files)) == 6000


@given(ages=st.lists(st.integers(0, 400), max_size=8), kept=st.integers(0, 365))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_exactly_the_days_before_the_given_one_go(files, ages, kept):
    files.forget(date.max)
    for age in ages:
        files.append(TODAY - timedelta(age), b"line")
    files.forget(TODAY - timedelta(kept))
    assert [day for day, _ in files.files()] == sorted({TODAY - timedelta(age) for age in ages if age <= kept})


def test_what_else_lies_in_the_folder_stays(files):
    files.append(TODAY, b"line")
    for name in ("service-notes.jsonl", "other-2020-01-01.jsonl"):
        (files.folder / name).write_text("kept")
    assert files.forget(date.max) == 1
    assert sorted(path.name for path in files.folder.iterdir()) == ["other-2020-01-01.jsonl", "service-notes.jsonl"]


def test_a_file_that_was_taken_away_is_begun_anew(files):
    files.append(TODAY, b"gone")
    files.forget(date.max)
    files.append(TODAY, b"new")
    assert lines_of(files) == [b"new"]


def _fill_up(files: DayFiles, answers) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (15, resource.RLIM_INFINITY))
    for line in (b"whole line", b"torn line"):
        try:
            files.append(TODAY, line)
            answers.put("written")
        except OSError:
            answers.put("refused")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    files.append(TODAY, b"after the disk was cleared")


def test_a_full_disk_refuses_the_line_and_the_next_one_begins_on_its_own(files):
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_fill_up, args=(files, answers))
    child.start()
    assert [answers.get(timeout=10) for _ in range(2)] == ["written", "refused"]
    child.join()
    assert (lines_of(files)[0], lines_of(files)[-1]) == (b"whole line", b"after the disk was cleared")

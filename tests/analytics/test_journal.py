"""The spool: what a line may hold, and what becomes of torn lines, full disks and dead writers."""

import errno
import multiprocessing
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import LeftOut
from analytics.journal import ALLOWED, Damaged, HitLine, JournalUnavailable, LeftOutLine, read, written
from analytics.visit import Classes, Deltas
from tests.analytics.builders import TODAY, a_line


@pytest.mark.clause("2.10")
def test_a_line_holds_allowed_coarse_fields_and_nothing_else():
    fields = {*HitLine._fields, *Deltas._fields, *LeftOutLine._fields} - {"moved"}
    fields = fields - {"classes", "visit_classes"} | {*Classes._fields}
    assert fields <= set(ALLOWED)
    assert not [name for name in ALLOWED if any(word in name for word in ("address", "agent", "user", "time", "url"))]


def test_a_line_reads_back_as_it_was_written():
    left_out = LeftOutLine(TODAY, LeftOut.ROBOT, 1), LeftOutLine(TODAY, LeftOut.PREFETCHED, -1)
    for line in (a_line(key="m63s-plus"), *left_out):
        assert read(written(line).removesuffix(b"\n")) == line


@given(st.binary(max_size=400))
def test_any_bytes_are_a_damaged_line_and_no_other_error(data):
    with pytest.raises(Damaged):
        read(data)


@pytest.mark.clause("2.10")
@pytest.mark.parametrize("key", ["zhang san", "13800000000@qq.com", "a/b", "A", "x" * 65])
def test_free_text_cannot_come_back_out_of_a_journal(key):
    with pytest.raises(Damaged):
        read(written(a_line()._replace(key=key)).removesuffix(b"\n"))


def test_a_hit_is_in_the_file_before_append_returns(house):
    house.journal().append(a_line())
    (file,) = house.journal_dir.glob("*.hits")
    assert file.read_bytes().endswith(b"\n")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_large_file_is_followed_by_another_and_both_are_counted(house):
    journal = house.journal(segment_bytes=400)
    for _ in range(20):
        journal.append(a_line())
    assert len(list(house.journal_dir.glob("*.hits"))) > 3
    house.fold()
    assert house.totals()["views"] == 20
    assert len(list(house.journal_dir.iterdir())) == 1


def test_the_file_of_a_living_writer_stays_and_that_of_a_closed_one_goes(house):
    journal = house.journal()
    journal.append(a_line())
    house.fold()
    assert len(list(house.journal_dir.iterdir())) == 1
    journal.append(a_line())
    journal.close()
    house.fold()
    assert not list(house.journal_dir.iterdir())
    assert house.totals()["views"] == 2


def test_lines_are_pushed_to_the_disk_soon_after_their_answer(house, monkeypatch):
    pushed = threading.Event()
    true_fdatasync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda file: (true_fdatasync(file), pushed.set())[0])
    journal = house.journal(sync="background")
    journal.append(a_line())
    assert pushed.wait(5)
    journal.close()


def _append_in_child(journal) -> None:
    journal.append(a_line(ticket=10**9))
    os._exit(0)


def test_a_forked_process_writes_a_file_of_its_own(house):
    journal = house.journal()
    journal.append(a_line())
    child = multiprocessing.get_context("fork").Process(target=_append_in_child, args=(journal,))
    child.start()
    child.join()
    assert len(list(house.journal_dir.glob("*.hits"))) == 2
    journal.append(a_line())
    house.fold()
    assert house.totals()["views"] == 3


def test_a_torn_last_line_of_a_dead_writer_is_left_out_and_the_lines_before_it_counted(house):
    house.append(a_line(), a_line())
    (file,) = house.journal_dir.glob("*.hits")
    file.write_bytes(file.read_bytes() + written(a_line())[:40])
    house.fold()
    assert house.totals()["views"] == 2
    assert house.left_out() == {LeftOut.DAMAGED: 1}
    assert not list(house.journal_dir.iterdir())


def test_a_last_line_still_being_written_waits_for_its_end(house):
    journal = house.journal()
    journal.append(a_line())
    line = written(a_line())
    os.write(journal._file, line[:30])
    house.fold()
    os.write(journal._file, line[30:])
    house.fold()
    assert (house.totals()["views"], house.left_out()) == (2, {})


def test_a_damaged_line_in_the_middle_costs_only_itself(house):
    house.append(a_line(), a_line(), a_line())
    (file,) = house.journal_dir.glob("*.hits")
    first, second, third, _ = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([first, second[:5] + b"9" + second[6:] + b"x", third, b""]))
    house.fold()
    assert house.totals()["views"] == 2
    assert house.left_out() == {LeftOut.DAMAGED: 1}


@pytest.mark.parametrize("line", [LeftOutLine(TODAY, LeftOut.ROBOT, 2), LeftOutLine(65_536, LeftOut.ROBOT, 1)])
def test_a_line_that_leaves_out_more_than_one_or_on_no_possible_day_is_damaged(line):
    with pytest.raises(Damaged):
        read(written(line).removesuffix(b"\n"))


@pytest.mark.parametrize("lives", [True, False])
def test_a_hole_larger_than_a_batch_costs_no_line_behind_it(house, lives):
    """As a file system may leave it after the power failed: zeros, without the end of any line among them."""
    journal = house.journal()
    journal.append(a_line())
    os.write(journal._file, bytes(7000) + b"\n")
    journal.append(a_line())
    if not lives:
        journal.close()
    house.fold(batch_bytes=2000)
    assert (house.totals()["views"], set(house.left_out())) == (2, {LeftOut.DAMAGED})
    assert len(list(house.journal_dir.iterdir())) == int(lives)


@pytest.mark.clause("3.2")
def test_a_folder_that_cannot_be_written_is_an_error_now_and_heals_by_itself(house):
    house.journal_dir.write_text("a file stands where the folder should")
    journal = house.journal()
    with pytest.raises(JournalUnavailable):
        journal.append(a_line())
    house.journal_dir.unlink()
    journal.append(a_line())
    house.fold()
    assert house.totals()["views"] == 1


@pytest.mark.clause("3.2")
def test_a_full_disk_refuses_the_hit_and_leaves_no_half_line_behind(house):
    """A real full disk: the file may not grow beyond what the process is allowed to write."""
    journal = house.journal()
    journal.append(a_line())
    outcome = _in_child_with_file_limit(journal, len(written(a_line())) * 2 + 20)
    assert outcome == [None, errno.EFBIG] or outcome == [None, errno.ENOSPC]
    house.fold()
    assert (house.totals()["views"], house.left_out()) == (2, {})


def _in_child_with_file_limit(journal, limit: int) -> list[int | None]:
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_write_until_full, args=(journal, limit, answers))
    child.start()
    outcome = [answers.get(timeout=10) for _ in range(2)]
    child.join()
    return outcome


def _write_until_full(journal, limit, answers) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    line = a_line(ticket=10**9)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(written(line)) + 20, -1))
    for number in range(2):
        try:
            journal.append(line._replace(ticket=line.ticket + number))
            answers.put(None)
        except JournalUnavailable as problem:
            answers.put(problem.errno)
    answers.close()
    answers.join_thread()
    os._exit(0)

"""Times of answers are summed by each process and written each second; only the last second can be lost. Clause 2.9."""

import os
import subprocess
import sys
import time

import pytest

from analytics.answer_times import PAUSE_SECONDS, AnswerTimes
from analytics.performance import times
from tests.analytics.builders import TODAY

KINDS = {1: "front", 2: "bread"}


def counted(house) -> dict[str, int]:
    house.fold()
    return {kind: found.answers for kind, found in times(house.store, TODAY, TODAY, KINDS).items()}


@pytest.mark.clause("2.9")
def test_many_answers_of_one_kind_and_span_are_one_line(house):
    journal = house.journal()
    sums = AnswerTimes(journal)
    for _ in range(500):
        sums.add(TODAY, 1, 3)
    sums.add(TODAY, 2, 3)
    sums.write_down()
    sums.write_down()
    journal.close()
    assert house.fold() == 2
    assert counted(house) == {"front": 500, "bread": 1}


def test_sums_are_written_by_themselves_within_two_seconds(house):
    journal = house.journal()
    AnswerTimes(journal).add(TODAY, 1, 3)
    until = time.monotonic() + 20 * PAUSE_SECONDS
    while not counted(house) and time.monotonic() < until:
        time.sleep(0.05)
    journal.close()
    assert counted(house) == {"front": 1}


def test_while_the_journal_takes_nothing_the_sums_wait(house):
    house.journal_dir.write_text("in the way")
    journal = house.journal()
    sums = AnswerTimes(journal)
    sums.add(TODAY, 1, 3)
    sums.write_down()
    house.journal_dir.unlink()
    sums.add(TODAY, 1, 3)
    sums.write_down()
    journal.close()
    assert counted(house) == {"front": 2}


ANSWERING = """
import os, sys
from pathlib import Path
from analytics.answer_times import AnswerTimes
from analytics.journal import Journal

sums = AnswerTimes(Journal(Path(sys.argv[1]), sync="each"))
for _ in range(3):
    sums.add(int(sys.argv[2]), 1, 3)
if os.fork() == 0:
    sums.add(int(sys.argv[2]), 2, 3)
"""


def test_a_process_and_its_copy_that_end_in_order_lose_no_answer_and_count_none_twice(house):
    ended = subprocess.run(
        [sys.executable, "-c", ANSWERING, str(house.journal_dir), str(TODAY)], env=os.environ, timeout=60, check=True
    )
    until = time.monotonic() + 20
    while "bread" not in counted(house) and time.monotonic() < until:
        time.sleep(0.05)
    assert (ended.returncode, counted(house)) == (0, {"front": 3, "bread": 1})

"""Times to answer are kept as distributions, faults as counts of their place. Clauses 2.3, 2.9."""

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.codes import Device, Matter
from analytics.days import date_of
from analytics.journal import Damaged, ServerLine, read, written
from analytics.performance import BOUNDS_MS, Fault, Times, bucket_of, faults_of, times
from analytics.store import faults, timings
from tests.analytics.builders import TODAY, a_line

KINDS = {1: "front", 2: "bread"}


def an_answer(ms: float, kind: int = 1, day: int = TODAY) -> ServerLine:
    return ServerLine(day, Matter.ANSWER, kind, bucket_of(ms))


def a_fault(code: int, device: Device = Device.OTHER, day: int = TODAY) -> ServerLine:
    return ServerLine(day, Matter.FAULT, code, device)


@given(st.floats(0, 100_000))
def test_a_time_lies_in_the_span_that_its_number_names(ms):
    bucket = bucket_of(ms)
    assert bucket == 0 or BOUNDS_MS[bucket - 1] < ms
    assert bucket == len(BOUNDS_MS) or ms <= BOUNDS_MS[bucket]


@given(st.lists(st.floats(0, 4000), min_size=1), st.sampled_from([0.5, 0.95]))
def test_the_bound_of_a_share_is_the_first_that_holds_it(taken, share):
    spans = [0] * (len(BOUNDS_MS) + 1)
    for ms in taken:
        spans[bucket_of(ms)] += 1
    bound = Times(spans).within_ms(share)
    assert bound is not None
    assert sum(ms <= bound for ms in taken) >= share * len(taken)
    assert all(sum(ms <= smaller for ms in taken) < share * len(taken) for smaller in BOUNDS_MS if smaller < bound)


def test_no_answer_has_no_bound_and_a_very_slow_one_neither():
    assert Times([0] * 11).within_ms(0.5) is None
    assert Times([0] * 10 + [1]).within_ms(0.5) is None


@pytest.mark.clause("2.9")
def test_times_are_summed_by_day_and_kind_of_page(house):
    house.append(an_answer(3), an_answer(4), an_answer(700), an_answer(30, kind=2), an_answer(1, day=TODAY - 1))
    house.fold()
    house.fold()
    found = times(house.store, TODAY, TODAY, KINDS)
    assert {kind: kept.answers for kind, kept in found.items()} == {"bread": 1, "front": 3}
    assert (found["front"].within_ms(0.5), found["front"].within_ms(0.95)) == (5, 1000)
    assert times(house.store, TODAY - 1, TODAY, KINDS)["front"].answers == 4


@pytest.mark.clause("2.3")
@pytest.mark.clause("1.1.2a")
def test_faults_are_counted_by_day_place_and_class_of_device(house):
    phone, other = Device.PHONE, Device.OTHER
    house.append(a_fault(7, phone), a_fault(9), a_fault(7, phone), a_fault(7), a_fault(7, day=TODAY - 1), a_fault(9))
    house.append(a_fault(7, phone))
    house.fold()
    assert faults_of(house.store, TODAY - 1, TODAY) == [
        Fault(TODAY, 7, phone, 3), Fault(TODAY, 9, other, 2), Fault(TODAY, 7, other, 1), Fault(TODAY - 1, 7, other, 1)
    ]  # fmt: skip


def test_the_sites_own_work_moves_no_figure_of_visits(house):
    house.append(a_line(), an_answer(3), a_fault(7))
    assert house.fold() == 3
    assert (house.totals()["views"], house.left_out()) == (1, {})


@pytest.mark.parametrize("line", [
    an_answer(3)._replace(a=128), an_answer(3)._replace(b=33), an_answer(3)._replace(a=-1), a_fault(2**63),
    a_fault(1)._replace(matter=9), a_fault(1)._replace(day=70_000), a_fault(1)._replace(b=4),
    an_answer(3)._replace(answers=0), an_answer(3)._replace(answers=2**31),
])  # fmt: skip
def test_a_line_out_of_bounds_is_damaged_and_stops_no_folder(line):
    with pytest.raises(Damaged):
        read(written(line).removesuffix(b"\n"))


def test_a_line_of_the_sites_own_work_reads_back_as_it_was_written():
    for line in (an_answer(3), an_answer(3)._replace(answers=2**31 - 1), a_fault(2**63 - 1, Device.TABLET)):
        assert read(written(line).removesuffix(b"\n")) == line


def test_a_line_of_an_earlier_version_has_no_number_and_tells_of_one_answer():
    text = b"S\t%d\t%d\t1\t2" % (TODAY, Matter.ANSWER)
    assert read(b"%b\t%08x" % (text, crc32(text))) == ServerLine(TODAY, Matter.ANSWER, 1, 2, 1)


@pytest.mark.clause("2.9")
def test_no_time_is_kept_but_in_which_span_it_fell():
    assert [column.name for column in timings.columns] == ["day", "page_kind", "bucket", "answers"]
    assert [column.name for column in faults.columns] == ["day", "fault", "device", "hits"]


def test_the_commands_show_times_by_kind_of_page_and_faults_by_code(site):
    app, analytics = site
    for line in (an_answer(3), an_answer(700), an_answer(9000, kind=99), a_fault(0x7F3A, Device.TABLET)):
        analytics.journal.append(line)
    today = date_of(TODAY).isoformat()
    shown = {
        name: app.test_cli_runner().invoke(args=["analytics", name, "--from", today, "--to", today]).output.split()
        for name in ("times", "faults")
    }
    assert shown["times"] == [
        "other", "answers", "1", "p50", "ms", "more", "p95", "ms", "more",
        "front", "answers", "2", "p50", "ms", "5", "p95", "ms", "1000",
    ]  # fmt: skip
    assert shown["faults"] == [today, "7f3a", "tablet", "1"]

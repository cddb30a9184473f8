"""One clock for the whole application, which tests and operators in development can move."""

from datetime import UTC, datetime, timedelta

from app.foundation import clock as clock_module
from app.foundation.clock import Clock, at, epoch_seconds, now, today


def test_the_clock_can_be_moved_and_put_back(clock):
    before = now()
    clock.travel(days=400)
    assert now() - before >= timedelta(days=400)
    clock.reset()
    assert abs(now() - before) < timedelta(minutes=1)


def test_the_business_day_is_chinas(clock):
    clock.freeze(datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    assert today().isoformat() == "2026-11-23"


def test_seconds_since_1970_are_those_of_the_moved_and_the_frozen_clock(clock):
    clock.travel(days=400)
    assert abs(epoch_seconds() - now().timestamp()) < 60
    clock.freeze(datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    assert epoch_seconds() == now().timestamp() == 1_795_365_000


def test_a_file_moves_the_clock_of_a_running_process(tmp_path, monkeypatch):
    monkeypatch.setattr(clock_module, "REREAD_SECONDS", 0)
    file = tmp_path / "offset"
    moved = Clock()
    moved.follow(file)
    assert abs(moved.now() - datetime.now(UTC)) < timedelta(minutes=1)
    file.write_text("86400")
    assert moved.now() - datetime.now(UTC) > timedelta(hours=23)
    assert abs(moved.epoch_seconds() - moved.now().timestamp()) < 60


def test_nonsense_in_the_file_moves_nothing(tmp_path):
    file = tmp_path / "offset"
    file.write_text("tomorrow")
    moved = Clock()
    moved.follow(file)
    assert abs(moved.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_block_can_run_at_another_moment():
    then = datetime(2026, 1, 1, tzinfo=UTC)
    with at(then):
        assert now() == then
    assert now() > then

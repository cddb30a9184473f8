"""Faults are told by class and place, and no value of an error reaches any output. Clause 2.3."""

import logging

import pytest

from app.foundation import faults
from app.foundation.build import build_of
from app.foundation.jobs import Duty, run_duty
from app.settings import ROOT

CANARY = "CANARY-13800000000"


def an_error() -> BaseException:
    try:
        try:
            {}[CANARY]
        except KeyError as missing:
            raise ValueError(CANARY) from missing
    except ValueError as error:
        return error


def formatted(error: BaseException) -> str:
    record = logging.makeLogRecord({"msg": "it failed", "exc_info": (type(error), error, error.__traceback__)})
    logging.Formatter().format(record)  # another handler keeps its text of the error in the record
    return faults.WithoutValues().format(record)


@pytest.mark.clause("2.3")
def test_the_text_of_a_fault_has_classes_and_places_and_no_values():
    text = formatted(an_error())
    assert CANARY not in text
    assert "builtins.ValueError" in text and "builtins.KeyError" in text
    assert "test_faults.py:" in text and "in an_error" in text


def test_a_record_without_an_error_is_written_as_usual():
    assert faults.WithoutValues().format(logging.makeLogRecord({"msg": "all %s", "args": ("well",)})) == "all well"


@pytest.mark.clause("1.2.1")
def test_a_duty_that_fails_tells_its_listeners_and_no_value(app):
    told = []
    faults.fault_listeners(app).append(lambda where, error: told.append((where, type(error))))
    assert not run_duty(app, Duty("test.fails", 1, lambda: {}[CANARY]))
    faults.fault_listeners(app).pop()
    assert told == [("test.fails", KeyError)]


def test_the_build_is_the_clones_commit(tmp_path):
    folder = tmp_path / ".git"
    (folder / "refs" / "heads").mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "packed-refs").write_text("# pack-refs\n" + "b" * 40 + " refs/heads/main\n")
    assert build_of(tmp_path) == "b" * 12
    (folder / "refs" / "heads" / "main").write_text("a" * 40 + "\n")
    assert build_of(tmp_path) == "a" * 12
    (folder / "HEAD").write_text("c" * 40 + "\n")
    assert build_of(tmp_path) == "c" * 12


def test_a_copy_without_history_has_no_build(tmp_path):
    assert build_of(tmp_path) == "-"
    assert len(build_of(ROOT)) in (1, 12)

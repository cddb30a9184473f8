"""Killed between any two statements, an act is done wholly or not at all, and tried again it is answered the same."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.killed.acts import ACTS, CARELESS

ROOT = Path(__file__).parents[2]
ON_POSTGRESQL = ["placing an order"]
Ask = Callable[[str], dict[str, Any]]


@contextmanager
def trying(*arguments: str) -> Iterator[Ask]:
    command = [sys.executable, "-m", "tests.killed.serving", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asked, answered = process.stdin, process.stdout
        assert asked and answered

        def ask(name: str) -> dict[str, Any]:
            asked.write(f"{name}\n")
            asked.flush()
            answer = answered.readline()
            assert answer, "the process that tries the acts has failed; what it said stands above"
            return dict(json.loads(answer))

        yield ask
        asked.close()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with trying(str(tmp_path_factory.mktemp("killed"))) as ask:
        yield ask


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with trying(str(tmp_path_factory.mktemp("killed")), "--postgresql") as ask:
        yield ask


def is_well(found: dict[str, Any]) -> None:
    assert found["wrong"] == []
    commits = found["instants"].count("after commit")
    assert len(found["instants"]) >= 5 and commits >= 1
    assert found["nothing_done"] >= 2 and found["all_done"] >= 1
    assert found["answer"].startswith(("303", "ok")) or not found["answer"]


@pytest.mark.clause("5.1.1a")
@pytest.mark.parametrize("act", ACTS)
def test_it_is_all_or_nothing_and_the_retry_gets_the_same_answer(on_sqlite: Ask, act: str):
    is_well(on_sqlite(act))


def test_an_act_that_is_done_by_halves_and_twice_is_found_out(on_sqlite: Ask):
    found = " ".join(on_sqlite(CARELESS)["wrong"])
    assert "tried again, and other: stock_levels" in found and "after commit" in found


@pytest.mark.part("postgresql")
@pytest.mark.parametrize("act", ON_POSTGRESQL)
def test_it_is_so_on_postgresql_too(on_postgresql: Ask, act: str):
    is_well(on_postgresql(act))

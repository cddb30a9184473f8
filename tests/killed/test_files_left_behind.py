"""Killed between a file and its row a process leaves a file; the night removes it, and no other. 5.1.1a, 5.1.3b."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.killed.leaving import ACTS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    argv = [sys.executable, "-m", "tests.killed.leaving", str(tmp_path_factory.mktemp("left"))]
    said = subprocess.run(argv, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(json.loads(said))


@pytest.mark.clause("5.1.1a")
@pytest.mark.clause("5.1.3b")
@pytest.mark.parametrize("act", ACTS)
def test_what_a_kill_leaves_is_there_for_a_day_and_then_gone(found: dict[str, Any], act: str):
    assert found[act] == {"left": 1, "removed at once": 0, "removed next day": 1, "left then": 0}

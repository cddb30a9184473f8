"""What a file or a room shares is made once, however many processes run the tests."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = """
import os, pathlib, pytest

@pytest.mark.parametrize("number", range(6))
def test_it(number):
    with pathlib.Path("who-ran").open("a") as file:
        file.write(f"{__name__} {os.getpid()}\\n")
"""


def processes_of(folder: Path) -> dict[str, set[str]]:
    """Which processes ran the tests of each planted file."""
    ran: dict[str, set[str]] = {}
    for line in (folder / "who-ran").read_text().splitlines():
        name, process = line.split()
        ran.setdefault(name.rpartition(".")[2], set()).add(process)
    return ran


def test_a_file_stays_whole_and_so_does_a_room_with_one_running_shop(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['tests.spreading']\n")
    for file in ("browser/test_one", "browser/test_two", "cart/test_three", "cart/test_four"):
        planted = tmp_path / "tests" / f"{file}.py"
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(SHARED)
    argv = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "--import-mode=importlib"]
    run = subprocess.run(
        argv, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
    ran = processes_of(tmp_path)
    assert ran["test_one"] == ran["test_two"] and len(ran["test_one"]) == 1
    assert len(ran["test_three"]) == len(ran["test_four"]) == 1
    assert len(set.union(*ran.values())) == 2

"""Nothing speaks to anybody outside but the share gate, and nothing else can be reached. Clauses 4.1.1, 5.2.1."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.house import files

OUTWARD = [
    "tests/journeys/test_stranger_to_receipt.py",
    "tests/notifications/test_sweeping.py::test_the_disclosure_is_written_before_the_number_leaves_and_names_exactly_what_left",
    "tests/payments/test_asking.py::test_money_whose_notice_never_came_is_found_by_asking",
    "tests/shipping/test_following.py",
    "tests/shipping/test_carrier_links.py",
    "tests/foundation/test_outbound.py",
]
"""Orders, messages, online payment and the tracking of parcels, each with its stand-in on this machine."""
WAYS_OUT = {"socket", "http.client", "urllib.request", "smtplib", "ftplib", "imaplib", "poplib", "telnetlib", "ssl"}
OWN_WAYS = {
    "app/foundation/outbound.py": "the share gate: mail is handed to its relay",
    "app/foundation/standing_in.py": "serves stand-ins",
    "analytics/place_table.py": "turns addresses into numbers",
}


def alone(report: Path, *tests: str) -> "subprocess.CompletedProcess[str]":
    """Run tests in a network namespace of their own; where the kernel grants none, under the same watch without."""
    granted = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0
    argv = [*(("unshare", "--net") if granted else ()), sys.executable, "-m", "tests.house.alone", str(report), *tests]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.clause("4.1.1")
@pytest.mark.clause("5.2.1")
def test_the_outward_story_reaches_stand_ins_on_this_machine_and_nobody_else(tmp_path: Path):
    run = alone(tmp_path / "report", *OUTWARD)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    assert not (tmp_path / "report").exists(), (tmp_path / "report").read_text()


PLANTED = """
import contextlib, socket
from app.notifications import dev_inbox

def test_somebody_looks_up_a_name_and_connects():
    with contextlib.suppress(OSError):
        socket.create_connection(("example.com", 443), 1)
"""


def test_the_watch_sees_a_planted_attempt(tmp_path: Path):
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED)
    alone(tmp_path / "report", str(planted), f"--rootdir={tmp_path}", "-c", str(ROOT / "pyproject.toml"))
    assert "socket.getaddrinfo example.com\n" in (tmp_path / "report").read_text()


@pytest.mark.clause("4.1.1")
def test_no_other_file_of_the_shop_opens_a_way_out():
    found = {
        str(path)
        for path, text in files.code().items()
        if path.parts[0] in ("app", "analytics") and path.name != "simulator.py"
        for module in imported(text)
        if module in WAYS_OUT
    }
    assert found <= set(OWN_WAYS)


def imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

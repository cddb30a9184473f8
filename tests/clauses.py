"""`pytest --clauses`: which clause of the policy is proved by which test. `make clauses` runs it.

A test says `@pytest.mark.clause("5.2.2b")`. The run ends as a failure when a test names a clause that does not exist,
or a clause that is said to be kept has no passing test. The result is kept for the page `/privacy/proof`.
"""

import os
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.privacy.proof import Outcome, ProofResult, faults_of, rows_of, table_of, write_result
from app.settings import ROOT

CLAUSE = "clause"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--clauses", action="store_true", help="list the policy's clauses with their tests and results")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("clauses"):
        config.pluginmanager.register(ClauseReport(), "clause-report")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for id_ in dict.fromkeys(id_ for mark in item.iter_markers(CLAUSE) for id_ in mark.args):
            item.user_properties.append((CLAUSE, id_))


class ClauseReport:
    """Collects how the tests of each clause ended, over all phases of a test and all workers of a run."""

    def __init__(self) -> None:
        self.ended: dict[str, tuple[frozenset[str], bool]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = frozenset(str(value) for name, value in report.user_properties if name == CLAUSE)
        if report.when == "call" or report.failed:
            ran_well = report.passed and self.ended.get(report.nodeid, (ids, True))[1]
            self.ended[report.nodeid] = (ids, ran_well)

    def result(self) -> ProofResult:
        outcomes: dict[str, Outcome] = {}
        for ids, passed in self.ended.values():
            for id_ in ids:
                outcomes[id_] = outcomes.get(id_, Outcome()).plus(passed)
        return ProofResult(datetime.now(UTC).isoformat(timespec="seconds"), _build(), len(self.ended), outcomes)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        result = self.result()
        terminalreporter.section("clauses of the policy")
        terminalreporter.write_line(table_of(rows_of(result)))
        _write_faults(terminalreporter, faults_of(result))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        result = self.result()
        if hasattr(session.config, "workerinput"):
            return
        write_result(result, Path(os.environ.get("INSTANCE_DIR", ROOT / "instance")))
        if faults_of(result) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _write_faults(terminalreporter: pytest.TerminalReporter, faults: Iterable[str]) -> None:
    for fault in faults:
        terminalreporter.write_line(fault, red=True)


def _build() -> str | None:
    """The commit under test, with "+" where files differ from it; None outside a repository."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip()

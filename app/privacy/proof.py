"""The list clause > state > tests > result: what `make clauses` prints and `/privacy/proof` shows. CLAUSES.md, "How
to use it".

`clauses.toml` says of every clause whether it is kept or planned. A kept clause needs a passing test that carries its
id; a planned one names the slice that will carry it, is listed, and does not fail.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from app.privacy.policy import newest_on_file
from app.settings import current_settings

STATES = Path(__file__).resolve().parent / "clauses.toml"
RESULT = "proof.json"
_CHAPTER = re.compile(r"P|\d+")


class ClauseListError(ValueError):
    """`clauses.toml` is not well formed; the message names the entry."""


@dataclass(frozen=True, slots=True)
class ClauseState:
    """What the build says about a clause. `slice` is who will carry a planned one, "" for a kept one."""

    id: str
    sentence: str
    state: str
    where: tuple[str, ...]
    slice: str

    @property
    def is_kept(self) -> bool:
        return self.state == "kept"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the tests of one clause ended."""

    passed: int = 0
    failed: int = 0

    def plus(self, passed: bool) -> "Outcome":
        return Outcome(self.passed + passed, self.failed + (not passed))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the proof."""

    clause: ClauseState
    outcome: Outcome

    @property
    def verdict(self) -> str:
        """ "kept", "broken", "unproved" (kept by word alone) or "planned"."""
        if self.outcome.failed:
            return "broken"
        if not self.clause.is_kept:
            return "planned"
        return "kept" if self.outcome.passed else "unproved"


@dataclass(frozen=True)
class ProofResult:
    """What one run of the tests showed. `finished_at` is ISO 8601 UTC, `build` the commit that was tested, if known."""

    finished_at: str
    build: str | None
    tests: int
    outcomes: Mapping[str, Outcome]

    def to_json(self) -> str:
        clauses = {id_: {"passed": seen.passed, "failed": seen.failed} for id_, seen in self.outcomes.items()}
        facts = {"finished_at": self.finished_at, "build": self.build, "tests": self.tests, "clauses": clauses}
        return json.dumps(facts, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "ProofResult":
        """Raises ValueError, KeyError or TypeError for anything that `to_json` did not write."""
        facts = json.loads(text)
        outcomes = {id_: Outcome(int(seen["passed"]), int(seen["failed"])) for id_, seen in facts["clauses"].items()}
        return cls(str(facts["finished_at"]), facts["build"], int(facts["tests"]), outcomes)


@cache
def clause_states(file: Path = STATES) -> tuple[ClauseState, ...]:
    """Every clause in the order of the policy. Raises ClauseListError."""
    return tuple(_state(id_, entry) for id_, entry in tomllib.loads(file.read_text()).items())


def _state(id_: str, entry: Mapping[str, Any]) -> ClauseState:
    state, where, slice_ = entry.get("state"), entry.get("where", []), entry.get("slice", "")
    if state not in ("kept", "planned"):
        raise ClauseListError(f"{id_}: the state is kept or planned, not {state!r}")
    if state == "kept" and (not where or slice_):
        raise ClauseListError(f"{id_}: a kept clause says where it lives and waits for no slice")
    if state == "planned" and not slice_:
        raise ClauseListError(f"{id_}: a planned clause names the slice that will carry it")
    return ClauseState(id_, entry["sentence"], state, tuple(where), slice_)


def rows_of(result: ProofResult | None) -> list[Row]:
    """The whole list with what is known of each clause."""
    outcomes = result.outcomes if result else {}
    return [Row(clause, outcomes.get(clause.id, Outcome())) for clause in clause_states()]


def faults_of(result: ProofResult) -> list[str]:
    """Why this run proves less than is claimed; empty when all is well."""
    known = {clause.id for clause in clause_states()}
    unknown = [f"{id_}: a test names this clause, which does not exist" for id_ in result.outcomes if id_ not in known]
    return unknown + [_fault(row) for row in rows_of(result) if row.verdict in ("broken", "unproved")]


def _fault(row: Row) -> str:
    if row.verdict == "broken":
        return f"{row.clause.id}: {row.outcome.failed} of its tests failed"
    return f"{row.clause.id}: said to be kept, but no passing test names it"


@dataclass(frozen=True)
class Chapter:
    """The rows of one chapter of the policy; `number` is "P" for the preamble."""

    number: str
    rows: tuple[Row, ...]

    @property
    def kept(self) -> int:
        return sum(row.verdict == "kept" for row in self.rows)


def chapters_of(rows: Iterable[Row]) -> list[Chapter]:
    """The list by chapter, in the order of the policy."""
    return [Chapter(number, tuple(some)) for number, some in groupby(rows, _chapter)]


def _chapter(row: Row) -> str:
    found = _CHAPTER.match(row.clause.id)
    return found[0] if found else row.clause.id


def table_of(rows: Iterable[Row]) -> str:
    """The list as text for a terminal, by chapter; then which clauses are left, and why."""
    chapters = chapters_of(rows)
    lines = [line for chapter in chapters for line in _lines_of(chapter)]
    left = [row for chapter in chapters for row in chapter.rows if row.verdict != "kept"]
    kept = sum(chapter.kept for chapter in chapters)
    return "\n".join(
        [*lines, "", f"{kept} kept, {len(left)} left", *(f"{row.clause.id:<10} {_why(row)}" for row in left)]
    )


def _lines_of(chapter: Chapter) -> Iterator[str]:
    yield from ("", f"chapter {chapter.number}: {chapter.kept} of {len(chapter.rows)} kept")
    for row in chapter.rows:
        yield f"{row.clause.id:<10} {row.verdict:<9} {_tests(row.outcome):<20} {' '.join(row.clause.where)}".rstrip()


def _why(row: Row) -> str:
    """Why a clause is not kept."""
    if row.verdict != "planned":
        return _fault(row)
    permits = row.clause.id in newest_on_file().not_offered
    return f"permits what is not offered yet ({row.clause.slice})" if permits else f"waits for {row.clause.slice}"


def _tests(outcome: Outcome) -> str:
    if outcome.failed:
        return f"{outcome.passed} passed, {outcome.failed} failed"
    return f"{outcome.passed} passed" if outcome.passed else "no test"


def read_result(folder: Path | None = None) -> ProofResult | None:
    """The last run's result, or None where there is none or it cannot be read."""
    file = (folder or current_settings().instance_dir) / RESULT
    try:
        return ProofResult.from_json(file.read_text())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_result(result: ProofResult, folder: Path) -> None:
    """Keep the result where the running shop finds it; a reader never sees half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{RESULT}"
    draft.write_text(result.to_json())
    draft.replace(folder / RESULT)

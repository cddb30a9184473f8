"""The list of clauses is whole, says what the policy says, and a run that proves less than is claimed fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.foundation.clock import today
from app.privacy.policy import current_policy
from app.privacy.proof import ClauseListError, Outcome, ProofResult, Row, clause_states, rows_of, table_of
from app.settings import ROOT


def test_the_sentence_beside_a_clause_is_the_one_that_the_policy_shows(app):
    shown = {clause.id: clause.summary for clause in current_policy(today()).texts["en"].clauses}
    assert {clause.id: clause.sentence for clause in clause_states()} == shown


def test_a_kept_clause_says_where_it_lives_and_the_place_exists():
    for clause in clause_states():
        assert all((ROOT / place).exists() for place in clause.where), clause.id


BEING_BUILT = frozenset[str]()
"""Clauses that promise something and are not kept yet. This list only gets shorter."""


def test_only_what_is_not_offered_or_listed_here_may_wait(app):
    not_offered = current_policy(today()).manifest.not_offered
    planned = {clause.id for clause in clause_states() if not clause.is_kept}
    assert planned - not_offered == BEING_BUILT
    assert BEING_BUILT & not_offered == set()


@pytest.mark.parametrize(("lang", "words"), [("en", "Not offered yet"), ("zh-cn", "暂未提供")])
def test_what_is_not_offered_is_said_in_both_languages(client, lang, words):
    count = len(current_policy(today()).manifest.not_offered)
    for page in ("privacy", "privacy/proof"):
        assert client.get(f"/{lang}/{page}").text.count(f"{words}{'：' if lang != 'en' else ':'}") == count


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('state = "done"', "kept or planned"),
        ('state = "kept"', "where it lives"),
        ('state = "kept"\nwhere = ["app"]\nslice = "cart"', "waits for no slice"),
        ('state = "planned"', "names the slice"),
    ],
)
def test_an_entry_that_claims_too_little_or_too_much_is_refused(tmp_path: Path, entry: str, complaint: str):
    file = tmp_path / "clauses.toml"
    file.write_text(f'["1"]\nsentence = "x"\n{entry}\n')
    with pytest.raises(ClauseListError, match=complaint):
        clause_states(file)


@pytest.mark.parametrize(
    ("outcome", "kept", "planned"),
    [(Outcome(), "unproved", "planned"), (Outcome(2, 0), "kept", "planned"), (Outcome(2, 1), "broken", "broken")],
)
def test_the_verdict_follows_state_and_tests(outcome: Outcome, kept: str, planned: str):
    one = {clause.state: clause for clause in clause_states()}
    assert (Row(one["kept"], outcome).verdict, Row(one["planned"], outcome).verdict) == (kept, planned)


def test_a_result_comes_back_as_it_was_written():
    result = ProofResult("2026-11-23T10:00:00+00:00", None, 3, {"1": Outcome(2, 1)})
    assert ProofResult.from_json(result.to_json()) == result


def run_of(tmp_path: Path, source: str) -> tuple[int, str, dict[str, dict[str, int]]]:
    """Exit status, output and kept result of `pytest --clauses` over one file of tests."""
    (tmp_path / "test_sample.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.clauses", "--clauses", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path / "test_sample.py")]
    environment = {**os.environ, "INSTANCE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr, json.loads((tmp_path / "proof.json").read_text())["clauses"]


SAMPLE = """
import pytest

@pytest.mark.clause("P.1")
@pytest.mark.parametrize("n", [1, 2])
def test_well(n): assert n

@pytest.mark.clause("{other}")
def test_other(): assert {value}
"""


def test_a_test_that_names_an_unknown_clause_fails_the_run(tmp_path: Path):
    status, output, found = run_of(tmp_path, SAMPLE.format(other="9.9.9", value=True))
    assert status == 1
    assert "9.9.9: a test names this clause, which does not exist" in output
    assert found["P.1"] == {"passed": 2, "failed": 0}


def test_a_kept_clause_without_a_passing_test_fails_the_run(tmp_path: Path):
    status, output, found = run_of(tmp_path, SAMPLE.format(other="P.2", value=False))
    assert status == 1
    assert "P.2: 1 of its tests failed" in output
    assert "3a: said to be kept, but no passing test names it" in output
    assert "P.1: " not in output
    assert found["P.2"] == {"passed": 0, "failed": 1}


def test_the_list_stands_by_chapter_and_says_what_is_left_and_why():
    proved = {clause.id: Outcome(1) for clause in clause_states() if clause.is_kept}
    lines = table_of(rows_of(ProofResult("", None, 1, proved))).splitlines()
    chapters = [line for line in lines if line.startswith("chapter ")]
    assert [line.split()[1] for line in chapters] == ["P:", *(f"{number}:" for number in range(1, 8))]
    assert chapters[-1] in lines[: lines.index(next(line for line in lines if line.startswith("7.1 ")))]
    planned = [clause for clause in clause_states() if not clause.is_kept]
    left = lines[lines.index(f"{len(proved)} kept, {len(planned)} left") + 1 :]
    assert [line.split()[0] for line in left] == [clause.id for clause in planned]
    assert all("not offered yet" in line or "waits for" in line for line in left)

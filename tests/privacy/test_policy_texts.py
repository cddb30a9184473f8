"""The two texts of a version and its manifest say the same, clause by clause and figure by figure. Clauses P.3, 6.1b,
6.3.
"""

import copy
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.privacy.checking import faults_in, references_in
from app.privacy.policy import _founding
from app.privacy.texts import FOLDERS, PolicyAltered, altered_files, files_of, pins_of, read_version
from app.settings import Settings

POLICIES = FOLDERS["policy"]
OPERATOR = Settings.from_environment({}).operator
CLAUSES = list(tomllib.loads((POLICIES.parent / "clauses.toml").read_text()))
EVERY = [(document, version) for document, folder in FOLDERS.items() for version in pins_of(folder)]


@pytest.fixture(params=EVERY, ids=lambda it: " ".join(it))
def files(request: pytest.FixtureRequest) -> dict[str, dict]:
    document, version = request.param
    return files_of(FOLDERS[document] / version)


@pytest.mark.clause("6.1b")
@pytest.mark.clause("5.1.3b")
def test_both_languages_and_the_manifest_say_the_same(files):
    assert faults_in(files) == []


@pytest.mark.parametrize("version", list(pins_of(POLICIES)))
def test_the_policy_holds_every_clause_in_the_order_of_the_clause_list(version):
    files = files_of(POLICIES / version)
    assert list(files["zh"]["clauses"]) == CLAUSES
    for entry in files["zh"]["clauses"].values():
        for reference in references_in(entry["text"]):
            assert any(known.startswith(reference) for known in CLAUSES) or reference in ("1.2", "5.0"), reference


def test_the_chinese_is_chinese_and_the_english_has_no_han(files):
    for id_, entry in files["zh"]["clauses"].items():
        assert re.search(r"[\u4e00-\u9fff]{4}", entry["text"]), id_
    for id_, entry in files["en"]["clauses"].items():
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", entry["text"] + entry["summary"]), id_


def _longer_in_one_language(files: dict) -> None:
    clause = files["zh"]["clauses"]["5.2.2a"]
    clause["text"] = clause["text"].replace("48 小时", "72 小时")


def _longer_in_the_manifest(files: dict) -> None:
    files["manifest"]["deadlines"]["closure.decision"]["time"] = "72 hours"


def _without_a_clause(files: dict) -> None:
    del files["en"]["clauses"]["5.2.3"]


def _without_a_summary(files: dict) -> None:
    files["en"]["clauses"]["5.2.3"]["summary"] = ""


def _a_summary_of_its_own(files: dict) -> None:
    files["en"]["clauses"]["5.2.3"]["summary"] = "Announced 90 days before."


def _another_reference(files: dict) -> None:
    files["en"]["clauses"]["4.2.2"]["text"] = files["en"]["clauses"]["4.2.2"]["text"].replace("4.1.1(2)", "4.1.1(3)")


def _kept_longer_in_one_annex(files: dict) -> None:
    files["zh"]["retention"]["outbox"]["kept"] = "发送后 90 日"


def _an_unlisted_recipient(files: dict) -> None:
    files["zh"]["recipients"]["advertiser"] = dict(files["zh"]["recipients"]["sms"])


def _offered_in_one_language(files: dict) -> None:
    del files["en"]["clauses"]["1.4"]["not_yet"]


def _a_link_of_no_clause(files: dict) -> None:
    files["manifest"]["links"]["9.9"] = "archive"


def _a_heading_missing(files: dict) -> None:
    del files["en"]["headings"]["6.2"]


def _a_change_told_in_one_language(files: dict) -> None:
    files["changes"] = {"reason": {"zh": "理由", "en": "Reason"}, "gist": {"zh": "要点"}, "clauses": {}}


@pytest.mark.clause("6.1b")
@pytest.mark.parametrize(
    "spoil",
    [
        _longer_in_one_language,
        _longer_in_the_manifest,
        _without_a_clause,
        _without_a_summary,
        _a_summary_of_its_own,
        _another_reference,
        _kept_longer_in_one_annex,
        _an_unlisted_recipient,
        _offered_in_one_language,
        _a_link_of_no_clause,
        _a_heading_missing,
        _a_change_told_in_one_language,
    ],
)
def test_whatever_differs_between_the_languages_is_found(spoil: Callable[[dict], None]):
    files = copy.deepcopy(files_of(POLICIES / "1"))
    spoil(files)
    assert faults_in(files) != []


@pytest.mark.clause("P.3")
@pytest.mark.clause("6.3")
@pytest.mark.parametrize("document", list(FOLDERS))
def test_the_published_files_are_those_that_were_published(document):
    assert altered_files(FOLDERS[document]) == []


@pytest.mark.clause("P.3")
def test_a_published_text_cannot_be_changed_in_place(tmp_path: Path):
    folder = shutil.copytree(POLICIES, tmp_path / "policies")
    text = folder / "1" / "zh.toml"
    text.write_text(text.read_text().replace("48 小时", "72 小时"))
    with pytest.raises(PolicyAltered, match="1/zh.toml"):
        _founding("policy", folder, OPERATOR)


@pytest.mark.clause("6.1b")
def test_a_version_without_one_language_is_refused(tmp_path: Path):
    folder = shutil.copytree(POLICIES, tmp_path / "policies")
    (folder / "1" / "en.toml").unlink()
    with pytest.raises(FileNotFoundError):
        read_version("policy", folder / "1", OPERATOR)


def test_another_operator_makes_another_text_and_another_digest():
    ours = read_version("policy", POLICIES / "1", OPERATOR)
    theirs = read_version("policy", POLICIES / "1", replace(OPERATOR, hotline="400-123-4567"))
    assert ours.hash("zh") != theirs.hash("zh")
    assert "400-123-4567" in theirs.texts["zh"].served
    assert "{operator" not in ours.texts["zh"].served + ours.texts["en"].served

"""The policy's two texts and its manifest say the same, clause by clause and figure by figure. Clauses P.3, 6.1b,
6.3.
"""

import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from app.privacy.manifest import Manifest
from app.privacy.policy import POLICIES, PolicyAltered, _read_all, altered_files
from app.settings import Settings

OPERATOR = Settings.from_environment({}).operator
CLAUSES = list(tomllib.loads((POLICIES.parent / "clauses.toml").read_text()))
VERSIONS = list(tomllib.loads((POLICIES / "published.toml").read_text()))
UNITS = {
    "zh": {"分钟": "minute", "小时": "hour", "日": "day", "个月": "month", "年": "year"},
    "en": {"minute": "minute", "hour": "hour", "day": "day", "month": "month", "year": "year"},
}
NAMES = ["SHA-256", "TLS 1.2", "ASVS 5.0", "1 × 1", "1 pixel", "1 像素"]
REFERENCE = re.compile(r"(?:Annex|附表) ?\d|\d+(?:\.\d+)+(?:\(\d+\))?")
FIGURE = {
    "zh": re.compile(r"(\d+) ?(分钟|小时|日|个月|年(?!龄))?"),
    "en": re.compile(r"(\d+) ?(minute|hour|day|month|year)?s?"),
}


@pytest.fixture(params=VERSIONS)
def files(request: pytest.FixtureRequest) -> dict[str, dict]:
    folder = POLICIES / request.param
    return {name: tomllib.loads((folder / f"{name}.toml").read_text()) for name in ("manifest", "zh", "en")}


def figures(text: str, lang: str) -> list[str]:
    """Every figure of a text as the manifest writes it: "48 hours", or "5" where it is no time."""
    for name in NAMES:
        text = text.replace(name, "")
    found = []
    for number, unit in FIGURE[lang].findall(REFERENCE.sub("", " ".join(text.split()))):
        english = UNITS[lang].get(unit)
        found.append(f"{number} {english}{'' if number == '1' else 's'}" if english else number)
    return sorted(found)


def references(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)+(?:\(\d+\))?", text))


@pytest.mark.clause("6.1b")
def test_both_languages_hold_every_clause_in_the_order_of_the_clause_list(files):
    assert list(files["zh"]["clauses"]) == list(files["en"]["clauses"]) == CLAUSES
    assert list(files["zh"]["headings"]) == list(files["en"]["headings"])


@pytest.mark.clause("6.1b")
def test_every_clause_has_text_and_summary_in_both_languages(files):
    for lang in ("zh", "en"):
        for id_, entry in files[lang]["clauses"].items():
            assert len(entry["text"].strip()) > 10, (lang, id_)
            assert len(entry["summary"].strip()) >= 3, (lang, id_)


def test_the_chinese_is_chinese_and_the_english_has_no_han(files):
    for id_, entry in files["zh"]["clauses"].items():
        assert re.search(r"[\u4e00-\u9fff]{4}", entry["text"]), id_
    for id_, entry in files["en"]["clauses"].items():
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", entry["text"] + entry["summary"]), id_


def test_the_figures_of_each_clause_agree_in_manifest_chinese_and_english(files):
    stated = Manifest.from_data(files["manifest"]).stated
    for id_ in files["zh"]["clauses"]:
        chinese = figures(files["zh"]["clauses"][id_]["text"], "zh")
        english = figures(files["en"]["clauses"][id_]["text"], "en")
        assert sorted(set(chinese)) == sorted(set(english)) == sorted(set(stated.get(id_, ()))), id_


def test_the_figures_of_each_summary_stand_in_its_clause(files):
    for lang in ("zh", "en"):
        for id_, entry in files[lang]["clauses"].items():
            assert set(figures(entry["summary"], lang)) <= set(figures(entry["text"], lang)), (lang, id_)


def test_both_languages_refer_to_the_same_clauses(files):
    for id_, entry in files["zh"]["clauses"].items():
        other = files["en"]["clauses"][id_]
        assert references(entry["text"]) == references(other["text"]), id_
        for reference in references(entry["text"]):
            assert any(known.startswith(reference) for known in CLAUSES) or reference in ("1.2", "5.0"), reference


@pytest.mark.clause("5.1.3b")
def test_the_keeping_times_agree_in_manifest_chinese_and_english(files):
    stated = Manifest.from_data(files["manifest"]).stated_of_keeping
    assert list(files["zh"]["retention"]) == list(files["en"]["retention"]) == list(stated)
    for name, times in stated.items():
        for lang in ("zh", "en"):
            assert figures(files[lang]["retention"][name]["kept"], lang) == list(times), (lang, name)


def test_the_recipients_agree_in_manifest_chinese_and_english(files):
    assert list(files["zh"]["recipients"]) == list(files["en"]["recipients"]) == list(files["manifest"]["recipients"])
    for name, row in files["zh"]["recipients"].items():
        assert figures(row["until"], "zh") == figures(files["en"]["recipients"][name]["until"], "en")


def test_what_is_not_offered_yet_is_said_in_both_languages_and_nowhere_else(files):
    expected = set(files["manifest"]["not_offered"]["clauses"])
    said = {"zh": "暂未提供", "en": "Not offered yet"}
    for lang, words in said.items():
        entries = files[lang]["clauses"]
        assert {id_ for id_, entry in entries.items() if "not_yet" in entry} == expected
        assert all(entries[id_]["not_yet"].startswith(words) for id_ in expected)


def test_every_clause_that_the_manifest_names_exists(files):
    manifest = files["manifest"]
    named = [
        clause
        for table in ("deadlines", "limits", "retention")
        for line in manifest[table].values()
        for clause in line["clauses"]
    ]
    named += [*manifest["purposes"].values(), *manifest["kinds"].values(), *manifest["recipients"].values(),
              *manifest["links"]]  # fmt: skip
    assert set(named) <= set(CLAUSES)


@pytest.mark.clause("P.3")
@pytest.mark.clause("6.3")
def test_the_published_files_are_those_that_were_published():
    assert altered_files() == []


@pytest.mark.clause("P.3")
def test_a_published_text_cannot_be_changed_in_place(tmp_path: Path):
    folder = shutil.copytree(POLICIES, tmp_path / "policies")
    text = folder / "1" / "zh.toml"
    text.write_text(text.read_text().replace("48 小时", "72 小时"))
    with pytest.raises(PolicyAltered, match="1/zh.toml"):
        _read_all(folder, OPERATOR)


@pytest.mark.clause("6.1b")
def test_a_version_without_one_language_is_refused(tmp_path: Path):
    folder = shutil.copytree(POLICIES, tmp_path / "policies")
    (folder / "1" / "en.toml").unlink()
    with pytest.raises(FileNotFoundError):
        _read_all(folder, OPERATOR)


def test_another_operator_makes_another_text_and_another_digest():
    from dataclasses import replace

    (ours,), (theirs,) = _read_all(POLICIES, OPERATOR), _read_all(POLICIES, replace(OPERATOR, hotline="400-123-4567"))
    assert ours.hash("zh") != theirs.hash("zh")
    assert "400-123-4567" in theirs.texts["zh"].served
    assert "{operator" not in ours.texts["zh"].served + ours.texts["en"].served

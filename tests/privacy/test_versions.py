"""A second version beside the first: which is in force when, what changed, and that the old one stays readable."""

import shutil
import tomllib
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from app.privacy import policy as registry
from app.privacy.differences import changes_between, predecessor_of
from app.privacy.policy import POLICIES, current_policy, policy_version


@pytest.fixture
def second_version(app, tmp_path: Path, monkeypatch) -> None:
    """Version 2, in force from 2027-03-01: closure in 24 hours instead of 48."""
    folder = shutil.copytree(POLICIES, tmp_path / "policies")
    shutil.copytree(folder / "1", folder / "2")
    rewrite(folder / "2" / "zh.toml", {"48 小时内完成审核": "24 小时内完成审核"})
    rewrite(folder / "2" / "en.toml", {"within 48 hours:": "within 24 hours:"})
    manifest = {'version = "1"': 'version = "2"', "effective = 2026-11-23": "effective = 2027-03-01"}
    rewrite(folder / "2" / "manifest.toml", manifest | {'"48 hours"': '"24 hours"'})
    with (folder / "published.toml").open("a") as pins:
        pins.write("\n[2]\n")
        pins.writelines(
            f'"{file.name}" = "{sha256(file.read_bytes()).hexdigest()}"\n' for file in (folder / "2").iterdir()
        )
    monkeypatch.setattr(registry, "POLICIES", folder)


def rewrite(file: Path, changes: dict[str, str]) -> None:
    text = file.read_text()
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)


@pytest.mark.clause("6.1b")
def test_the_text_in_force_changes_exactly_on_the_day_of_effect(second_version):
    assert current_policy(date(2027, 2, 28)).version == "1"
    assert current_policy(date(2027, 3, 1)).version == "2"


@pytest.mark.clause("6.1b")
def test_a_deadline_follows_the_version_in_force(second_version):
    assert registry.deadline("closure.decision", date(2027, 2, 28)).total_seconds() == 48 * 3600
    assert registry.deadline("closure.decision", date(2027, 3, 1)).total_seconds() == 24 * 3600


@pytest.mark.clause("6.3")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_difference_names_exactly_the_clauses_that_changed(second_version, lang):
    (change,) = changes_between(policy_version("1"), policy_version("2"), lang)
    assert change.id == "5.2.2a"
    assert "48" in change.before and "24" in change.after


@pytest.mark.clause("6.3")
def test_the_archive_keeps_the_old_text_and_shows_what_changed(second_version, client, clock):
    clock.freeze(datetime(2027, 3, 2, tzinfo=UTC))
    assert "within 24 hours:" in client.get("/en/privacy").text
    old = client.get("/en/privacy/archive/1").text
    assert "within 48 hours:" in old and "This is version 1. Version 2 is in force." in old
    assert "/en/privacy/archive/2/changes" in client.get("/en/privacy/archive").text
    changes = client.get("/en/privacy/archive/2/changes").text
    assert "<del>" in changes and "within 48 hours:" in changes and "5.2.2a" in changes and "5.2.2b" not in changes


def test_the_first_version_has_nothing_to_be_compared_with(second_version, client):
    assert predecessor_of(policy_version("1")) is None
    assert client.get("/en/privacy/archive/1/changes").status_code == 404


def test_the_digests_of_two_versions_differ_in_both_languages(second_version):
    one, two = policy_version("1"), policy_version("2")
    assert {one.hash("zh"), one.hash("en")}.isdisjoint({two.hash("zh"), two.hash("en")})


def test_the_pins_name_every_file_of_every_version():
    pins = tomllib.loads((POLICIES / "published.toml").read_text())
    lying = {folder.name: {file.name for file in folder.iterdir()} for folder in POLICIES.iterdir() if folder.is_dir()}
    assert {version: set(files) for version, files in pins.items()} == lying

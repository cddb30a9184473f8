"""Versions that follow the shipped ones, in a folder of the test's own, as an author would write them."""

import shutil
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.privacy import texts
from app.privacy.publications import PolicyPublication, known_publications
from app.privacy.publishing import approve, propose
from app.privacy.texts import POLICY, digests_of
from tests.privacy.publishers import ANOTHER, ONE

CHANGES = """
[reason]
zh = "试验"
en = "A trial"
[gist]
zh = "审核期限改变"
en = "Time of review changes"
[clauses."5.2.2a"]
zh = "注销申请的审核期限改变。"
en = "The time for reviewing a closure changes."
"""
NEXT = str(max(map(int, texts.pins_of(texts.FOLDERS[POLICY]))) + 1)
"""The number of the version that follows the newest shipped one."""
NEWEST = str(int(NEXT) - 1)


class Author:
    """Writes versions beside the shipped ones; a test's own copy of the registry's folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def write(
        self, version: str = NEXT, *, before: str = NEWEST, effective: str, changes: str = CHANGES,
        **replacing: dict[str, str],
    ) -> Path:  # fmt: skip
        """Copy `before` to `version`, with texts replaced by file: `zh={"48 小时内": "72 小时内"}`. Pins it."""
        folder = shutil.copytree(self.home / before, self.home / version)
        if changes:
            (folder / "changes.toml").write_text(changes)
        began = tomllib.loads((folder / "manifest.toml").read_text())["effective"]
        numbers = {
            f'version = "{before}"': f'version = "{version}"',
            f"effective = {began}": f"effective = {effective}",
        }
        self._replace(folder / "manifest.toml", numbers)
        for name, pairs in replacing.items():
            self._replace(folder / f"{name}.toml", pairs)
        self.pin(folder)
        return folder

    def closing_within(self, hours: int, version: str = NEXT, *, before: str = NEWEST, effective: str) -> Path:
        """A version that differs in the time for reviewing a closure."""
        facts: dict[str, Any] = tomllib.loads((self.home / before / "manifest.toml").read_text())
        now = facts["deadlines"]["closure.decision"]["time"].split()[0]
        line = '"closure.decision" = {{ time = "{} hours"'
        return self.write(
            version,
            before=before,
            effective=effective,
            zh={
                f"{now} 小时内完成审核": f"{hours} 小时内完成审核",
                f"注销申请 {now} 小时": f"注销申请 {hours} 小时",
            },
            en={f"within {now} hours:": f"within {hours} hours:", f'within {now} hours."': f'within {hours} hours."'},
            manifest={line.format(now): line.format(hours)},
        )

    @staticmethod
    def publish(version: str, at: datetime) -> PolicyPublication:
        """As two managers do."""
        row = propose(POLICY, version, at)
        approve(row.id, ONE, at)
        return approve(row.id, ANOTHER, at)

    def pin(self, folder: Path) -> None:
        lines = [f'"{name}" = "{digest}"\n' for name, digest in digests_of(folder).items()]
        with (self.home / texts.PINS).open("a") as pins:
            pins.writelines(["\n", f"[{folder.name}]\n", *lines])

    @staticmethod
    def _replace(file: Path, changes: dict[str, str]) -> None:
        text = file.read_text()
        for before, after in changes.items():
            assert before in text, (file.name, before)
            text = text.replace(before, after)
        file.write_text(text)


@pytest.fixture
def author(app, tmp_path: Path, monkeypatch):
    """Somebody who writes new versions of the policy; what this process knew of publications is forgotten after."""
    home = shutil.copytree(texts.FOLDERS[POLICY], tmp_path / "policies")
    monkeypatch.setitem(texts.FOLDERS, POLICY, home)
    known_publications().forget()
    yield Author(home)
    known_publications().forget()

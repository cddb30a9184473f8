"""The commands that the documents promise exist."""

import re
import subprocess

import pytest
from click import Group
from flask import Flask

from tests.house import files

COMMANDS = [
    "db upgrade",
    "catalog import",
    "demo load",
    "staff add",
    "worker",
    "analytics fold",
    "analytics report",
    "keys rotate",
    "audit verify",
]


def test_every_target_of_the_readme_is_in_the_makefile() -> None:
    named = set(re.findall(r"make ([a-z]+)", (files.ROOT / "README.md").read_text()))
    help_text = subprocess.run(["make", "help"], cwd=files.ROOT, capture_output=True, text=True, check=True).stdout
    assert named - {line.split()[0] for line in help_text.splitlines()} == set()


@pytest.mark.parametrize("words", COMMANDS)
def test_a_promised_command_exists(shop: Flask, words: str) -> None:
    """DESIGN.md 8; others call them by these names."""
    group = shop.cli
    for word in words.split():
        assert isinstance(group, Group), words
        group = group.commands[word]  # type: ignore[assignment]


def test_every_command_of_the_operations_document_exists(shop: Flask) -> None:
    table = (files.ROOT / "docs/operations.md").read_text()
    documented = [words.split() for words in re.findall(r"`([a-z]+ [a-z]+)(?: [A-Z]+| [a-z]+ [A-Z]+)*`", table)]
    known = [words for words in documented if words[0] in shop.cli.commands]
    assert len(known) > 3
    for name, act in known:
        assert act in shop.cli.commands[name].commands  # type: ignore[attr-defined]

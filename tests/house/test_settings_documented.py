"""The settings table of docs/operations.md and what the shop reads are the same list."""

import re
from collections.abc import Iterator, Mapping

from app.settings import ROOT, Settings


class Asked(Mapping[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def settings_read() -> set[str]:
    environment = Asked()
    Settings.from_environment(environment)
    return {name for name in environment.names if not name.endswith("_FILE") or name == "CLOCK_FILE"}


def settings_documented() -> list[str]:
    return re.findall(r"(?m)^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text())


def test_every_setting_is_documented_once() -> None:
    assert sorted(settings_documented()) == sorted(settings_read())

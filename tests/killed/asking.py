"""What came of an act, asked of a process that tries one after another. One that has failed is followed by another."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, Self

ROOT = Path(__file__).parents[2]


class Trials:
    """Acts, each tried in a shop of its own below `folder`; `options` are those of `serving`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder, self._options = folder, options
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def of(self, name: str) -> dict[str, Any]:
        """Facts as `trying.Outcome` names them. Raises AssertionError, with what the process said, where it failed."""
        self._process = self._process or self._begin()
        asked, answered = _pipes(self._process)
        with suppress(BrokenPipeError):
            asked.write(f"{name}\n")
            asked.flush()
        if answer := answered.readline():
            return dict(json.loads(answer))
        self._end()
        raise AssertionError(f"the process that tries the acts has failed: {self._said.read_text()}")

    @property
    def _said(self) -> Path:
        return self._folder / "said"

    def _begin(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.killed.serving", mkdtemp(dir=self._folder), *self._options]
        with self._said.open("w") as said:
            pipe = subprocess.PIPE
            return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=said, text=True)

    def _end(self) -> None:
        """Nothing more is asked, whereupon the process ends."""
        if self._process:
            with suppress(BrokenPipeError):
                self._process.communicate()
            self._process = None


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("pipes were asked for")
    return process.stdin, process.stdout

"""The whole shop as `make run` starts it: every program, a port and a folder of its own."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.processes import spawn, stop, wait_until_answering

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120


class LiveShop:
    """A running shop. `url` is its address, `log` all that its programs said; `starter` is the process to signal."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = two_free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = dict(settings or {})
        self.starter: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the programs, and `flask` commands beside them, are told."""
        own = {"HOST": "127.0.0.1", "PORT": str(self.port), "INSTANCE_DIR": str(self.folder / "instance")}
        return os.environ | own | {"PYTHONUNBUFFERED": "1"} | self.settings

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start every program and wait until the shop answers. Raises NotAnswering with what was said."""
        with (self.folder / "log").open("ab") as output:
            self.starter = spawn([sys.executable, "-m", "deploy.run"], cwd=ROOT, env=self.environment, output=output)
        try:
            wait_until_answering(f"{self.url}/readyz", START_SECONDS, [self.starter])
        except Exception as problem:
            problem.add_note(self.log[-4000:])
            self.stop()
            raise

    def stop(self) -> None:
        if self.starter:
            stop([self.starter], 15)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """One GET on a connection of its own, following nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def processes(self) -> list[int]:
        """The ids of every process that the starter began, whatever became of their parents."""
        mark = f"INSTANCE_DIR={self.folder / 'instance'}".encode()
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if mark in _environment_of(pid)]


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def two_free_ports() -> int:
    """A free port whose successor is free too: the shop takes the first, the SMS simulator the second."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue

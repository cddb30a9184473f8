"""The whole shop as `make run` starts it: every program, a port and a folder of its own."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.processes import NotAnswering, is_free, spawn, stop

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180
OPEN = "Yunshang is open at"
SIMULATORS = 5


class LiveShop:
    """A running shop. `url` is its address, `log` all that its programs said; `starter` is the process to signal."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_ports()
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
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def start(self) -> None:
        """Start every program and wait until the starter says that all is open. Raises NotAnswering with its words."""
        said_before = len(self.log)
        with (self.folder / "log").open("ab") as output:
            self.starter = spawn([sys.executable, "-m", "deploy.run"], cwd=ROOT, env=self.environment, output=output)
        deadline = time.monotonic() + START_SECONDS
        while OPEN not in self.log[said_before:]:
            if self.starter.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NotAnswering(self.log[said_before:][-4000:])
            time.sleep(0.02)

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


def free_ports() -> int:
    """A free port whose successors are free too: the shop takes the first, each simulator one of the next."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
            if all(is_free("127.0.0.1", port + further) for further in range(1, 1 + SIMULATORS)):
                return port

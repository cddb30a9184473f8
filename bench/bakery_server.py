"""A bakery as a production server runs it, and a folder beside it: processes that a test may kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask

from analytics import agent
from analytics.example.bakery import bakery

ROOT = Path(__file__).parent.parent
FOLDING = "from bench.bakery_server import fold_for_ever; fold_for_ever()"


def site() -> Flask:
    """The factory that the server calls. As in deploy/web.py the tables stand before the first hit comes."""
    agent.load()
    return bakery(Path(os.environ["BAKERY"]), time.time)[0]


def fold_for_ever() -> None:
    _, analytics = bakery(Path(os.environ["BAKERY"]), time.time)
    while True:
        analytics.fold()
        time.sleep(0.02)


class Process:
    """A group of processes that is started anew after each death."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.command = [sys.executable, *command]
        self.environment = {**os.environ, "BAKERY": str(folder), "PYTHONPATH": str(ROOT)}
        self.start()

    def start(self) -> None:
        self.running = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """SIGKILL to every process of the group."""
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


def served(folder: Path, port: int) -> Process:
    return Process(
        folder, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", "2", "--factory", "bench.bakery_server:site",
    )  # fmt: skip


def folding(folder: Path) -> Process:
    return Process(folder, "-c", FOLDING)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

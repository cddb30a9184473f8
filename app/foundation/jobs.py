"""Background duties: what the worker does again and again. Each finds its own work in the store.

There is no queue: every piece of background work is a row (a message to send, a hold to expire, an entry to chain) that
a duty finds within its interval, so nothing is lost when a process dies between a commit and an enqueue.
"""

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

from flask import Flask

from app.foundation import faults

T = TypeVar("T")
HEARTBEAT = "worker.heartbeat"


@dataclass(frozen=True)
class Duty:
    """A function run every so many seconds of real time, inside an application context.

    `apart` is for duties that wait for somebody outside or read long: they run in a thread of their own, so that they
    hold up no other duty, and not again before the last run has ended.
    """

    name: str
    every_seconds: float
    run: Callable[[], object]
    apart: bool = False


DUTIES: dict[str, Duty] = {}


def every(*, seconds: float, name: str, apart: bool = False) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare a duty. It must be safe to run twice at once and to stop at any instant."""

    def declare(run: Callable[[], object]) -> Callable[[], object]:
        DUTIES[name] = Duty(name, seconds, run, apart)
        return run

    return declare


def one_by_one(keys: Iterable[T], act: Callable[[T], int]) -> int:
    """Do an act for each key; returns the sum of what it counted. What `act` raises keeps no other from its turn.

    The first fault is raised when all had theirs, so that the duty tells it; a damaged row would else stop every sweep.
    """
    done = 0
    first: Exception | None = None
    for key in keys:
        try:
            done += act(key)
        except Exception as fault:
            first = first or fault
    if first:
        raise first
    return done


def run_duty(app: Flask, duty: Duty) -> bool:
    """Run one duty once; a failure is told by name, class and place, and never stops the worker."""
    try:
        with app.app_context():
            duty.run()
        return True
    except Exception as error:
        with app.app_context():
            faults.tell(duty.name, error)
        return False


class Worker:
    """The loop that runs every duty when it is due, until told to stop."""

    def __init__(self, app: Flask, heartbeat: Path) -> None:
        self.app, self.heartbeat = app, heartbeat
        self.stopping = threading.Event()
        self._apart: dict[str, threading.Thread] = {}

    def run(self) -> None:
        due = dict.fromkeys(DUTIES, 0.0)
        while not self.stopping.is_set():
            for duty in DUTIES.values():
                if time.monotonic() >= due[duty.name] and not self.stopping.is_set():
                    self._start(duty)
                    due[duty.name] = time.monotonic() + duty.every_seconds
            self.heartbeat.write_text(str(time.time()))
            self.stopping.wait(max(0.05, min(due.values(), default=1.0) - time.monotonic()))

    def _start(self, duty: Duty) -> None:
        if not duty.apart:
            run_duty(self.app, duty)
        elif duty.name not in self._apart or not self._apart[duty.name].is_alive():
            self._apart[duty.name] = threading.Thread(
                target=run_duty, args=(self.app, duty), name=duty.name, daemon=True
            )
            self._apart[duty.name].start()

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        self.stopping.set()


def run_worker(app: Flask, heartbeat: Path) -> None:
    """Run the worker in this process until INT or TERM. What is made by now stays: the collector passes it by."""
    gc.freeze()
    worker = Worker(app, heartbeat)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()

"""A process that ends itself with SIGKILL at a chosen instant of what it does to the stores.

What matters is counted: before each statement that writes, before each commit, after each commit of the shop's. Between
two of them no store changes, so a death anywhere is a death at one of them.
"""

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

READS = ("SELECT", "PRAGMA", "WITH")
NEVER = -1


class Died(Exception):
    """The process was killed before it could say what came of it."""


def in_a_process_of_its_own(act: Callable[[], Any]) -> Any:
    """What an act gave, as JSON knows it, done in a fork of this process. Raises Died, or RuntimeError for a fault."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _do_and_end(act, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise Died
    if status:
        raise RuntimeError(f"the act failed: {said}")
    return json.loads(said)


def _do_and_end(act: Callable[[], Any], writing: int) -> None:
    """Never returns: what else this process was about is the business of the one it was forked from."""
    status = 1
    try:
        with os.fdopen(writing, "w") as pipe:
            try:
                json.dump(act(), pipe)
                status = 0
            except BaseException:
                pipe.write(traceback.format_exc())
    finally:
        os._exit(status)


@contextmanager
def dying(at: int | str = NEVER) -> Iterator[list[str]]:
    """Dies at the instant of this number, from zero, or of this name; gives the names of the instants that passed."""
    passed: list[str] = []

    def instant(name: str) -> None:
        if at in (len(passed), name):
            os.kill(os.getpid(), signal.SIGKILL)
        passed.append(name)

    def stating(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        words = statement.split(None, 3)
        if words[0].upper() not in READS:
            instant("before " + " ".join(words[: 2 if words[0].upper() == "UPDATE" else 3]))

    listeners = (
        (Engine, "before_cursor_execute", stating),
        (Engine, "commit", lambda _: instant("before commit")),
        (Session, "after_commit", lambda _: instant("after commit")),
    )
    for of, name, listener in listeners:
        event.listen(of, name, listener)
    yield passed
    for of, name, listener in listeners:
        event.remove(of, name, listener)

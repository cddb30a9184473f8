"""Faults are told by class and place, never with a value. Clauses 1.2.1, 2.3.

An error's own words may hold what somebody typed (`KeyError: '13800000000'`), and a statement's error its parameters.
So no program of the shop prints them: neither what is caught here nor what any library logs with its error.
"""

import copy
import logging
from collections.abc import Callable
from traceback import StackSummary, walk_tb
from types import TracebackType
from typing import Any

from flask import Flask, current_app
from flask.logging import default_handler

log = logging.getLogger(__name__)
Listener = Callable[[str, BaseException], None]


def init_faults(app: Flask) -> None:
    """Let what the programs say on their terminal be without values, Flask's own last word included."""
    for handler in (logging.lastResort, default_handler):
        if handler:
            handler.setFormatter(WithoutValues())
    app.extensions["fault_listeners"] = []
    app.log_exception = _log_exception  # type: ignore[method-assign]


def fault_listeners(app: Flask) -> list[Listener]:
    """Who is told of every fault: its route or duty, and the error, of which they keep no words either."""
    listeners: list[Listener] = app.extensions["fault_listeners"]
    return listeners


def tell(where: str, error: BaseException, request_id: str = "-") -> None:
    """Log a fault by its class and place, and tell the listeners."""
    log.error("fault %s in %s, request %s", type(error).__qualname__, where, request_id, exc_info=error)
    for listener in fault_listeners(current_app):
        listener(where, error)


class WithoutValues(logging.Formatter):
    """A record as usual; of its error only classes and places."""

    def format(self, record: logging.LogRecord) -> str:
        mine = copy.copy(record)  # handlers share a text of the error once it is made
        mine.exc_text = None
        return super().format(mine)

    def formatException(self, ei: Any) -> str:
        error: BaseException | None = ei[1]
        lines: list[str] = []
        while error is not None and len(lines) < 200:
            lines += [f"{type(error).__module__}.{type(error).__qualname__}", *_places(error.__traceback__)]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def _places(at: TracebackType | None) -> list[str]:
    frames = StackSummary.extract(walk_tb(at), lookup_lines=False)
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def _log_exception(exc_info: Any) -> None:
    """Flask's own line would name the path, which holds numbers of orders."""
    log.error("an answer could not be made", exc_info=exc_info)

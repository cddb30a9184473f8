"""The web server: granian with a worker per core, each a copy of a process that has imported the shop already.

Two threads a worker: more only compete for one interpreter, and granian's default of hundreds makes answers late.
With `--prepare` another copy first migrates and loads the demo, so that a start imports the shop only once.
"""

import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from app.factory import SLICES
from app.measurement.wiring import load_tables
from app.settings import Settings
from deploy import prepare
from deploy.processes import NOT_PREPARED, end_with_parent


def main() -> None:
    settings = Settings.from_environment()
    import_slices()
    if "--prepare" in sys.argv:
        prepare_in_a_copy()
    Server(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=2,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=6,
    ).serve(target_loader=load_shop)


def import_slices() -> None:
    """Import what making the shop imports, once: every worker then starts at once and shares the memory."""
    for name in SLICES:
        for part in ("views", "wiring"):
            if find_spec(f"app.{name}") and find_spec(f"app.{name}.{part}"):
                import_module(f"app.{name}.{part}")
    load_tables()
    give_memory_back()


def give_memory_back() -> None:
    """Hand what importing needed only for a moment back to the system; the C library of Debian can, others need not.

    What stays, stays for ever: the collector need not look through it, which stopped a worker for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def prepare_in_a_copy() -> None:
    """Prepare in a child, so that no connection and no garbage of it reaches the workers. Exits when that fails."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = NOT_PREPARED
        try:
            end_with_parent()
            prepare.main()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit(NOT_PREPARED)


def load_shop(target: str) -> Callable[..., Any]:
    """Make the shop inside a worker, which ends when its server does, even when that is killed.

    Until the worker has handlers of its own it has copies of the server's, which would swallow an order to stop.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with_parent()
    shop: Callable[..., Any] = import_module("wsgi").app
    give_memory_back()
    return shop


if __name__ == "__main__":
    main()

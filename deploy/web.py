"""The web server: granian with a worker per core, each a copy of a process that has imported the shop already.

Two threads a worker: more only compete for one interpreter, and granian's default of hundreds makes answers late.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from app.factory import SLICES
from app.settings import Settings
from deploy.processes import end_with_parent


def main() -> None:
    settings = Settings.from_environment()
    import_slices()
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


def load_shop(target: str) -> Callable[..., Any]:
    """Make the shop inside a worker, which ends when its server does, even when that is killed."""
    end_with_parent()
    shop: Callable[..., Any] = import_module("wsgi").app
    return shop


if __name__ == "__main__":
    main()

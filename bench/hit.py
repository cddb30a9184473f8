"""`python -m bench.hit`: the processor time of one hit inside the shop, without server, network and folder.

A browser that has its cookie asks for the images of many pages; the quickest of many short runs counts, since other
programs share the machine.
"""

import sys
import tempfile
import time
from typing import Any

from flask import Flask
from werkzeug.test import create_environ

from analytics.agent import load
from analytics.beacon import PATH
from app.factory import create_app
from app.settings import Settings
from bench.visitor import AS_BROWSER

RUNS, PAGES = 60, 400


def main() -> int:
    load()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = create_app(Settings.from_environment({"INSTANCE_DIR": folder}))
        house = app.extensions["analytics"]
        images = [f"{PATH}?t={house.page_ticket('product', 's21-pro', language='zh')}&w=x" for _ in range(PAGES + 1)]
        cookie = answered(app, f"{images[0]}&c=1", answered(app, images[0], ""))
        asked = [environ_of(image, cookie) for image in images[1:]]
        print(f"{min(run(app, asked) for _ in range(RUNS)):.1f} us a hit")
        house.journal.close()
    return 0


def environ_of(address: str, cookie: str) -> dict[str, Any]:
    return create_environ(address, headers=AS_BROWSER | ({"Cookie": cookie} if cookie else {}))


def answered(app: Flask, address: str, cookie: str) -> str:
    """Ask once; the cookie that comes with the answer."""
    got: list[tuple[str, str]] = []
    app(environ_of(address, cookie), lambda status, headers, *rest: got.extend(headers))  # type: ignore[arg-type]
    return next(value.partition(";")[0] for name, value in got if name == "Set-Cookie")


def run(app: Flask, asked: list[dict[str, Any]]) -> float:
    fresh = [dict(environ) for environ in asked]
    began = time.thread_time()
    for environ in fresh:
        app(environ, lambda status, headers, *rest: None)  # type: ignore[arg-type]
    return (time.thread_time() - began) / len(fresh) * 1e6


if __name__ == "__main__":
    sys.exit(main())

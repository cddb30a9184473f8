"""Stand-ins for outside parties behind real HTTP, and the application told where they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from socketserver import BaseServer
from threading import Thread

from flask import Flask


@contextmanager
def listening(app: Flask, *servers: BaseServer, **settings: str) -> Iterator[None]:
    """Let servers answer for the length of a test, while the application has these other settings."""
    before = app.extensions["settings"]
    for server in servers:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    app.extensions["settings"] = replace(before, **settings)
    try:
        yield
    finally:
        app.extensions["settings"] = before
        for server in servers:
            server.shutdown()
            server.server_close()

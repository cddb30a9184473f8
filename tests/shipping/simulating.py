"""A real tracking simulator behind HTTP, and a real port at which the shop hears its pushes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from app.settings import current_settings
from app.shipping.kuaidi100.simulator import Simulator, serve


@contextmanager
def a_tracking_service(app: Flask, **options: Any) -> Iterator[Simulator]:
    """The simulator and the shop, each told where the other listens."""
    before = current_settings()
    simulator = Simulator(before.tracking_customer, before.tracking_key, **options)
    service, shop = serve(simulator, 0), make_server("127.0.0.1", 0, app, threaded=True)
    for server in (service, shop):
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    app.extensions["settings"] = replace(
        before,
        tracking_url=f"http://localhost:{service.server_address[1]}",
        site_url=f"http://127.0.0.1:{shop.server_port}",
    )
    try:
        yield simulator
    finally:
        app.extensions["settings"] = before
        for server in (service, shop):
            server.shutdown()
            server.server_close()

"""A real tracking simulator behind HTTP, and a real port at which the shop hears its pushes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from app.settings import current_settings
from app.shipping.kuaidi100.simulator import Simulator, serve
from tests.standing_in import listening


@contextmanager
def a_tracking_service(app: Flask, **options: Any) -> Iterator[Simulator]:
    """The simulator and the shop, each told where the other listens."""
    before = current_settings()
    simulator = Simulator(before.tracking_customer, before.tracking_key, **options)
    service, shop = serve(simulator, 0), make_server("127.0.0.1", 0, app, threaded=True)
    addresses = {
        "tracking_url": f"http://localhost:{service.server_address[1]}",
        "site_url": f"http://127.0.0.1:{shop.server_port}",
    }
    with listening(app, service, shop, **addresses):
        yield simulator

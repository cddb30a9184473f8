"""A bakery's site with a counting house, whole: what a host hands in, and what each of its pages says of itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template_string, request

from analytics.cli import register_commands
from analytics.codes import Mark, Step
from analytics.dashboard import Site, dashboard_pages
from analytics.extension import Analytics, Wiring

TICKET_KEYS, COOKIE_KEYS = [b"of this example, no secret at all"], [b"another one, and no secret either"]
PAGE_KINDS = {"front": 1, "bread": 2, "basket": 3}
SPEAKS: dict[str, Any] = {
    "language": lambda: request.args.get("lang", "zh"), "keeps": ("lang",), "product_kind": "bread",
}  # fmt: skip
"""How the dashboard is told its language, by the address, and which pages are of products."""
PAGE = """<!doctype html><html lang=en><title>Bakery</title><h1>{{ name }}</h1>
<a href="/prices.csv">Prices</a> <a href="https://www.google.com/maps">Find us</a>{{ beacon }}</html>"""


def bakery(
    folder: Path, clock: Callable[[], float], site: Site | None = None, **wiring: Any
) -> tuple[Flask, Analytics]:
    """The site and its counting house, with a store in `folder`. `clock` gives seconds since 1970."""
    app, analytics = Flask(__name__), Analytics()
    usual = {
        "database_url": f"sqlite:///{folder}/counts.db",
        "journal_dir": folder / "journal",
        "ticket_keys": TICKET_KEYS,
        "cookie_keys": COOKIE_KEYS,
        "page_kinds": PAGE_KINDS,
        "clock": clock,
    }
    analytics.init_app(app, Wiring(**{**usual, **wiring}))
    register_commands(app, analytics)
    analytics.store.create_tables()
    app.register_blueprint(dashboard_pages(analytics, site or Site(**SPEAKS)))

    def page(kind: str, key: str = "", step: Step = Step.NONE, mark: Mark = Mark.NONE) -> str:
        source, member = analytics.source_of_request(), "member" in request.args
        ticket = analytics.page_ticket(kind, key, language="en", source=source, member=member, step=step, mark=mark)
        counting = analytics.picture(ticket) + analytics.leaving_script(ticket)
        return render_template_string(PAGE, name=kind, beacon=counting)

    @app.get("/")
    def front() -> str:
        return page("front")

    @app.get("/bread/<key>")
    def bread(key: str) -> str:
        return page("bread", key, Step.VIEW)

    @app.get("/prices.csv")
    def prices() -> Response:
        return Response("bread,price\nrye,4\n", mimetype="text/csv")

    @app.get("/basket")
    def basket() -> str:
        added = request.args.get("added", "")
        return page("basket", added, Step.CART, Mark.IN_CART if added else Mark.NONE)

    @app.get("/forget")
    def forget() -> str:
        return render_template_string(PAGE, name="Forgotten", beacon=analytics.forget_picture())

    return app, analytics

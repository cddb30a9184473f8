"""A small site of another trade, to show that the counting house needs nothing of the shop."""

from pathlib import Path

from flask import Flask, render_template_string, request

from analytics.codes import Mark, Step
from analytics.dashboard import dashboard_pages
from analytics.extension import Analytics, Wiring

KEYS = [b"k" * 32]
PAGE = "<!doctype html><title>Bakery</title><h1>{{ name }}</h1>{{ beacon }}"


class Clock:
    """Seconds since 1970 that a test moves."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def bakery(folder: Path, clock: Clock, **wiring) -> tuple[Flask, Analytics]:
    """The site and its counting house, the store made."""
    app, analytics = Flask(__name__), Analytics()
    defaults = {
        "database_url": f"sqlite:///{folder}/counts.db",
        "journal_dir": folder / "journal",
        "ticket_keys": KEYS,
        "cookie_keys": [b"c" * 32],
        "page_kinds": {"front": 1, "bread": 2, "basket": 3},
        "clock": clock,
    }
    analytics.init_app(app, Wiring(**{**defaults, **wiring}))
    analytics.store.create_tables()
    app.register_blueprint(dashboard_pages(analytics, language=lambda: request.args.get("lang", "zh")))

    def page(kind: str, key: str = "", step: Step = Step.NONE, mark: Mark = Mark.NONE) -> str:
        source, member = analytics.source_of_request(), "member" in request.args
        ticket = analytics.page_ticket(kind, key, language="en", source=source, member=member, step=step, mark=mark)
        return render_template_string(PAGE, name=kind, beacon=analytics.picture(ticket))

    app.add_url_rule("/", "front", lambda: page("front"))
    app.add_url_rule("/bread/<key>", "bread", lambda key: page("bread", key, Step.VIEW))

    def basket() -> str:
        added = request.args.get("added", "")
        return page("basket", added, Step.CART, Mark.IN_CART if added else Mark.NONE)

    app.add_url_rule("/basket", "basket", basket)
    app.add_url_rule(
        "/forget", "forget", lambda: render_template_string(PAGE, name="", beacon=analytics.forget_picture())
    )
    return app, analytics

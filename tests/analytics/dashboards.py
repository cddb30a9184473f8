"""Reading the dashboard as a marketer does: the page, a panel's rows, a crowd made to measure."""

from html import unescape

from analytics.codes import Channel, source_code
from analytics.dashboard import Site
from analytics.example.bakery import SPEAKS
from analytics.visit import advance, unseen
from tests.analytics.builders import NOON, a_hit, a_line, at


def page(site, query: str = "", status: int = 200, path: str = "/dashboard") -> str:
    """The text of a page after all that waits was counted; no page holds a script of its own."""
    app, analytics = site
    analytics.fold()
    answer = app.test_client().get(f"{path}?{query}")
    assert answer.status_code == status
    assert "<script>" not in answer.text
    return unescape(answer.text)


def rows(site, panel: str, query: str = "") -> dict[str, dict]:
    """The rows of a panel by name, as its JSON tells them."""
    app, analytics = site
    analytics.fold()
    answer = app.test_client().get(f"/dashboard/{panel}.json?lang=en&{query}")
    assert answer.status_code == 200
    return {row.pop("name"): row for row in answer.json["rows"]}


def come(site, number: int, channel: Channel = Channel.DIRECT, *, seconds: float = NOON, **classes: int) -> None:
    """So many new browsers, one page each."""
    _, analytics = site
    for _ in range(number):
        hit = a_hit(source=source_code(channel), **classes)
        _, moved = advance(unseen(at(seconds), hit.fresh), hit, at(seconds))
        analytics.journal.append(a_line()._replace(moved=moved))


def a_site(**more) -> Site:
    return Site(**{**SPEAKS, **more})

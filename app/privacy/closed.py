"""The shop after its last day: one notice in place of every page, nothing counted, no cookie. Clause 5.2.3.

Until nothing about anybody is left to erase, the staff still come in, for what is open between the shop and a buyer.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, make_response, render_template, request

from app.foundation.clock import now
from app.privacy.service_end import KnownEnd, announced_end

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
ALWAYS = ("static", "health.", "status.")
WHILE_SOMETHING_IS_OPEN = (
    "backoffice.", "accounts.login", "accounts.second_factor", "accounts.enrol", "accounts.logout", "payments_root.",
    "carriers.",
)  # fmt: skip
"""Beginnings of endpoints: the desks and the way in to them, and what banks and carriers tell us of open orders."""


class CountingEnds:
    """Answers what the counting house would, before it does, once the service has ended."""

    def __init__(self, wsgi_app: WsgiApp, known: Callable[[], KnownEnd]) -> None:
        self.wsgi_app, self.known = wsgi_app, known

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/m/") and (end := self.known().now()) and end.is_over(now()):
            start_response("410 Gone", [("Content-Length", "0"), ("Cache-Control", "no-store")])
            return [b""]
        return self.wsgi_app(environ, start_response)


def end_counting(app: Flask) -> None:
    """Put the end before the counting house, which answers before any routing."""
    app.wsgi_app = CountingEnds(app.wsgi_app, lambda: app.extensions["service_end"])  # type: ignore[method-assign]


def serve_the_notice_alone() -> Response | None:
    """Before each request: once the service has ended, whatever is asked for and sent gets the notice."""
    endpoint = request.endpoint or ""
    if endpoint.startswith(ALWAYS) or (end := announced_end()) is None or not end.is_over(now()):
        return None
    if end.ended_at is None and endpoint.startswith(WHILE_SOMETHING_IS_OPEN):
        return None
    return make_response(render_template("privacy/closed.html", end=end), 410)

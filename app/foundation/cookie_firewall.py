"""What may pass in and out as a cookie, checked at the WSGI door, before and after everything else.

Clauses 3.1.1c and 3a. On the way in the shop gets only its own listed cookies and the counting house (`/m/`) only its
two, so that neither can read the other's by mistake. On the way out `CookieWatch`, which the tests put around the
application, refuses a response that sets a cookie that is not listed or has other attributes than its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.foundation.cookies import LARGEST, REGISTER, Cookie

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class UnlistedCookie(AssertionError):
    """A response set a cookie against the register."""


class CookieFirewall:
    """Rewrites the Cookie header to what the part of the site that is asked for may see."""

    def __init__(self, wsgi_app: WsgiApp, *, https: bool) -> None:
        self.wsgi_app = wsgi_app
        self.shop = {line.wire_name(https) for line in REGISTER.values() if line.of_the_shop}
        self.counting = {line.wire_name(https) for line in REGISTER.values() if not line.of_the_shop}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        header = environ.get("HTTP_COOKIE")
        if header:
            allowed = self.counting if environ.get("PATH_INFO", "").startswith("/m/") else self.shop
            environ["HTTP_COOKIE"] = passed_on(header, allowed)
        return self.wsgi_app(environ, start_response)


def passed_on(header: str, allowed: set[str]) -> str:
    """The header with the allowed cookies only, in their order; of a name sent twice the first value stays."""
    kept: dict[str, str] = {}
    for pair in header.split(";"):
        pair = pair.strip()
        name = pair.partition("=")[0]
        if name in allowed and name not in kept:
            kept[name] = pair
    return "; ".join(kept.values())


class CookieWatch:
    """Fails the request when its response sets a cookie against the register. For tests."""

    def __init__(self, wsgi_app: WsgiApp, *, https: bool) -> None:
        self.wsgi_app = wsgi_app
        self.https = https

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        def watched(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            faults = [
                fault
                for key, value in headers
                if key.lower() == "set-cookie"
                for fault in faults_of(value, https=self.https)
            ]
            if faults:
                raise UnlistedCookie("; ".join(faults))
            return start_response(status, headers, *rest)

        return self.wsgi_app(environ, watched)


def faults_of(set_cookie: str, *, https: bool) -> list[str]:
    """What is wrong with one Set-Cookie header, measured by the register; empty when nothing is."""
    pair, *attributes = [part.strip() for part in set_cookie.split(";")]
    wire, _, value = pair.partition("=")
    line = next((line for line in REGISTER.values() if line.wire_name(https) == wire), None)
    if line is None:
        return [f"{wire} is not in the cookie register"]
    given = {name.lower(): text for name, _, text in (part.partition("=") for part in attributes)}
    return [f"{wire}: {fault}" for fault in _faults(line, given, https)] + (
        [f"{wire}: larger than {LARGEST} bytes"] if len(wire) + len(value) > LARGEST else []
    )


def _faults(line: Cookie, given: dict[str, str], https: bool) -> Iterable[str]:
    if given.get("path") != line.path:
        yield f"path {given.get('path')!r} instead of {line.path!r}"
    if "domain" in given:
        yield "has a domain"
    if "httponly" not in given:
        yield "readable by scripts"
    if given.get("samesite", "").lower() != "lax":
        yield "SameSite is not Lax"
    if https and "secure" not in given:
        yield "not Secure"
    if not given.get("max-age", "").lstrip("-").isdigit():
        yield "no Max-Age"
    elif int(given["max-age"]) > line.longest.total_seconds():
        yield f"lives longer than {line.longest}"

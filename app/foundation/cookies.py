"""The cookie register: every cookie of the site, and the only way to set, read or delete one.

Clauses 3a, 3.1.1 and 3.1.2a. Nobody calls `response.set_cookie`: a cookie that is not listed here cannot be set, and a
reader must say for what it reads. Cookies are host-only, HttpOnly and SameSite=Lax; where the site is served over
https they are Secure and carry the `__Host-` prefix (path /) or `__Secure-` (path /m/), and the name without prefix
is then never read, so that a page served in the clear cannot plant one.

`visit` and `promo` belong to the counting house, which sets them itself; the shop may only delete them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Request, Response

from app.foundation.encryption import signing_keys
from app.settings import current_settings

LARGEST = 4096
"""Bytes of name and value together; browsers drop what is larger."""


class Use(Enum):
    """The closed list of reasons for a cookie (policy 3.1.1); a reader names one of them."""

    LOGIN = "login"
    TRUSTED_DEVICE = "trusted device"
    CART = "cart"
    PREFERENCES = "preferences"
    CHOICE = "choice"
    COUNTING_VISITS = "counting visits"
    COUNTING_PROMOTIONS = "counting promotions"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One line of the register. `life` is the usual Max-Age, `longest` the most that may be asked for."""

    name: str
    use: Use
    path: str
    life: timedelta
    longest: timedelta
    refusable: bool
    assigned: bool
    """True where the value holds a random part of its own; the others are equal wherever their facts are equal."""

    @property
    def of_the_shop(self) -> bool:
        return self.path == "/"

    def wire_name(self, https: bool) -> str:
        """The name as the browser knows it."""
        if not https:
            return self.name
        return ("__Host-" if self.path == "/" else "__Secure-") + self.name


_THIRTEEN_MONTHS = timedelta(days=395)


def _line(name: str, use: Use, path: str, *, days: float, longest: float, refusable: bool, assigned: bool) -> Cookie:
    return Cookie(name, use, path, timedelta(days=days), timedelta(days=longest), refusable, assigned)


REGISTER: Mapping[str, Cookie] = {
    line.name: line
    for line in (
        _line("sid", Use.LOGIN, "/", days=1, longest=30, refusable=False, assigned=True),
        _line("device", Use.TRUSTED_DEVICE, "/", days=90, longest=90, refusable=True, assigned=True),
        _line("cart", Use.CART, "/", days=30, longest=30, refusable=True, assigned=True),
        _line("prefs", Use.PREFERENCES, "/", days=180, longest=180, refusable=True, assigned=False),
        _line("choice", Use.CHOICE, "/", days=395, longest=395, refusable=True, assigned=False),
        _line("visit", Use.COUNTING_VISITS, "/m/", days=395, longest=395, refusable=True, assigned=True),
        _line("promo", Use.COUNTING_PROMOTIONS, "/m/", days=30, longest=30, refusable=True, assigned=False),
    )
}


class CookieError(Exception):
    """A programming error about cookies: unlisted name, wrong use, too long a life, too large a value."""


def set_cookie(response: Response, name: str, value: str, *, life: timedelta | None = None) -> None:
    """Set a listed cookie with the attributes of its line, for at most `longest`. No time of day is sent."""
    line = _listed(name)
    life = line.life if life is None else life
    wire = line.wire_name(served_over_https())
    if not line.of_the_shop:
        raise CookieError(f"{name} is set by the counting house, never by the shop")
    if life > line.longest:
        raise CookieError(f"{name} may live {line.longest}, not {life}")
    if len(wire) + len(value.encode()) > LARGEST:
        raise CookieError(f"{name} is larger than {LARGEST} bytes")
    _send(response, wire, value, line, max_age=int(life.total_seconds()), sync_expires=False)


def delete_cookie(response: Response, name: str) -> None:
    """Tell the browser to drop it. Also works for `visit` and `promo`, whose values never reach the shop."""
    line = _listed(name)
    _send(response, line.wire_name(served_over_https()), "", line, max_age=0, expires=0)


def read_cookie(request: Request, name: str, use: Use) -> str | None:
    """The raw value this browser sent, or None. Raises CookieError when read for another use than the register's."""
    line = _listed(name)
    if line.use is not use:
        raise CookieError(f"{name} serves {line.use.value}, not {use.value}")
    value = request.cookies.get(line.wire_name(served_over_https()))
    return value if value and len(value) <= LARGEST else None


def sign_facts(name: str, facts: Mapping[str, Any]) -> str:
    """A signed value that depends on the facts alone: no time of signing, no nonce, keys in fixed order (3.1.1b)."""
    return _serializer(name).dumps(dict(facts))


def signed_facts(name: str, value: str | None) -> dict[str, Any]:
    """The facts of a value signed for this very cookie; an empty dict for anything else, and never an error."""
    if not value:
        return {}
    try:
        facts = _serializer(name).loads(value)
    except (BadData, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def served_over_https() -> bool:
    """Decided by SITE_URL alone, so that one deployment has one set of cookie names."""
    return current_settings().is_https


def _listed(name: str) -> Cookie:
    if name not in REGISTER:
        raise CookieError(f"{name} is not in the cookie register")
    return REGISTER[name]


def _send(response: Response, wire: str, value: str, line: Cookie, **life: Any) -> None:
    header = dump_cookie(wire, value, path=line.path, secure=served_over_https(), httponly=True, samesite="Lax", **life)
    response.headers.add("Set-Cookie", header)


def _serializer(name: str) -> URLSafeSerializer:
    keys = signing_keys(f"cookie.{_listed(name).name}")
    return URLSafeSerializer(
        list(reversed(keys)),  # itsdangerous signs with the last key and accepts all
        salt=f"cookie.{name}",
        serializer=json,
        serializer_kwargs={"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False},
        signer_kwargs={"digest_method": sha256},
    )

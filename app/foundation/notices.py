"""Messages after a redirect, without a session: a code in the address, looked up in one closed table. DESIGN.md 4."""

from collections.abc import Mapping

from flask import Flask, request
from flask_babel import LazyString

NOTICES: dict[str, tuple[str, LazyString | str]] = {}


def register_notices(table: Mapping[str, tuple[str, LazyString | str]]) -> None:
    """Add codes of a slice: code -> (kind, text), kind one of "good", "caution", "danger", "info"."""
    NOTICES.update(table)


def notices() -> list[tuple[str, str]]:
    """The messages that this request's address asks for; an unknown code shows nothing."""
    codes = dict.fromkeys(request.args.getlist("done")[:3])
    return [(kind, str(text)) for kind, text in (NOTICES[code] for code in codes if code in NOTICES)]


def init_notices(app: Flask) -> None:
    app.jinja_env.globals["notices"] = notices

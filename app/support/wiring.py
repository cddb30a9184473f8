"""Lets every page ask whether the browser that reads it is too old; keeps and watches questions."""

from flask import Flask

from app.measurement.looking_up import browser_of_request
from app.support import clocks, figures, forgetting, leaks  # noqa: F401 - the duty, a line of /status, a keeping rule, the case of a leak
from app.support.old_browsers import is_old


def browser_is_old() -> bool:
    return is_old(*browser_of_request())


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["browser_is_old"] = browser_is_old

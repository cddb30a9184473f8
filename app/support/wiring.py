"""Lets every page ask whether the browser that reads it is too old; keeps and watches questions."""

from flask import Flask

from app.measurement.looking_up import browser_of_request
from app.support import clocks, figures, forgetting, leaks  # noqa: F401 - duty, line of /status, keeping rule, case
from app.support.commands import support_commands
from app.support.old_browsers import is_old


def browser_is_old() -> bool:
    return is_old(*browser_of_request())


def init_slice(app: Flask) -> None:
    app.cli.add_command(support_commands)
    app.jinja_env.globals["browser_is_old"] = browser_is_old

"""Hands the front page and the product page their blocks of suggestions."""

from flask import Flask

from app.recommendations.showing import own_suggestions


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["own_suggestions"] = own_suggestions

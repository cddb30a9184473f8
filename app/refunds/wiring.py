"""Wires refunds: their tables, and what is proven of them."""

from flask import Flask

from app.refunds import models, proving  # noqa: F401 - tables, and sums that the nightly proof asks for


def init_slice(app: Flask) -> None:
    """Nothing of the application's own yet."""

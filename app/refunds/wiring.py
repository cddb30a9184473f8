"""Wires refunds: their tables, and what is proven of them."""

from flask import Flask

from app.refunds import closing, models, proving  # noqa: F401 - tables, keeping, sums of the nightly proof


def init_slice(app: Flask) -> None:
    """Nothing of the application's own yet."""

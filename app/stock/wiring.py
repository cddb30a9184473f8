"""Makes the stock's tables known to the store."""

from flask import Flask

from app.stock import models  # noqa: F401


def init_slice(app: Flask) -> None:
    """Nothing to hand in but the tables."""

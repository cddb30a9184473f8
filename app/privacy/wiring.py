"""What the application needs of this slice when it starts: its table, and a policy that nobody altered."""

from flask import Flask

from app.privacy import acceptance
from app.privacy.policy import versions

__all__ = ["acceptance", "init_slice"]


def init_slice(app: Flask) -> None:
    """Read every published version now. Raises PolicyAltered, so that a shop with a changed text does not start."""
    with app.app_context():
        versions()

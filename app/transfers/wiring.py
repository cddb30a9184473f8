"""Transfers ask, tell, are put together and forgotten; nothing of it runs while they are off."""

from flask import Flask

from app.transfers import asking, forgetting, giving, telling

__all__ = ["asking", "forgetting", "giving", "init_slice", "telling"]


def init_slice(app: Flask) -> None:
    """Everything is declared where it is defined."""

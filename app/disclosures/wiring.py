"""Declares authorities as a recipient once all fields are known; puts packages together, tells people, keeps time."""

from flask import Flask

from app.disclosures import forgetting, telling
from app.disclosures.giving import declare_authorities

__all__ = ["forgetting", "init_slice", "telling"]


def init_slice(app: Flask) -> None:
    declare_authorities()

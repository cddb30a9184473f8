"""Declares authorities as a recipient once all fields are known; puts packages together, tells people, keeps time."""

from flask import Flask

from app.disclosures import forgetting, telling
from app.disclosures.giving import declare_authorities
from app.disclosures.research import giving as research_giving

__all__ = ["forgetting", "init_slice", "research_giving", "telling"]


def init_slice(app: Flask) -> None:
    declare_authorities()

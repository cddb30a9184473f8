"""Wires companies: the notices of their page."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.notices import register_notices


def init_slice(app: Flask) -> None:
    register_notices(
        {
            "company_kept": ("good", _l("Your company is kept, encrypted.")),
            "company_removed": ("good", _l("Your company was deleted.")),
        }
    )

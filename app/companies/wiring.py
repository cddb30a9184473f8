"""Wires companies: the notices of their page."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.notices import register_notices
from app.privacy.my_data import is_changed_at


def init_slice(app: Flask) -> None:
    is_changed_at("companies", "companies.company")
    register_notices(
        {
            "company_kept": ("good", _l("Your company is kept, encrypted.")),
            "company_removed": ("good", _l("Your company was deleted.")),
        }
    )

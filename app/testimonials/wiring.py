"""Lets the pages of products show what customers say there; says in words what the ledger shows to authors."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.privacy.my_data import is_changed_at
from app.privacy.who_saw import readings_are
from app.testimonials.showing import words_about


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["words_about"] = words_about
    is_changed_at("testimonials", "testimonials.mine")
    readings_are("testimonial.checked", _l("Your words for other customers, read before their publication"))
    readings_are(
        "testimonial.published", _l("Your words for other customers, published as you asked: everybody can read them")
    )

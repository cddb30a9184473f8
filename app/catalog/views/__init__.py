"""Pages of the catalogue, in both languages (`bp`), and what stands outside of languages (`root_bp`)."""

from flask import Blueprint

bp = Blueprint("catalog", __name__)
root_bp = Blueprint("catalog_root", __name__)

from app.catalog.views import comparing, crawling, front, listings, products  # noqa: E402, F401

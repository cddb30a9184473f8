"""Pages of the two sides of a dispute: the member's, and what the other side opens by its link."""

from flask import Blueprint

bp = Blueprint("disputes", __name__)

from app.disputes.views import member, other_side  # noqa: E402, F401  (each adds its pages to bp)

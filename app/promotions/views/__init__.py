"""Pages of promotions: what visitors press at an advertisement, the marketer's desk, the principal's figures."""

from flask import Blueprint

bp = Blueprint("promotions", __name__)

from app.promotions.views import answers, campaigns, figures, principals  # noqa: E402, F401  (each adds pages to bp)

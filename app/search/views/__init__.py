"""Pages of search (`bp`): results, suggestions, and what was searched for before."""

from flask import Blueprint

bp = Blueprint("search", __name__)

from app.search.views import history, results  # noqa: E402, F401

"""Pages of payment, one file per way. `root_bp` is where the institution itself speaks, in no language."""

from flask import Blueprint

bp = Blueprint("payments", __name__)
root_bp = Blueprint("payments_root", __name__)

from app.payments.views import online, payee, remittance, way  # noqa: E402, F401  (each adds its pages)

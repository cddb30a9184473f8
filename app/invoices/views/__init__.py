"""The buyer's pages of invoices: saved titles, and the invoice of an order. Owner only, else 404."""

from flask import Blueprint

bp = Blueprint("invoices", __name__)

from app.invoices.views import invoice, titles  # noqa: E402, F401  (each adds its pages)

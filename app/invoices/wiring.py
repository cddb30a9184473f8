"""Wires invoices: notices, the tab of orders that await one, what the page of an order shows."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.foundation.database import db
from app.foundation.notices import register_notices
from app.invoices import closing, following, proving  # noqa: F401 - what they hand in, and a duty
from app.invoices.queries import awaits_invoice
from app.invoices.showing import InvoicesShown, invoices_shown
from app.invoices.titles import HOLDERS
from app.orders.models import Order
from app.orders.tabs import Tab, add_tab
from app.privacy.my_data import is_changed_at, reads_as


def init_slice(app: Flask) -> None:
    add_tab(Tab("awaiting_invoice", _l("Awaiting invoice"), awaits_invoice))
    app.jinja_env.globals["invoices_on"] = _invoices_on
    is_changed_at("invoice_titles", "invoices.titles")
    for field in ("invoice_titles.details", "invoices.title"):
        reads_as(field, _title_in_words)
    register_notices(
        {
            "title_kept": ("good", _l("The title is kept, encrypted.")),
            "title_removed": ("good", _l("The title was deleted. Invoices stay as they are.")),
            "invoice_applied": ("good", _l("Finance has your application. You get a message when it is issued.")),
            "invoice_withdrawn": ("good", _l("The application is taken back.")),
            "invoice_moved": ("caution", _l("The invoice has moved on in the meantime. Here is its present state.")),
        }
    )


def _title_in_words(block: dict[str, str]) -> list[str]:
    return [str(HOLDERS[value]) if name == "holder" else value for name, value in block.items()]


def _invoices_on(order: Order) -> InvoicesShown:
    """The invoices of one's own order, for its page."""
    return invoices_shown(db.session(), order)

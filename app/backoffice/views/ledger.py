"""The ledger of evidence, for whoever may audit: newest first, by event, by order."""

from typing import Any

from flask import request
from sqlalchemy import select

from app.backoffice.finding import search_text
from app.backoffice.paging import page_of
from app.backoffice.views import bp
from app.backoffice.views.answers import page, url_of_page, wanted_page
from app.foundation.audit import LedgerEntry
from app.foundation.database import db
from app.foundation.permissions import requires
from app.orders.numbers import order_number_in


@bp.get("/ledger")
@requires("audit.read")
def ledger() -> Any:
    text = search_text(request.args.get("q"))
    rows = select(LedgerEntry).order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
    if number := order_number_in(text):
        rows = rows.where(LedgerEntry.facts["order"].as_string() == number)
    elif text:
        rows = rows.where(LedgerEntry.event.startswith(text, autoescape=True))
    entries, pager = page_of(db.session(), rows, wanted_page(), url_of_page)
    return page("ledger", entries=entries, pager=pager, text=text)

"""Pages of the desks under /desk, one file per desk; each view names the permission it needs."""

from flask import Blueprint

bp = Blueprint("backoffice", __name__, url_prefix="/desk")

from app.backoffice.views import (  # noqa: E402, F401  (each adds its pages to bp)
    after_sales,
    approvals,
    audit,
    bank,
    calls,
    closures,
    disclosures,
    disputes,
    futures,
    goods,
    home,
    invoices,
    ledger,
    news,
    orders,
    payee,
    payments,
    pictures,
    policy,
    questions,
    receipts,
    recipients,
    reconciliation,
    refund_asking,
    refunds,
    remittances,
    service_end,
    shipping,
    skus,
    staff,
    stock,
    stock_ledger,
    transfers,
    undertakings,
    unusual,
    warehouses,
)

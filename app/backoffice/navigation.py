"""The desks at the side of every staff page, by permission."""

from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.foundation.permissions import may


@dataclass(frozen=True)
class Desk:
    """A line of the table: what it is called, where it leads, who may open it, which pages belong to it."""

    name: LazyString
    endpoint: str
    permission: str
    pages: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The dashboard is the counting house's: only its address is known here."""
        return f"/{g.lang}{self.endpoint}" if self.endpoint.startswith("/") else url_for(self.endpoint)


@dataclass(frozen=True)
class Group:
    """Desks of one kind of work, under one heading; the first stands above all headings."""

    name: LazyString | str
    desks: tuple[Desk, ...]


GROUPS = (
    Group(
        "",
        (Desk(_l("Today"), "backoffice.desk", "desk.open"),),
    ),
    Group(
        _l("Orders and after-sales"),
        (
            Desk(
                _l("Orders"),
                "backoffice.orders",
                "orders.read",
                ("backoffice.later_month", "backoffice.order"),
            ),
            Desk(_l("Unusual orders"), "backoffice.unusual", "orders.check"),
            Desk(_l("Futures"), "backoffice.futures", "orders.read"),
            Desk(_l("After-sales"), "backoffice.after_sales", "after_sales.read", ("backoffice.after_sales_case",)),
        ),
    ),
    Group(
        _l("Money"),
        (
            Desk(_l("Remittances"), "backoffice.remittances", "remittances.read"),
            Desk(
                _l("Bank statements"),
                "backoffice.bank",
                "remittances.read",
                ("backoffice.bank_row", "backoffice.statement"),
            ),
            Desk(_l("Second person"), "backoffice.approvals", "remittances.read"),
            Desk(_l("Payment messages"), "backoffice.payments", "remittances.read"),
            Desk(_l("Unapplied money"), "backoffice.receipts", "remittances.read", ("backoffice.receipt",)),
            Desk(_l("Refunds"), "backoffice.refunds", "refunds.read", ("backoffice.refund",)),
            Desk(_l("Invoices"), "backoffice.invoices", "invoices.read", ("backoffice.invoice",)),
            Desk(_l("Reconciliation"), "backoffice.reconciliation", "remittances.read"),
            Desk(_l("Our account"), "backoffice.payee", "remittances.read"),
        ),
    ),
    Group(
        _l("Goods and stock"),
        (
            Desk(
                _l("Goods"),
                "backoffice.goods",
                "goods.edit",
                ("backoffice.product", "backoffice.sku", "backoffice.picture"),
            ),
            Desk(_l("Stock movements"), "backoffice.stock_ledger", "goods.edit"),
            Desk(_l("Warehouses"), "backoffice.warehouses", "goods.edit", ("backoffice.warehouse",)),
        ),
    ),
    Group(
        _l("Customers"),
        (
            Desk(_l("Questions"), "backoffice.questions", "tickets.answer", ("backoffice.question",)),
            Desk(_l("Disputes"), "backoffice.disputes", "disputes.settle", ("backoffice.dispute",)),
            Desk(_l("Calls"), "backoffice.calls", "calls.take", ("backoffice.call", "backoffice.take_call")),
            Desk(_l("Closing accounts"), "backoffice.closures", "closures.decide", ("backoffice.keeping",)),
        ),
    ),
    Group(
        _l("Publishing"),
        (
            Desk(_l("Customers' words"), "backoffice.testimonials", "testimonials.decide", ("backoffice.testimonial",)),
            Desk(_l("News"), "backoffice.news", "news.publish", ("backoffice.news_item", "backoffice.new_news")),
            Desk(_l("Campaigns"), "promotions.campaigns", "campaigns.manage", ("promotions.",)),
            Desk(_l("Dashboard"), "/dashboard", "dashboard.read", ("dashboard.", "marketing.")),
        ),
    ),
    Group(
        _l("Rules and trust"),
        (
            Desk(_l("Policy and agreements"), "backoffice.policy_versions", "policy.publish"),
            Desk(_l("End of the service"), "backoffice.service_end", "service.end"),
            Desk(_l("Recipients"), "backoffice.recipients", "recipients.manage", ("backoffice.recipient",)),
            Desk(
                _l("Demands for data"),
                "backoffice.disclosures",
                "disclosures.record",
                ("backoffice.disclosure", "backoffice.type_demand", "backoffice.keep_demand"),
            ),
            Desk(
                _l("Breaches"),
                "backoffice.breaches",
                "breaches.manage",
                ("backoffice.breach", "backoffice.type_breach", "backoffice.keep_breach"),
            ),
            Desk(
                _l("Research"),
                "backoffice.research",
                "disclosures.record",
                ("backoffice.research_request", "backoffice.type_research", "backoffice.keep_research"),
            ),
            Desk(
                _l("Transfers"),
                "backoffice.transfers",
                "transfers.record",
                ("backoffice.transfer", "backoffice.type_transfer", "backoffice.keep_transfer"),
            ),
            Desk(
                _l("Staff"),
                "backoffice.staff",
                "staff.manage",
                ("backoffice.undertakings", "backoffice.add_undertaking"),
            ),
            Desk(_l("Ledger"), "backoffice.ledger", "audit.read"),
            Desk(_l("Audit"), "backoffice.audit", "audit.read"),
        ),
    ),
)


@dataclass(frozen=True)
class Item:
    """What `layouts/desk.html` prints."""

    name: LazyString
    url: str
    current: bool


@dataclass(frozen=True)
class Section:
    """The items under one heading."""

    name: LazyString | str
    items: list[Item]


def desk_navigation() -> list[Section]:
    """The desks that whoever is signed in may open, by kind of work, the desk of this very page marked."""
    here = str(request.endpoint)
    sections = [
        Section(
            group.name,
            [
                Item(desk.name, desk.url, here == desk.endpoint or here.startswith(desk.pages or ("-",)))
                for desk in group.desks
                if may(current_user, desk.permission)
            ],
        )
        for group in GROUPS
    ]
    return [section for section in sections if section.items]

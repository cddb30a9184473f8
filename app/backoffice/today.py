"""What needs doing today, by permission: each line a number and the page where it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.after_sales.queries import cases_late, cases_wanted
from app.backoffice.stock_pages import running_low
from app.breaches.queries import breaches_open
from app.catalog.models import DRAFT, Product
from app.disclosures.queries import cases_waiting, reviews_due
from app.disclosures.research.deciding import requests_waiting
from app.disputes.finding import disputes_waiting
from app.foundation.clock import SHANGHAI
from app.foundation.counting import counted, up_to
from app.invoices.queries import invoices_in, red_letters_owed
from app.invoices.states import APPLIED, OWED
from app.orders.balancing import balances_overdue
from app.orders.checking import waiting_checks
from app.orders.lifecycle import REMIND_BEFORE
from app.orders.models import Order
from app.orders.queries import awaiting_remittance, awaiting_shipment
from app.payments.approving import waiting_approvals
from app.payments.bank.models import NEEDS_PERSON, BankRow
from app.payments.chinabank.queries import TO_DECIDE, messages
from app.payments.models import Voucher
from app.payments.payee import PROPOSED, PayeeAccount
from app.payments.queries import unapplied
from app.privacy.closures import closures_waiting
from app.privacy.demanding import demanded_changes
from app.privacy.publishing import proposals
from app.privacy.service_end import proposed_ends
from app.refunds.queries import refunds_in
from app.refunds.vocabulary import APPROVED, ASKED
from app.support.queries import tickets_pressing, tickets_to_tell, tickets_waiting
from app.testimonials.queries import testimonials_to_decide
from app.transfers.queries import transfers_waiting


@dataclass(frozen=True)
class Task:
    """A kind of work: what it is, who does it, where, and how much of it there is."""

    name: LazyString
    permission: str
    endpoint: str
    values: dict[str, str]
    waiting: Callable[[datetime], Select[Any]]


def _with_voucher(at: datetime) -> Select[Order]:
    return awaiting_remittance().where(Order.id.in_(select(Voucher.order_id)))


def _due_tomorrow(at: datetime) -> Select[Order]:
    return awaiting_remittance().where(Order.hold_until <= at + REMIND_BEFORE)


def _need_person(at: datetime) -> Select[BankRow]:
    return select(BankRow).where(BankRow.state == NEEDS_PERSON)


def _proposed_payee(at: datetime) -> Select[PayeeAccount]:
    return select(PayeeAccount).where(PayeeAccount.state == PROPOSED)


TASKS: tuple[Task, ...] = (
    Task(_l("Vouchers to look at"), "remittances.read", "backoffice.remittances", {"show": "voucher"}, _with_voucher),
    Task(_l("Remittances awaited"), "remittances.read", "backoffice.remittances", {}, lambda at: awaiting_remittance()),
    Task(
        _l("Holds that end within a day"), "remittances.read", "backoffice.remittances", {"show": "due"}, _due_tomorrow
    ),
    Task(
        _l("Bank rows that need a person"), "remittances.read", "backoffice.bank", {"state": NEEDS_PERSON}, _need_person
    ),
    Task(
        _l("Waiting for a second person"),
        "remittances.read",
        "backoffice.approvals",
        {},
        lambda at: waiting_approvals(),
    ),
    Task(_l("Changes of our account to confirm"), "remittances.read", "backoffice.payee", {}, _proposed_payee),
    Task(
        _l("Payment messages to decide"), "remittances.read", "backoffice.payments", {}, lambda at: messages(TO_DECIDE)
    ),
    Task(_l("Receipts with unapplied money"), "remittances.read", "backoffice.receipts", {}, lambda at: unapplied()),
    Task(_l("Refunds to decide"), "refunds.approve", "backoffice.refunds", {}, lambda at: refunds_in(ASKED)),
    Task(
        _l("Refunds to send"),
        "refunds.pay",
        "backoffice.refunds",
        {"state": APPROVED},
        lambda at: refunds_in(APPROVED),
    ),
    Task(_l("Invoices to issue"), "invoices.read", "backoffice.invoices", {}, lambda at: invoices_in(APPLIED)),
    Task(
        _l("Red-letter invoices to issue"),
        "invoices.read",
        "backoffice.invoices",
        {"show": OWED},
        lambda at: red_letters_owed(),
    ),
    Task(_l("Unusual orders to look at"), "orders.check", "backoffice.unusual", {}, lambda at: waiting_checks()),
    Task(
        _l("Parts to ship"),
        "orders.ship",
        "backoffice.orders",
        {"state": "awaiting_shipment"},
        lambda at: awaiting_shipment(),
    ),
    Task(
        _l("Balances overdue"),
        "orders.read",
        "backoffice.futures",
        {},
        lambda at: balances_overdue(at.astimezone(SHANGHAI).date()),
    ),
    Task(_l("New versions to approve"), "policy.publish", "backoffice.policy_versions", {}, lambda at: proposals()),
    Task(_l("Ends of the service to confirm"), "service.end", "backoffice.service_end", {}, lambda at: proposed_ends()),
    Task(_l("Breaches to work on"), "breaches.manage", "backoffice.breaches", {}, lambda at: breaches_open()),
    Task(_l("High risks to decide"), "policy.publish", "backoffice.policy_versions", {}, lambda at: demanded_changes()),
    Task(_l("Questions to answer"), "tickets.answer", "backoffice.questions", {}, lambda at: tickets_waiting()),
    Task(_l("Disputes to take on"), "disputes.settle", "backoffice.disputes", {}, lambda at: disputes_waiting()),
    Task(_l("Answers due soon"), "tickets.answer", "backoffice.questions", {}, lambda at: tickets_pressing()),
    Task(
        _l("Askers to tell"), "tickets.answer", "backoffice.questions", {"show": "tell"}, lambda at: tickets_to_tell()
    ),
    Task(
        _l("After-sales cases to answer"),
        "after_sales.handle",
        "backoffice.after_sales",
        {"tab": "answer"},
        lambda at: cases_wanted("answer"),
    ),
    Task(
        _l("Cases for the platform to decide"),
        "after_sales.decide",
        "backoffice.after_sales",
        {"tab": "platform"},
        lambda at: cases_wanted("platform"),
    ),
    Task(_l("Late in after-sales"), "after_sales.handle", "backoffice.after_sales", {"tab": "late"}, cases_late),
    Task(_l("Accounts to close"), "closures.decide", "backoffice.closures", {}, lambda at: closures_waiting()),
    Task(
        _l("Demands for data to decide"), "disclosures.decide", "backoffice.disclosures", {}, lambda at: cases_waiting()
    ),
    Task(
        _l("Requests of research to decide"),
        "disclosures.decide",
        "backoffice.research",
        {},
        lambda at: requests_waiting(),
    ),
    Task(
        _l("Disclosures to look at again"), "disclosures.decide", "backoffice.disclosures", {}, lambda at: reviews_due()
    ),
    Task(_l("Transfers to decide"), "transfers.decide", "backoffice.transfers", {}, lambda at: transfers_waiting()),
    Task(
        _l("Customers' words to decide"),
        "testimonials.decide",
        "backoffice.testimonials",
        {},
        lambda at: testimonials_to_decide(),
    ),
    Task(_l("SKUs running low"), "goods.edit", "backoffice.low_stock", {}, lambda at: running_low()),
    Task(
        _l("Drafts not yet published"),
        "goods.edit",
        "backoffice.goods",
        {"state": DRAFT},
        lambda at: select(Product).where(Product.state == DRAFT),
    ),
)


def how_much(session: Session, tasks: list[Task], at: datetime) -> list[tuple[Task, int]]:
    """The tasks with how much there is to do of each, in one query."""
    if not tasks:
        return []
    found = session.execute(select(*(up_to(task.waiting(at)) for task in tasks))).one()
    return [(task, counted(many)) for task, many in zip(tasks, found, strict=True)]

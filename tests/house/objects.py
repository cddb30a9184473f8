"""One person's things of every kind, and the addresses of all routes that name one: made from the map of addresses.

A route that is added is probed by itself. Where its address has a part that nobody here can fill, the probe fails and
says which: put it beside the others.
"""

import re
from collections.abc import Iterator, Set
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import Table
from werkzeug.routing import Rule

from app.accounts.devices import trust_device
from app.accounts.models import Account
from app.accounts.profile import Added, keep_profile
from app.after_sales.opening import open_case
from app.breaches.acting import open_breach
from app.disputes.choosing import CASE
from app.foundation.clock import now, today
from app.foundation.database import Base, db, transaction
from app.foundation.personal_data import Purpose
from app.foundation.uploads import store_private
from app.invoices.titles import add_title
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.orders.receiving import confirm_receipt
from app.payments.payee import Details, propose_payee
from app.payments.vouchers import add_voucher
from app.privacy.consenting import give_consent
from app.privacy.service_end import propose_end
from app.shipping.carrier_links import make_link
from app.shipping.queries import parcels_of
from app.support.asking import Question, open_ticket
from app.transfers.kinds import MERGER
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.after_sales.builders import BUYER, a_claim, a_machine, a_photograph
from tests.backoffice.test_goods_desk import a_picture
from tests.breaches.builders import leak
from tests.checkout.builders import an_address, an_order
from tests.disclosures.builders import a_case as a_disclosure
from tests.disclosures.builders import a_research_request
from tests.disputes.builders import a_signed_dispute, answered
from tests.invoices.builders import PLAIN, an_issued_invoice
from tests.news.builders import a_draft
from tests.payments.bank.builders import a_row
from tests.payments.builders import FINANCE, pay
from tests.payments.online import an_attempt, an_online_order
from tests.privacy.canaries import some_row
from tests.promotions.builders import a_campaign
from tests.refunds.builders import approved, ask_for
from tests.shipping.builders import CLERK, send_all
from tests.testimonials.builders import a_face, words_of
from tests.transfers.builders import a_transfer, transfers_on, undertaken

NAME, QUESTION = "zhangsanfeng", "我的机器上个月在第七机房停了"
PART = re.compile(r"<(?:([a-z]+)(?:\(([^)]*)\))?:)?([a-z_]+)>")

ROW_OF = {
    "address_id": "addresses", "approval_id": "approvals", "closure_id": "closures",
    "consent_id": "share_consents",
    "device_id": "trusted_devices", "document_id": "invoice_documents", "end_id": "service_ends",
    "hold_id": "holds", "invoice_id": "invoices",
    "item_id": "news_items", "merge_id": "cart_merges", "message_id": "gateway_messages",
    "paper_id": "recipient_agreements", "parcel_id": "parcels", "payout_id": "payouts",
    "picture_id": "product_pictures", "product_id": "products",
    "proposal_id": "payee_accounts", "publication_id": "policy_publications", "receipt_id": "receipts",
    "red_id": "red_letters", "row_id": "bank_rows", "session_id": "login_sessions", "sku_id": "skus",
    "statement_id": "statements", "ticket_id": "support_tickets", "title_id": "invoice_titles",
    "warehouse_id": "warehouses",
}  # fmt: skip
"""A part of an address that names a row by its key, and the table."""
VALUE_OF = {
    ("after-sales", "number"): ("after_sales_cases", "number"),
    ("breaches", "number"): ("breaches", "number"),
    ("campaigns", "number"): ("campaigns", "id"),
    ("contact", "key"): ("support_tickets", "key"),
    ("disclosures", "number"): ("disclosure_cases", "number"),
    ("disputes", "number"): ("disputes", "number"),
    ("files", "entry_id"): ("dispute_entries", "id"),
    ("hidden", "entry_id"): ("dispute_entries", "id"),
    ("new", "about"): ("orders", "number"),
    ("goals", "number"): ("marketing_goals", "id"),
    ("links", "number"): ("marketing_links", "id"),
    ("notes", "number"): ("marketing_notes", "id"),
    ("number", "number"): ("support_tickets", "number"),
    ("offers", "number"): ("campaigns", "id"),
    ("principals", "number"): ("principals", "id"),
    ("customers", "key"): ("testimonials", "key"),
    ("research", "number"): ("research_requests", "number"),
    ("testimonials", "key"): ("testimonials", "key"),
    ("refunds", "number"): ("refunds", "number"),
    ("refunds", "refund"): ("refunds", "number"),
    ("transfers", "number"): ("transfer_cases", "number"),
}
"""By the last word before it in the address: the column that a part names."""
FIXED = {
    ("online", "attempt"): "1", ("parcels", "parcel"): "1", ("parts", "position"): "1",
    ("photographs", "position"): "1", ("files", "position"): "1", ("new", "place"): "1-1", ("new", "kind"): "return",
    ("decisions", "move"): "stand_by", ("moves", "move"): "agree", ("recipients", "name"): "sms",
    ("terms", "version"): "2", ("recipients", "papers"): "agreements", ("dashboard", "name"): "pages",
    ("consents", "recipient"): "sms", ("consents", "purpose"): "2.1", ("consents", "digest"): "0" * 16,
    ("part", "group"): "page", ("package", "part"): "1",
}  # fmt: skip
"""What else stands in an address of somebody's thing."""


class Things(NamedTuple):
    """A member, the two orders that the others are about (one received, one to be paid online), one of the staff."""

    person: Account
    order: Order
    online: Order
    clerk: Account


def things_of_every_kind(app: Flask) -> Things:
    """Somebody with one thing of each kind that an address can name, made by the acts that make it."""
    person = an_account(name=NAME)
    an_address(person)
    order = an_order(a_machine(9)[0], quantity=2, account=person)
    add_voucher(order, a_picture().getvalue(), FINANCE, now())
    pay(order)
    send_all(order)
    [[parcel]] = parcels_of(db.session(), order.id).values()
    make_link(parcel.id, CLERK, now())
    for part in order.parts:
        confirm_receipt(part.id, BUYER, now())
    photograph = store_private(person.subject_id, a_photograph())
    case = open_case(order.id, "1-1", a_claim(order), [photograph], BUYER, now())
    an_issued_invoice(order)
    add_title(person.id, person.subject_id, PLAIN, now())
    approved(ask_for(order, amount="1.00"))
    online = an_online_order(account=person)
    an_attempt(online)
    open_ticket(Question("delivery", QUESTION), person, now())
    give_consent(person.audit_ref, "sms", Purpose.SERVICE, lang="zh", shown=QUESTION, at=now())
    a_row("100.00", "for what?", number="C0599ABC002")
    a_campaign()
    a_draft()
    keep_profile(person, Added(), now(), picture=a_face())
    words_of(person, avatar=True)
    a_disclosure(person)
    a_research_request()
    with transfers_on(app):
        a_transfer(MERGER, **undertaken())
    answered(a_signed_dispute(CASE, about=case), pictures=[a_photograph()])
    open_breach(leak(tables=("addresses",)), now())
    propose_payee(Details("云商", "另一家银行", "6200999988887777"), FINANCE, now())
    propose_end(today() + timedelta(days=40), Actor("manager", 1), now())
    with transaction() as session:
        trust_device(session, person.id, "Firefox")
    signed_in(app.test_client(), person)
    return Things(person, order, online, a_staff_member())


def addresses(app: Flask, things: Things, *, but: Set[str]) -> Iterator[tuple[Rule, str]]:
    """Every rule whose address names more than a language, and one address of it that names their things.

    Without those of the endpoints `but`. Raises LookupError for a part that nobody can fill.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        if rule.arguments - {"lang"} and rule.endpoint not in but:
            yield rule, _filled(rule, things)


def _filled(rule: Rule, things: Things) -> str:
    before, parts = "", []
    for segment in rule.rule.split("/"):
        parts.append(PART.sub(lambda part, word=before: str(_value(rule, part, word, things)), segment))
        before = before if "<" in segment else segment
    return "/".join(parts)


def _value(rule: Rule, part: re.Match[str], before: str, things: Things) -> Any:
    converter, choice, name = part.groups()
    if name == "lang":
        return "en"
    if converter == "any":
        return choice.partition(",")[0]
    if (before, name) == ("orders", "number"):
        return (things.online if "/online" in rule.rule else things.order).number
    if (before, name) == ("staff", "account_id"):
        return things.clerk.id
    if name in ROW_OF:
        return _column(ROW_OF[name], "id", things.person)
    if (before, name) in VALUE_OF:
        return _column(*VALUE_OF[before, name], things.person)
    if (before, name) in FIXED:
        return FIXED[before, name]
    raise LookupError(f"{rule.rule}: say in {__name__} what <{name}> after {before!r} is, or list the route as public")


def _column(table: str, column: str, person: Account) -> Any:
    found: Table = Base.metadata.tables[table]
    with transaction() as session:
        (key,) = found.primary_key.columns
        row = some_row(found, person)
        return session.scalar(found.select().with_only_columns(found.c[column]).where(key == row))

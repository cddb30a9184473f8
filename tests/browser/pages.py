"""Every kind of page, and who looks at it. The browser tests walk this list, and so do the screenshots."""

import re
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.browser.visitor import Visitor


@dataclass(frozen=True)
class Look:
    """One page: its name, where it is under its language, and who looks ("" for a guest).

    `{slug}`, `{compared}`, `{order}`, `{online}`, `{figures}` and the names of `trade_of` and `dealings_of`
    in the path stand for what only the running shop knows. `customer` is the buyer of the demonstration.
    """

    name: str
    path: str
    who: str = ""

    def __str__(self) -> str:
        return self.name


PUBLIC = [
    Look("home", "/"),
    Look("listing", "/products?algorithm=sha-256&sort=efficiency"),
    Look("parts", "/products?kind=part"),
    Look("product", "/products/{slug}"),
    Look("search", "/search?q=s19pro"),
    Look("nothing-found", "/search?q=zzqqxx"),
    Look("searches", "/search/history"),
    Look("compare", "/compare?{compared}"),
    Look("empty-cart", "/cart"),
    Look("login", "/login"),
    Look("password", "/password"),
    Look("register", "/register"),
    Look("policy", "/privacy"),
    Look("service-end", "/service-end"),
    Look("archive", "/privacy/archive"),
    Look("policy-changes", "/privacy/archive/4/changes"),
    Look("agreement", "/agreement"),
    Look("rules", "/rules"),
    Look("choices", "/privacy/choices"),
    Look("cookies", "/privacy/cookies"),
    Look("register-of-fields", "/privacy/register"),
    Look("proof", "/privacy/proof"),
    Look("demands", "/privacy/requests"),
    Look("breaches", "/privacy/breaches"),
    Look("transfers", "/privacy/transfers"),
    Look("contact", "/contact"),
    Look("find-question", "/contact/find"),
    Look("help", "/help"),
    Look("news", "/news"),
    Look("news-item", "{news}"),
    Look("customers", "/customers"),
    Look("payee", "/payee"),
    Look("carrier", "{carrier}"),
    Look("dispute-to-sign", "{to_sign}"),
    Look("dispute-opened", "{opened}"),
    Look("principal-home", "{figures}"),
    Look("principal-figures", "{figures}/campaigns/1"),
]
BUYERS = [
    Look("cart", "/cart", "buyer"),
    Look("checkout", "/checkout", "buyer"),
    Look("new-address", "/checkout/addresses/new", "buyer"),
    Look("addresses", "/checkout/addresses", "buyer"),
    Look("my-searches", "/search/history", "buyer"),
    Look("orders", "/orders", "buyer"),
    Look("order", "/orders/{order}", "buyer"),
    Look("remittance", "/orders/{order}/remittance", "buyer"),
    Look("call-off", "/orders/{order}/refund", "buyer"),
    Look("pay-online", "/orders/{online}/online", "buyer"),
    Look("account", "/account", "buyer"),
    Look("terms", "/privacy/terms", "buyer"),
    Look("consents", "/privacy/consents", "buyer"),
    Look("company", "/account/company", "buyer"),
    Look("invoice", "/orders/{order}/invoice", "buyer"),
    Look("invoice-titles", "/account/invoice-titles", "buyer"),
    Look("new-invoice-title", "/account/invoice-titles/new", "buyer"),
    Look("devices", "/account/devices", "buyer"),
    Look("mail", "/account/mail", "buyer"),
    Look("profile", "/account/profile", "buyer"),
    Look("closing", "/account/closure", "buyer"),
    Look("my-data", "/privacy/data", "buyer"),
    Look("messages", "/messages", "buyer"),
]
CUSTOMERS = [
    Look("question-answered", "{question}", "customer"),
    Look("communications", "/contact/log", "customer"),
    Look("after-sales", "/after-sales", "customer"),
    Look("after-sales-case", "{case}", "customer"),
    Look("after-sales-order", "{claimed}", "customer"),
    Look("after-sales-kinds", "{claimed}/after-sales/new", "customer"),
    Look("after-sales-repair", "{claimed}/after-sales/new/1-1/repair", "customer"),
    Look("issued-invoice", "{invoiced}", "customer"),
    Look("my-words", "/customers/mine", "customer"),
    Look("write-words", "/customers/new", "customer"),
    Look("disputes", "/account/disputes", "customer"),
    Look("new-dispute", "/account/disputes/new", "customer"),
    Look("dispute-form", "/account/disputes/new/case/{case_number}", "customer"),
    Look("dispute-draft", "{drafted}", "customer"),
    Look("dispute", "{disputed}", "customer"),
]
DESKS = [
    Look("desk", "/desk", "manager"),
    Look("desk-orders", "/desk/orders", "manager"),
    Look("desk-order", "/desk/orders/{order}", "manager"),
    Look("unusual-orders", "/desk/unusual", "manager"),
    Look("remittances", "/desk/remittances", "manager"),
    Look("unapplied-money", "/desk/receipts", "manager"),
    Look("statement", "{statement}", "manager"),
    Look("bank-row", "{row}", "manager"),
    Look("desk-parcel", "{sent}", "manager"),
    Look("payment-messages", "/desk/payments?show=all", "manager"),
    Look("desk-payee", "/desk/payee", "manager"),
    Look("bank", "/desk/bank", "manager"),
    Look("second-person", "/desk/approvals", "manager"),
    Look("refunds", "/desk/refunds?state=all", "manager"),
    Look("refund", "{refund}", "manager"),
    Look("ask-refund", "/desk/orders/{order}/refund", "manager"),
    Look("reconciliation", "/desk/reconciliation", "manager"),
    Look("invoices", "/desk/invoices?show=issued", "manager"),
    Look("invoice-to-issue", "{to_issue}", "manager"),
    Look("invoice-to-redden", "{to_redden}", "manager"),
    Look("invoice-sheet", "{to_redden}/sheet", "manager"),
    Look("goods", "/desk/goods", "manager"),
    Look("new-product", "/desk/goods/new", "manager"),
    Look("futures", "/desk/futures", "manager"),
    Look("later-month", "{later_month}", "manager"),
    Look("stock-movements", "/desk/stock", "manager"),
    Look("warehouses", "/desk/warehouses", "manager"),
    Look("staff", "/desk/staff", "manager"),
    Look("ledger", "/desk/ledger", "manager"),
    Look("audit", "/desk/audit", "manager"),
    Look("recipients", "/desk/recipients", "manager"),
    Look("recipient", "/desk/recipients/sms", "manager"),
    Look("desk-demands", "/desk/disclosures", "manager"),
    Look("new-demand", "/desk/disclosures/new", "manager"),
    Look("demand", "{demand}", "manager"),
    Look("desk-breaches", "/desk/breaches", "manager"),
    Look("new-breach", "/desk/breaches/new", "manager"),
    Look("breach", "{breach}", "manager"),
    Look("desk-research", "/desk/research", "manager"),
    Look("new-research", "/desk/research/new", "manager"),
    Look("research-request", "{research}", "manager"),
    Look("desk-transfers", "/desk/transfers", "manager"),
    Look("new-transfer", "/desk/transfers/new", "manager"),
    Look("desk-after-sales", "/desk/after-sales", "manager"),
    Look("desk-case", "/desk{case}", "manager"),
    Look("questions", "/desk/questions", "manager"),
    Look("questions-to-tell", "/desk/questions?show=tell", "manager"),
    Look("desk-question", "{asked}", "manager"),
    Look("new-question", "/desk/questions/new", "manager"),
    Look("calls", "/desk/calls", "manager"),
    Look("desk-words", "/desk/testimonials", "manager"),
    Look("desk-word", "{words}", "manager"),
    Look("desk-disputes", "/desk/disputes", "manager"),
    Look("desk-dispute-sent", "{to_take_on}", "manager"),
    Look("desk-dispute", "{being_settled}", "manager"),
    Look("desk-news", "/desk/news", "manager"),
    Look("desk-new-news", "/desk/news/new", "manager"),
    Look("closures", "/desk/closures", "manager"),
    Look("desk-service-end", "/desk/service-end", "manager"),
    Look("keeping-times", "/desk/keeping", "manager"),
    Look("dashboard", "/dashboard", "manager"),
    Look("dashboard-filtered", "/dashboard?device=phone&channel=search&period=12m", "manager"),
    Look("dashboard-panel", "/dashboard/pages", "manager"),
    Look("goals-and-notes", "/dashboard/notes", "manager"),
    Look("registered-links", "/dashboard/links", "manager"),
    Look("campaigns", "/desk/campaigns", "manager"),
    Look("campaign", "/desk/campaigns/1", "manager"),
    Look("principals", "/desk/principals", "manager"),
    Look("principal", "/desk/principals/1", "manager"),
]
TRADE = (
    "statement", "row", "sent", "carrier", "demand", "breach", "news", "asked", "to_issue", "to_redden", "refund",
    "later_month", "to_take_on", "being_settled", "to_sign", "opened", "words", "research",
)  # fmt: skip
DEALINGS = ("case", "case_number", "claimed", "invoiced", "question", "drafted", "disputed")
SMS_SECONDS = 45
HREFS = "all => all.map((it) => it.getAttribute('href'))"
EVERY = [*PUBLIC, *BUYERS, *CUSTOMERS, *DESKS]
PICTURED = [
    look
    for look in EVERY
    if look.name
    in {"home", "listing", "product", "search", "compare", "cart", "checkout", "orders", "order", "remittance"}
    | {"pay-online", "register", "policy", "choices", "desk", "desk-order", "goods", "dashboard", "dashboard-filtered"}
    | {"after-sales-case", "invoice-to-redden", "reconciliation", "refund"}
    | {"policy-changes", "my-data", "my-searches", "closing", "closures", "consents", "proof"}
    | {"dashboard-panel", "goals-and-notes", "registered-links", "campaign", "principals", "principal-figures"}
]
"""The pages whose pictures are taken by `make screenshots`."""


def figures_of_principal(marketer: Visitor) -> str:
    """The address behind the language at which the first principal reads its figures."""
    link = marketer.open("/desk/principals/1").locator("p.break code").inner_text()
    return "/" + urlsplit(link).path.split("/", 2)[2]


def trade_of(manager: Visitor) -> dict[str, str]:
    """Addresses behind the language of what the demonstration holds: a statement, a row of it, an order with a parcel
    under way and the page that its carrier may read, news, what waits for finance, and futures that can move away."""
    return {
        "statement": _linked(manager, "/desk/bank", "/bank/statements/")[0],
        "row": _linked(manager, "/desk/bank?state=no_match", "/bank/rows/")[0],
        "demand": _linked(manager, "/desk/disclosures?state=asked", "/desk/disclosures/D")[0],
        "breach": _linked(manager, "/desk/breaches", "/desk/breaches/L")[0],
        "news": _linked(manager, "/news", "/news/")[0],
        "research": _linked(manager, "/desk/research", "/desk/research/R")[0],
        "words": _linked(manager, "/desk/testimonials?state=hidden", "/desk/testimonials/")[0],
        "asked": _linked(manager, "/desk/questions?show=tell", "/desk/questions/")[-1],
        "to_issue": _linked(manager, "/desk/invoices", "/desk/invoices/")[0],
        "to_redden": _linked(manager, "/desk/invoices?show=owed", "/desk/invoices/")[0],
        "refund": _linked(manager, "/desk/refunds?state=approved", "/desk/refunds/")[0],
        "later_month": _first_of(manager, _linked(manager, "/desk/futures", "/desk/orders/"), "/month"),
        **_sent(manager),
        **_disputes(manager),
    }


def dealings_of(customer: Visitor) -> dict[str, str]:
    """Addresses behind the language of the demonstration's case of short hashrate, its order, an invoice, an answer."""
    invoiced = [f"{order}/invoice" for order in _linked(customer, "/orders?state=completed", "/orders/")]
    for path in invoiced:
        if customer.open(path).locator("main a[download]").count():
            question = _linked(customer, "/contact", "/contact/")[-2]
            drafted, disputed = _linked(customer, "/account/disputes", "/account/disputes/")[-2:]
            disputes = {"drafted": drafted, "disputed": disputed}
            return {**_case_of_short_hashrate(customer), **disputes, "invoiced": path, "question": question}
    raise LookupError("no invoice of the demonstration's buyer is issued")


def _case_of_short_hashrate(customer: Visitor) -> dict[str, str]:
    for path in _linked(customer, "/after-sales", "/after-sales/"):
        if customer.open(path).locator(".worked-out").count():
            number = path.rsplit("/", 1)[1]
            return {"case": path, "case_number": number, "claimed": _linked(customer, path, "/orders/")[0]}
    raise LookupError("no case of short hashrate in the demonstration")


def _sent(manager: Visitor) -> dict[str, str]:
    for sent in _linked(manager, "/desk/orders?state=awaiting_receipt", "/desk/orders/"):
        addresses = manager.open(sent).locator(".parcel__address")
        if addresses.count():
            carrier = urlsplit(addresses.first.inner_text()).path.split("/", 2)[2]
            return {"sent": sent, "carrier": f"/{carrier}"}
    raise LookupError("no parcel of the demonstration is under way with a link for its carrier")


def _disputes(manager: Visitor) -> dict[str, str]:
    """What waits for us, what is being settled, and where the other sides of two open it: each gets a new link."""
    opened, to_sign = _linked(manager, "/desk/disputes?state=open", "/desk/disputes/")[:2]
    return {
        "to_take_on": _linked(manager, "/desk/disputes?state=sent", "/desk/disputes/")[0],
        "being_settled": opened,
        "to_sign": _link_sent(manager, to_sign),
        "opened": _link_sent(manager, opened),
    }


def _link_sent(manager: Visitor, dispute: str) -> str:
    """Where the link leads that the other side of a dispute got by SMS just now, behind the language."""
    before = set(_sms_links(manager))
    manager.open(dispute).locator(f'form[action$="{dispute}/link"] button').click()
    until = time.monotonic() + SMS_SECONDS
    while time.monotonic() < until:
        if fresh := set(_sms_links(manager)) - before:
            return "/" + urlsplit(fresh.pop()).path.split("/", 2)[2]
        time.sleep(0.3)
    raise LookupError(f"no link reached the other side of {dispute}")


def _sms_links(manager: Visitor) -> list[str]:
    """Links to disputes among the SMS that the simulator delivered."""
    manager.page.goto(f"{manager.url}/dev/sms")
    return re.findall(r"https?://\S+/dispute/[\w.-]+", manager.page.locator("main").inner_text())


def _first_of(visitor: Visitor, pages: list[str], end: str) -> str:
    """The first address ending so to which one of these pages leads."""
    for page in pages:
        for link in _linked(visitor, page, end):
            return link
    raise LookupError(f"none of {pages} leads to {end}")


def _linked(visitor: Visitor, page: str, part: str) -> list[str]:
    """Where the links of a page lead whose address has this part, behind the language."""
    hrefs = visitor.open(page).locator(f'main a[href*="{part}"]').evaluate_all(HREFS)
    return ["/" + str(href).split("/", 2)[2] for href in hrefs]

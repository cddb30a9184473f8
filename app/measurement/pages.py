"""The kinds of pages that are counted, what each is called, and what its key may be. Clauses 3.2, 2.9."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, g
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from analytics.codes import Mark, Step
from app.foundation.languages import LANGUAGES

KINDS = {
    "home": 1, "listing": 2, "category": 3, "brand": 4, "product": 5, "search": 6, "compare": 7, "cart": 8,
    "checkout": 9, "placed": 10, "orders": 11, "order": 12, "account": 13, "register": 14, "login": 15, "policy": 16,
    "choices": 17, "contact": 18, "help": 19, "error": 20,
}  # fmt: skip
"""The kinds of pages and their numbers. Counters keep them for 25 months: none is ever given another meaning."""

NAMES = {
    "home": _l("Home"), "listing": _l("All machines"), "category": _l("Category"), "brand": _l("Brand"),
    "product": _l("Product"), "search": _l("Search"), "compare": _l("Comparison"), "cart": _l("Cart"),
    "checkout": _l("Checkout"), "placed": _l("Order placed"), "orders": _l("Orders"), "order": _l("Order"),
    "account": _l("Account"), "register": _l("Registration"), "login": _l("Sign in"), "policy": _l("Privacy policy"),
    "choices": _l("Privacy choices"), "contact": _l("Contact"), "help": _l("Help"), "error": _l("Error page"),
}  # fmt: skip

STEPS = {
    "view": _l("Looked at a product"), "cart": _l("Opened the cart"), "checkout": _l("Went to the checkout"),
    "placed": _l("Placed an order"),
}  # fmt: skip
"""The steps of the way to an order, by the names that the counting house gives them."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a counted page says of itself. `key` names the argument of its address that is a catalogue code."""

    kind: str
    key: str = ""
    step: Step = Step.NONE
    mark: Mark = Mark.NONE
    nonce: int = 0
    """Of an act that the page tells of, so that it counts once; 0 for none."""


PAGES = {
    "catalog.home": Page("home"),
    "catalog.products": Page("listing"),
    "catalog.category": Page("category", key="code"),
    "catalog.brand": Page("brand", key="code"),
    "catalog.product": Page("product", key="slug", step=Step.VIEW),
    "catalog.compare": Page("compare"),
    "search.results": Page("search"),
    "cart.show": Page("cart", step=Step.CART),
    "checkout.review": Page("checkout", step=Step.CHECKOUT),
    "payments.remittance": Page("order"),
    "payments.online": Page("order"),
    "orders.order": Page("order"),
    "support.help_home": Page("help"),
    "payments.payee": Page("help"),
    **dict.fromkeys(("news.listing", "news.item", "testimonials.listing"), Page("help")),
    "privacy.choices": Page("choices"),
    **dict.fromkeys(("orders.listing", "notifications.messages"), Page("orders")),
    **dict.fromkeys(("accounts.account", "accounts.devices", "accounts.password", "accounts.phone"), Page("account")),
    "companies.company": Page("account"),
    **dict.fromkeys(("checkout.addresses", "checkout.address", "checkout.new_address"), Page("account")),
    **dict.fromkeys(("accounts.register",), Page("register")),
    **dict.fromkeys(("accounts.login", "accounts.new_password"), Page("login")),
    **dict.fromkeys(("privacy.policy", "privacy.archive", "privacy.archived", "privacy.cookies"), Page("policy")),
    **dict.fromkeys(("privacy.register", "privacy.proof", "upkeep.status"), Page("policy")),
    **dict.fromkeys(("support.contact", "support.ticket"), Page("contact")),
}
"""The closed list of counted pages, by endpoint. A page that is not here carries no beacon; staff pages never do."""


def kind_of_answer(route: str, status: int) -> str:
    """The kind of page that an endpoint answered with, for the service log; "" for what is no counted page."""
    if status >= 400:
        return "error"
    return PAGES[route].kind if route in PAGES else ""


GROUPS = {
    "products", "search", "compare", "cart", "checkout", "orders", "account", "register", "login", "privacy", "contact",
    "help", "pictures",
}  # fmt: skip
"""Parts of the shop in which an address may lead nowhere; of all others no more is told than `other`."""

GROUP_NAMES = {
    "products": _l("Products"), "categories": _l("Categories"), "brands": _l("Brands"), "search": _l("Search"),
    "compare": _l("Comparison"), "cart": _l("Cart"), "checkout": _l("Checkout"), "orders": _l("Orders"),
    "account": _l("Account"), "register": _l("Registration"), "login": _l("Sign in"), "privacy": _l("Privacy"),
    "contact": _l("Contact"), "help": _l("Help"), "pictures": _l("Pictures"), "other": _l("Elsewhere"),
}  # fmt: skip

LOST, LOST_PAGE = "404-", _l("Page not found")
"""The key of an error page begins with it where the address leads nowhere; the part of the shop follows."""

BELOW_PRODUCTS = {"category": "categories", "brand": "brands"}


def group_of(path: str) -> str:
    """The part of the shop in which an address lies, of a closed list; never anything of the address itself."""
    parts = [part for part in path.split("/") if part]
    first, *rest = parts[1:] if parts and parts[0] in LANGUAGES else parts or [""]
    if first == "products" and rest:
        return BELOW_PRODUCTS.get(rest[0], first)
    return first if first in GROUPS else "other"


def error_page(status: str, path: str) -> Page:
    """The page that refuses an address: its status as key, and of an unknown address the part of the shop."""
    if status != "404":
        return Page("error", status)
    return Page("error", f"{LOST}{group_of(path)}", mark=Mark.NOT_FOUND)


def name_of_kind(kind: str, language: str) -> str:
    """What a kind of page is called in a language, "en" or "zh", whatever the page that says so is in."""
    with force_locale(language):
        return str(NAMES.get(kind, kind))


def name_of_page(kind: str, key: str) -> str:
    """How the dashboard calls a page in the reader's language; a product by its name alone, which says what it is."""
    name = str(NAMES.get(kind, kind))
    if not key:
        return name
    if kind == "error":
        return f"{LOST_PAGE}: {name_of_group(key)}" if key.startswith(LOST) else f"{name}: {key}"
    called = _names_of(kind).get(key)
    return called if called and kind == "product" else f"{name}: {called or key}"


def name_of_group(key: str) -> str:
    """Of the part of the shop in which an address led nowhere, by the key of its error page."""
    group = key.removeprefix(LOST)
    return str(GROUP_NAMES.get(group, group))


def page_names_are_read_by(app: Flask, kind: str, names: Callable[[str], Mapping[str, str]]) -> None:
    """Let the dashboard call pages by their names: `names` gives that of each code of a kind in a language."""
    app.extensions.setdefault("page_names", {})[kind] = names


def _names_of(kind: str) -> Mapping[str, str]:
    """Asked for once a request."""
    known: dict[str, Mapping[str, str]] = g.setdefault("page_names", {})
    if kind not in known:
        reader: Callable[[str], Mapping[str, str]] | None = current_app.extensions.get("page_names", {}).get(kind)
        known[kind] = reader(str(g.locale)) if reader else {}
    return known[kind]


def page_keys_are_read_by(app: Flask, kind: str, keys: Callable[[], Sequence[str]]) -> None:
    """Let made-up visitors open pages that exist: `keys` gives the codes of the pages of a kind."""
    app.extensions.setdefault("page_keys", {})[kind] = keys


def known_page_keys(kind: str) -> Sequence[str]:
    """The codes of the pages of a kind, such as every brand."""
    keys: Callable[[], Sequence[str]] = current_app.extensions["page_keys"].get(kind, tuple)
    return keys()

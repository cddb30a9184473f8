"""Where a clause is carried out: the names used by the policy's manifest, each with the page it stands for.

Pages are named by their address, because addresses are fixed for good (DESIGN.md 8) and belong to slices above this
one. A page that this build does not have is not linked.
"""

from flask import current_app, g
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LINKS: dict[str, tuple[str, LazyString]] = {
    "account": ("/account", _l("Account")),
    "disputes": ("/account/disputes", _l("Disputes")),
    "agreement_archive": ("/agreement/archive", _l("All versions")),
    "archive": ("/privacy/archive", _l("All versions")),
    "cart": ("/cart", _l("Cart")),
    "checkout": ("/checkout", _l("Checkout")),
    "choices": ("/privacy/choices", _l("Privacy choices")),
    "consents": ("/privacy/consents", _l("My consents")),
    "contact": ("/contact", _l("Contact page")),
    "cookies": ("/privacy/cookies", _l("Cookies")),
    "fields": ("/privacy/register", _l("Field register")),
    "customers": ("/customers", _l("Customers' words")),
    "closure": ("/account/closure", _l("Close the account")),
    "devices": ("/account/devices", _l("Devices")),
    "help": ("/help", _l("Help")),
    "my_data": ("/privacy/data", _l("My data")),
    "payee": ("/payee", _l("Verify our account")),
    "policy": ("/privacy", _l("Privacy policy")),
    "orders": ("/orders", _l("Orders")),
    "profile": ("/account/profile", _l("Profile")),
    "proof": ("/privacy/proof", _l("Proof")),
    "register": ("/register", _l("Registration")),
    "breaches": ("/privacy/breaches", _l("When protection failed")),
    "requests": ("/privacy/requests", _l("Demands for data")),
    "rules": ("/rules", _l("Rules of the platform")),
    "rules_archive": ("/rules/archive", _l("All versions")),
    "transfers": ("/privacy/transfers", _l("Transfers")),
    "terms": ("/privacy/terms", _l("My agreements")),
    "search": ("/search", _l("Search")),
    "searches": ("/search/history", _l("Search history")),
}
COUNTING_PAGES: dict[str, tuple[str, LazyString]] = {
    "counts": ("/m/counts", _l("What is counted here")),
    "mine": ("/m/mine", _l("What the counting remembers")),
}


def link_of(name: str | None) -> tuple[str, LazyString] | None:
    """Address and words of a named page in the language of the request; None for no name or no such page here."""
    if name is None:
        return None
    if name in COUNTING_PAGES:
        address, words = COUNTING_PAGES[name]
        return (f"{address}?lang={g.locale}", words) if _is_served(address) else None
    address, words = _localised(*LINKS[name])
    return (address, words) if _is_served(address) else None


def _localised(path: str, words: LazyString) -> tuple[str, LazyString]:
    return f"/{g.lang}{path}", words


def _is_served(address: str) -> bool:
    try:
        current_app.url_map.bind("").match(address, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True

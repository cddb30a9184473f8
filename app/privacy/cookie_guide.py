"""What each cookie is for, in the visitor's words, and what this browser sent, decoded. Clauses 3a, 3b, 3.1.2b.

Made from the register, so that a cookie without an explanation fails the tests. Random values (`sid`, `device`) are
never shown, only that they are there; `visit` and `promo` never reach the shop and are decoded by the counting house.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Request

from app.foundation.cookies import REGISTER, Cookie, read_cookie, signed_facts
from app.privacy.choices import saved_choices
from app.privacy.prefs import prefs_of

FOR: dict[str, LazyString] = {
    "sid": _l("Shows that you are signed in. It is set only when you sign in."),
    "device": _l("Recognises a device that you chose to trust, so that you sign in less often."),
    "cart": _l("Holds your cart while you are not signed in."),
    "prefs": _l(
        "Remembers your language, province, power price, last searches, that a search was counted, advertisements that "
        "you hid or saw today, and machines you viewed if personal service is on."
    ),
    "choice": _l("Remembers your choices on counting and personal service, so that you are not asked again."),
    "visit": _l("Counts visits and visitors, and whether a visitor is a registered user."),
    "promo": _l("Counts whether a promotion had an effect. It is set only if you agreed."),
}
CONTENT: dict[str, LazyString] = {
    "sid": _l("A random reference. The server keeps only its digest."),
    "device": _l("A random reference, made when you say “trust this device”."),
    "cart": _l("A random reference for one purchase, and the machines with their quantities, signed."),
    "prefs": _l("Your settings and nothing else, signed. Equal settings make equal cookies."),
    "choice": _l("Three switches and the policy version you saw, signed. No identifier."),
    "visit": _l(
        "Dates and small numbers about the visit, one mark for registered users, and a random part that is new at "
        "every visit."
    ),
    "promo": _l("At most eight promotions with the days they were shown, clicked or led to a purchase. No identifier."),
}
WITHOUT: dict[str, LazyString] = {
    "sid": _l("You cannot sign in, so you cannot check out or see your orders."),
    "device": _l("You enter the second factor each time."),
    "cart": _l("You need to sign in to collect machines in a cart."),
    "prefs": _l("Province and power price are asked for each time, and searches are not offered again."),
    "choice": _l("Your choices last for one page only; a signal of your browser still counts."),
    "visit": _l("Nothing changes for you. Your visit is counted without being recognised, or not at all."),
    "promo": _l("Nothing changes for you."),
}


@dataclass(frozen=True, slots=True)
class CookieNote:
    """One line of the cookie page. `sent` are the facts that this browser sent in it, in plain sentences."""

    cookie: Cookie
    use: LazyString
    content: LazyString
    without: LazyString
    arrived: bool
    sent: tuple[str, ...]


def cookie_notes(request: Request) -> list[CookieNote]:
    """Every cookie of the register, explained, with what this browser sent."""
    return [
        CookieNote(
            cookie=line,
            use=FOR[name],
            content=CONTENT[name],
            without=WITHOUT[name],
            arrived=read_cookie(request, name, line.use) is not None,
            sent=tuple(_decoded(name, request)),
        )
        for name, line in REGISTER.items()
    ]


def _decoded(name: str, request: Request) -> Iterator[str]:
    if name == "choice":
        yield from _choice_sentences(request)
    elif name == "prefs":
        yield from _prefs_sentences(request)
    elif name == "cart":
        yield from _cart_sentences(request)


def _choice_sentences(request: Request) -> Iterator[str]:
    saved = saved_choices(request)
    if not saved.made:
        return
    switches = (
        (gettext("Audience counting"), saved.audience),
        (gettext("Promotion counting"), saved.promotion),
        (gettext("Personal service"), saved.personal),
    )
    for words, is_on in switches:
        yield gettext("%(switch)s: on", switch=words) if is_on else gettext("%(switch)s: off", switch=words)
    if saved.policy_seen:
        yield gettext("Policy version seen: %(version)s", version=saved.policy_seen)


def _prefs_sentences(request: Request) -> Iterator[str]:
    prefs = prefs_of(request)
    if prefs.language:
        yield gettext("Language: %(language)s", language=prefs.language)
    if prefs.province:
        yield gettext("Province: %(province)s", province=prefs.province)
    if prefs.kwh_price is not None:
        yield gettext("Price of power: ¥%(price)s per kWh", price=format(prefs.kwh_price.normalize(), "f"))
    if prefs.searches:
        yield gettext("Last searches: %(terms)s", terms=", ".join(prefs.searches))
    if prefs.viewed:
        yield gettext("Last machines seen: %(skus)s", skus=", ".join(prefs.viewed))
    for number, day in prefs.hidden:
        yield gettext("Advertisement no. %(number)s: hidden on %(day)s", number=number, day=_day(day))
    seen_on = _day(prefs.seen_on)
    for number, times in prefs.seen:
        yield gettext(
            "Advertisement no. %(number)s: shown on %(day)s: %(times)s", number=number, day=seen_on, times=times
        )
    if prefs.arm:
        yield (
            gettext("Some advertisements are kept from this browser, to compare.")
            if prefs.arm[0]
            else gettext("This browser is compared with others from which some advertisements are kept.")
        )

    if prefs.counted_terms.day:
        yield gettext(
            "Searches of %(day)s that were counted: %(n)s. Which ones they were is not in it.",
            day=_day(prefs.counted_terms.day),
            n=prefs.counted_terms.mark.bit_count(),
        )


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat() if 0 < ordinal <= date.max.toordinal() else "-"


def _cart_sentences(request: Request) -> Iterator[str]:
    """The lines of a guest's cart, as far as its signature holds."""
    facts = signed_facts("cart", read_cookie(request, "cart", REGISTER["cart"].use))
    lines = facts.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, list) and len(line) == 2:
            yield gettext("%(sku)s, %(n)s pieces", sku=line[0], n=line[1])

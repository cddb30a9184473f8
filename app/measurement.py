"""All that the shop tells the counting house, and the only file of the shop that knows it. Clauses 3.2, 2.9, 2.10.

A page says its kind, at most a product or category code, its language, whether somebody is signed in, and from what
coarse source the visitor came; the page after a press of "add to cart" says what was put in. It never says who, which
session, which order or which address. No database is asked. The worker tells sums of days that the shop counts itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from analytics import agent
from analytics.campaign import Utm as Utm
from analytics.campaign import utm_of as utm_of
from analytics.cli import register_commands
from analytics.codes import LeftOut, Mark, ProductMeasure, ShopMeasure, Step
from analytics.dashboard import Goal, Link, Note, Site, dashboard_pages
from analytics.days import date_of, number_of
from analytics.effect import Allowed, Effect, allowed_between, effect_of
from analytics.effect import reached_by_campaign as reached_in
from analytics.extension import PACKAGE, Analytics, Wiring
from analytics.place import place_key, table_of_countries
from analytics.place_names import name_in
from analytics.promotion import Act, Banner, Told
from analytics.promotion_simulation import simulate_promotion
from analytics.release import Week, released_weeks
from analytics.request_log import LogWiring
from analytics.simulation import Room
from analytics.store import metadata
from analytics.terms import FLOOR, Searched
from app.foundation.build import build_of
from app.foundation.clock import epoch_seconds, now
from app.foundation.day_files import DayFiles
from app.foundation.encryption import Keyring
from app.foundation.faults import fault_listeners
from app.foundation.http_edge import request_id
from app.foundation.jobs import every
from app.foundation.languages import LANGUAGES, money, register_localised
from app.foundation.money import Money
from app.foundation.permissions import requires
from app.foundation.sealed_log import UNLOGGED
from app.foundation.stores import Store
from app.foundation.waiting_lines import WaitingLines
from app.privacy.choices import choices_of
from app.settings import ROOT, Settings

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
    "orders.order": Page("order"),
    "support.help_home": Page("help"),
    "privacy.choices": Page("choices"),
    **dict.fromkeys(("orders.listing", "notifications.messages"), Page("orders")),
    **dict.fromkeys(("accounts.account", "accounts.devices", "accounts.password", "accounts.phone"), Page("account")),
    **dict.fromkeys(("checkout.addresses", "checkout.address", "checkout.new_address"), Page("account")),
    **dict.fromkeys(("accounts.register",), Page("register")),
    **dict.fromkeys(("accounts.login", "accounts.new_password"), Page("login")),
    **dict.fromkeys(("privacy.policy", "privacy.archive", "privacy.archived", "privacy.cookies"), Page("policy")),
    **dict.fromkeys(("privacy.fields", "privacy.proof"), Page("policy")),
    **dict.fromkeys(("support.contact", "support.ticket"), Page("contact")),
}
"""The closed list of counted pages, by endpoint. A page that is not here carries no beacon; staff pages never do."""

ROOMS = (
    Room("home", begins=34, goes=8), Room("listing", begins=10, goes=22), Room("category", begins=14, goes=12),
    Room("product", begins=30, goes=40, step=Step.VIEW), Room("search", begins=6, goes=9), Room("brand", 2, 3),
    Room("compare", begins=1, goes=4), Room("help", begins=2, goes=2), Room("error", begins=1, goes=1),
    Room("cart", 0, 0, Step.CART, way_out=True), Room("checkout", 0, 0, Step.CHECKOUT, way_out=True),
    Room("placed", 0, 0, Step.PLACED, way_out=True),
)  # fmt: skip
"""The ways of made-up visitors through the shop, for `analytics simulate` and the demo data."""

JUST_PLACED = timedelta(minutes=25)
"""As long as an order is this young its page tells of the placing: shorter than a visit can pause, so once a visit."""

TERM_FLOOR = FLOOR
"""Fewest browsers that must search for a term on a day before the shop tells of it."""

GROUPS = {
    "products", "search", "compare", "cart", "checkout", "orders", "account", "register", "login", "privacy", "contact",
    "help", "pictures",
}  # fmt: skip
"""Parts of the shop in which an address may lead nowhere; of all others no more is told than `other`."""

BELOW_PRODUCTS = {"category": "categories", "brand": "brands"}


def init_measurement(app: Flask, settings: Settings) -> None:
    """Wire the counting house in. Its store may be down: pages, answers and hits do without it."""
    ring: Keyring = app.extensions["keyring"]
    beside: Beside = app.extensions["beside_the_figures"]
    wiring = Wiring(
        database_url=settings.analytics_database_url,
        journal_dir=settings.analytics_journal_dir,
        timezone=settings.analytics_timezone,
        ticket_keys=ring.signing_keys("analytics.ticket"),
        cookie_keys=ring.signing_keys("analytics.visit"),
        promo_keys=ring.signing_keys("analytics.promo"),
        page_kinds=KINDS,
        https=settings.is_https,
        sync=settings.analytics_fsync,
        clock=epoch_seconds,
        rooms=ROOMS,
        page_keys=lambda: {kind: keys() for kind, keys in app.extensions["page_keys"].items()},
        provinces=settings.analytics_provinces,
        campaigns=beside.registered_links,
        campaign_name=beside.link_name,
        count_automated_browsers=not settings.is_production,
        log=_service_log(app, settings),
    )
    app.extensions.setdefault("page_keys", {})
    Analytics().init_app(app, wiring)
    register_commands(app, app.extensions["analytics"])
    fault_listeners(app).append(counting_house_of(app).note_fault)
    app.jinja_env.globals.update(beacon=beacon, forget_beacon=forget_beacon)
    dashboard = dashboard_pages(
        app.extensions["analytics"],
        Site(
            layout="layouts/desk.html",
            guard=requires("dashboard.read"),
            language=lambda: str(g.locale),
            money=lambda fen: money(Money(fen)),
            name_page=name_of_page,
            name_band=name_of_band,
            product_kind="product",
            notes=lambda first, last: [Note(*each) for each in beside.notes(first, last)],
            goals=lambda: [Goal(*each) for each in beside.goals()],
            links=lambda: [Link(*each) for each in beside.links()],
        ),
    )
    register_localised(app, dashboard)
    app.extensions["stores"].append(
        Store("analytics", settings.analytics_database_url, metadata, PACKAGE / "migrations")
    )


def _service_log(app: Flask, settings: Settings) -> LogWiring:
    """Where the lines of the service log go, and what they may be told. Clauses 1.2.1, 1.2.1(4)."""
    files = DayFiles(settings.instance_dir / "log", "service", ".jsonl")
    lines = WaitingLines[str]("service log", lambda day, some: files.append(day, "\n".join(some).encode()))
    app.extensions["kept_logs"].append(files)
    app.extensions["service_log"] = lines
    return LogWiring(
        write=lines.add,
        page_kind=_kind_of_answer,
        request_id=request_id,
        build=build_of(ROOT),
        unlogged=UNLOGGED,
    )


def _kind_of_answer(route: str, status: int) -> str:
    if status >= 400:
        return "error"
    return PAGES[route].kind if route in PAGES else ""


def name_of_page(kind: str, key: str) -> str:
    """How the dashboard calls a page: its kind in the reader's language, and its code."""
    name = str(NAMES.get(kind, kind))
    return f"{name}: {key}" if key else name


def name_of_band(band: int) -> str:
    """The amounts of a band, from its lower bound to that of the next: ≥ ¥1,000.00 for 2."""
    if band <= 1:
        return f"< {money(Money(AMOUNT_BANDS_YUAN[0] * 100))}"
    return f"≥ {money(Money(AMOUNT_BANDS_YUAN[min(band, len(AMOUNT_BANDS_YUAN) + 1) - 2] * 100))}"


def counting_house() -> Analytics:
    return counting_house_of(current_app)


def counting_house_of(app: Flask) -> Analytics:
    found: Analytics = app.extensions["analytics"]
    return found


@pass_context
def beacon(context: Context) -> Markup:
    """The image that counts this page, or nothing: for uncounted pages, refusals and robots. Clause 3.1.2b."""
    page = _page(context)
    is_thanks = page is not None and page.kind == "placed" and request.method == "GET"
    bought = _bought(context) if is_thanks else Bought()
    if page is None or request.method != "GET":
        return Markup()
    choices = choices_of(request)
    if not choices.audience:
        return Markup()
    house = counting_house()
    if reason := house.why_not_a_person():
        house.leave_out(reason)
        return Markup()
    if prefetched := house.is_prefetch_request():
        house.leave_out(LeftOut.PREFETCHED)
    ticket = house.page_ticket(
        page.kind,
        page.key,
        language=str(g.locale),
        source=house.source_of_request(),
        campaign=house.campaign_of_request(),
        member=page.kind != "error" and bool(current_user.is_authenticated),
        promotions=choices.promotion,
        prefetched=prefetched,
        step=page.step,
        band=bought.band,
        told=Told(tuple(g.get("campaigns_told", ())), tuple(bought.principals), bought.band),
        mark=page.mark,
        nonce=page.nonce,
    )
    return house.picture(ticket) + house.leaving_script(ticket)


def _page(context: Context) -> Page | None:
    """What the page being made is, its key filled in. An error page tells its status and asks no store for anybody."""
    folder, _, name = (context.name or "").partition("/")
    if folder == "errors":
        return _error_page(name.removesuffix(".html"))
    page = PAGES.get(request.endpoint or "")
    if page is None or _just_placed(context):
        return page and Page("placed", step=Step.PLACED)
    if put_in := context.get("put_in"):
        return replace(page, key=put_in.slug, mark=Mark.IN_CART, nonce=put_in.nonce)
    arguments: dict[str, Any] = request.view_args or {}
    key = str(arguments[page.key]) if page.key in arguments else ""
    return replace(page, key=key, mark=Mark.OUT_OF_STOCK if context.get("sold_out") else Mark.NONE)


def _error_page(status: str) -> Page:
    if status != "404":
        return Page("error", status)
    return Page("error", f"404-{group_of(request.path)}", mark=Mark.NOT_FOUND)


def group_of(path: str) -> str:
    """The part of the shop in which an address lies, of a closed list; never anything of the address itself."""
    parts = [part for part in path.split("/") if part]
    first, *rest = parts[1:] if parts and parts[0] in LANGUAGES else parts or [""]
    if first == "products" and rest:
        return BELOW_PRODUCTS.get(rest[0], first)
    return first if first in GROUPS else "other"


def _just_placed(context: Context) -> bool:
    """True for the page that a buyer comes to from placing an order; of the order only its age is looked at."""
    if request.args.get("done") != "placed":
        return False
    placed_at = getattr(context.get("order"), "placed_at", None)
    return placed_at is not None and now() - placed_at < JUST_PLACED


@dataclass(frozen=True, slots=True)
class Bought:
    """What a page that thanks for an order says of it: whose goods, and about how much. Neither number nor buyer."""

    principals: Sequence[int] = ()
    amount: Money | None = None

    @property
    def band(self) -> int:
        return amount_band(self.amount) if self.amount else 0


AMOUNT_BANDS_YUAN = (1_000, 5_000, 10_000, 50_000, 100_000, 500_000)
"""Where the second band of amounts and each further one begins. Counters keep the numbers: append only."""


NUMBER_OF_BANDS = len(AMOUNT_BANDS_YUAN) + 1


def amount_band(amount: Money) -> int:
    """The band of an order's amount, from 1."""
    return 1 + sum(amount.fen >= limit * 100 for limit in AMOUNT_BANDS_YUAN)


def orders_are_read_by(app: Flask, reader: Callable[[Any], Bought]) -> None:
    """Let the page that thanks say what was bought: `reader` gives it once for each order, and nothing afterwards."""
    app.extensions["bought_reader"] = reader


def _bought(context: Context) -> Bought:
    reader: Callable[[Any], Bought] = current_app.extensions.get("bought_reader", lambda order: Bought())
    return reader(context.get("order"))


def tell_campaign(act: str, campaign: int, principal: int) -> None:
    """What the page being made does with a campaign: `shown`, `shown_in_trial`, `withheld` or `clicked`. Clause 2.6."""
    g.setdefault("campaigns_told", []).append(Banner(Act[act.upper()], campaign, principal))


def effect_of_campaign(number: int) -> Effect:
    return effect_of(counting_house().store, number)


def visits_that_allowed(first: date, last: date) -> Allowed:
    """How many visits allowed promotion counting, so how many the figures of promotions speak for."""
    return allowed_between(counting_house().store, number_of(first), number_of(last))


def name_of_country(key: str) -> str:
    """Of a country by its two letters, in the reader's language."""
    return name_of_place(key) or key


def reached_by_campaign(numbers: Sequence[int]) -> Mapping[int, int]:
    """How many browsers saw each of these campaigns."""
    return reached_in(counting_house().store, numbers)


def released_weeks_of(number: int, first: date, last: date) -> list[tuple[date, Week]]:
    """The closed weeks of a campaign that ran from `first` to `last`, newest first, each with its Monday. 4.1.3(3)."""
    house = counting_house()
    weeks = released_weeks(house.store, number, number_of(first), number_of(last), house.today(), NUMBER_OF_BANDS)
    return [(date_of(week.begins), week) for week in weeks]


def known_page_keys(kind: str) -> Sequence[str]:
    """The codes of the pages of a kind, such as every brand."""
    keys: Callable[[], Sequence[str]] = current_app.extensions["page_keys"].get(kind, tuple)
    return keys()


def forget_beacon() -> Markup:
    """The image that makes a browser which refuses counting drop what it remembered of its visits."""
    return counting_house().forget_picture()


def load_tables() -> None:
    """Load what every web worker needs, before a server copies itself into them."""
    agent.load()
    table_of_countries()


def page_keys_are_read_by(app: Flask, kind: str, keys: Callable[[], Sequence[str]]) -> None:
    """Let made-up visitors open pages that exist: `keys` gives the codes of the pages of a kind."""
    app.extensions.setdefault("page_keys", {})[kind] = keys


class Beside(Protocol):
    """What marketers wrote beside the figures, as plain values: the counting house's own words are not told around."""

    def notes(self, first: date, last: date) -> Sequence[tuple[date, str]]:
        """Day and text."""

    def goals(self) -> Sequence[tuple[str, str, str, str]]:
        """Name, page kind, page key, step."""

    def links(self) -> Sequence[tuple[str, str]]:
        """Text and address of pages that belong beside the dashboard."""

    def registered_links(self) -> Mapping[Utm, int]:
        """The UTM values of links in use and their numbers. Asked for by pages, so it must cost next to nothing."""

    def link_name(self, number: int) -> str:
        """What a link, perhaps a retired one, is called."""


def marketers_write(app: Flask, beside: Beside) -> None:
    """Let the dashboard show what marketers wrote; before `init_measurement`."""
    app.extensions["beside_the_figures"] = beside


def simulate_visits(*, days: int, visits: int, seed: int) -> int:
    """Count a made-up crowd up to this moment, as demonstration; the same seed within two days counts nothing twice."""
    return counting_house().simulate(days=days, visits=visits, seed=seed)


def simulate_campaign(number: int, principal: int, first: date, last: date, *, browsers: int, seed: int) -> int:
    """Count made-up browsers that meet a campaign on each day from `first` to `last`, as demonstration."""
    house, days = counting_house(), range(number_of(first), number_of(last) + 1)
    lines = simulate_promotion(
        house.journal, number, principal, days=days, until=house.today(), browsers=browsers, seed=seed
    )
    house.fold()
    return lines


def tell_day_total(day: date, measure: str, orders: int, amount: Money) -> None:
    """What the shop itself counted on a day ("placed", "paid", "cancelled", "refunded"). The last word stands."""
    counting_house().tell_day_total(day, ShopMeasure[measure.upper()], orders, amount.fen)


def tell_products(day: date, measure: str, counted: Mapping[str, int]) -> None:
    """What the shop counted of its products on a day ("placed", "price_changed"), by slug; the last word stands."""
    counting_house().tell_products(day, "product", ProductMeasure[measure.upper()], counted)


def tell_terms(day: date, searched: Iterable[Searched]) -> None:
    """The search terms of a day that is over; none below TERM_FLOOR is taken. Safe to repeat."""
    counting_house().tell_terms(day, searched)


def may_be_counted() -> bool:
    """Whether the browser being answered may be counted: it does not refuse, is no robot, and will show the answer."""
    house = counting_house()
    return (
        request.method != "HEAD"
        and choices_of(request).audience
        and not house.why_not_a_person()
        and not house.is_prefetch_request()
    )


def browser_of_request() -> tuple[str, int]:
    """Family and major version of the browser being answered ("safari", 17); ("other", 0) where it tells none.

    Read from what it says of itself, and kept nowhere. Clause 1.2.1(2).
    """
    found = agent.agent_of(request.headers.get("User-Agent", ""))
    return found.browser.name.lower(), found.version


def place_of_address(address: str) -> str:
    """The country where an address lies, in China the province if the operator has a table: "JP", "CN-GD", or "".

    Looked up in memory, in a table that comes with the shop; nothing is counted. Clause 1.2.1(3).
    """
    return place_key(counting_house().beacon.places.place_of(address))


def name_of_place(place: str) -> str:
    """What the reader of this page calls such a place; "" for none."""
    return name_in(str(g.locale), place)


@every(seconds=1, name="analytics.fold")
def fold() -> None:
    """Journal to counters; the worker's duty."""
    counting_house().fold()


@every(seconds=300, name="analytics.release")
def release() -> None:
    """Closed weeks of campaigns become readable for their principals; the worker's duty."""
    counting_house().release(NUMBER_OF_BANDS)

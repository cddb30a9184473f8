"""People and places of the browser tests. One running shop for all of them (`tests.spreading`)."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.demo.people import PASSWORD as DEMO_PASSWORD
from bench.live import LiveShop
from tests.browser import people
from tests.browser.buying import an_address, fill_cart, order_placed, stocked_machines
from tests.browser.pages import DEALINGS, TRADE, Look, dealings_of, figures_of_principal, trade_of
from tests.browser.sights import Network, Sight, look_at
from tests.browser.visitor import Visitor

BLOCK = 2
"""What Chromium calls refusing in its settings of contents."""
GuestAt = Callable[..., Visitor]


@pytest.fixture
def visitor(live_shop: LiveShop, chromium: Any) -> Iterator[GuestAt]:
    """`visitor("en", viewport=PHONE, …)` opens a browser of its own; all are closed after the test."""
    opened: list[Visitor] = []

    def open_browser(lang: str = "zh-cn", **options: Any) -> Visitor:
        opened.append(Visitor(chromium, live_shop.url, lang, **options))
        return opened[-1]

    yield open_browser
    for each in opened:
        each.close()


class Cookieless:
    """Chromium with all cookies refused in its settings."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.kind, self.folder = browser.browser_type, folder

    def new_context(self, **options: Any) -> Any:
        settings = self.folder / "Default" / "Preferences"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": BLOCK}}}))
        args = ["--no-sandbox", "--disable-gpu"]
        return self.kind.launch_persistent_context(
            self.folder, executable_path="/usr/bin/chromium", args=args, **options
        )


@pytest.fixture
def cookieless(chromium: Any, tmp_path: Path) -> Cookieless:
    return Cookieless(chromium, tmp_path / "profile")


@pytest.fixture(scope="session")
def signed_in_staff(live_shop: LiveShop, chromium: Any) -> Callable[..., Any]:
    """`signed_in_staff("clerk", script=False)`: the state of a browser in which one signed in, once for the session."""

    @cache
    def state_of(role: str, script: bool = True) -> Any:
        with Visitor(chromium, live_shop.url, "en", java_script_enabled=script) as staff:
            people.sign_in(staff, people.new_staff(live_shop, role))
            assert "sid" in staff.cookies
            return staff.context.storage_state()

    return state_of


@pytest.fixture(scope="session")
def in_stock(live_shop: LiveShop, chromium: Any) -> Callable[[], list[str]]:
    """`in_stock()`: slugs of machines that can be bought one by one, now; what others bought is gone."""

    def machines_now() -> list[str]:
        with Visitor(chromium, live_shop.url) as guest:
            return stocked_machines(guest)

    return machines_now


@pytest.fixture
def machines(in_stock: Callable[[], list[str]]) -> list[str]:
    return in_stock()


@pytest.fixture(scope="session")
def buyer(live_shop: LiveShop, chromium: Any, in_stock: Callable[[], list[str]]) -> tuple[Any, str]:
    """A registered buyer with an unpaid order and two machines in the cart: (state of the browser, order number)."""
    machines = in_stock()
    with Visitor(chromium, live_shop.url) as someone:
        someone.open("/register")
        people.register(someone, f"looker{people.a_number()[-6:]}", people.a_number())
        fill_cart(someone, machines[:1])
        someone.open("/checkout")
        an_address(someone)
        number = order_placed(someone)
        fill_cart(someone, machines[:2])
        return someone.context.storage_state(), number


@pytest.fixture(scope="session")
def online_order(live_shop: LiveShop, chromium: Any, in_stock: Callable[[], list[str]], buyer: tuple[Any, str]) -> str:
    """The number of the same buyer's order that is to be paid online; the cart is filled again."""
    with Visitor(chromium, live_shop.url, storage_state=buyer[0]) as someone:
        someone.open("/checkout")
        number = order_placed(someone, "online")
        fill_cart(someone, in_stock()[:2])
        return number


@pytest.fixture(scope="session")
def compared(live_shop: LiveShop, chromium: Any) -> str:
    """The query that compares the first three machines of the listing."""
    with Visitor(chromium, live_shop.url) as guest:
        ticks = guest.open("/products?algorithm=sha-256").locator("input[form=compare][name=sku]")
        return "&".join(f"sku={ticks.nth(at).get_attribute('value')}" for at in range(3))


@pytest.fixture(scope="session")
def figures(live_shop: LiveShop, chromium: Any, signed_in_staff: Callable[..., Any]) -> str:
    """Where the principal of the demonstration reads its figures, behind the language."""
    with Visitor(chromium, live_shop.url, "en", storage_state=signed_in_staff("marketer")) as marketer:
        return figures_of_principal(marketer)


@pytest.fixture(scope="session")
def trade(live_shop: LiveShop, chromium: Any, signed_in_staff: Callable[..., Any]) -> dict[str, str]:
    """Where what `trade_of` names is, behind the language."""
    with Visitor(chromium, live_shop.url, "en", storage_state=signed_in_staff("manager")) as manager:
        return trade_of(manager)


@pytest.fixture(scope="session")
def customer(live_shop: LiveShop, chromium: Any) -> Any:
    """The buyer of the demonstration, signed in: the state of the browser."""
    with Visitor(chromium, live_shop.url, "en") as someone:
        page = someone.open("/login")
        page.fill("[name=name]", "buyer")
        page.fill("[name=password]", DEMO_PASSWORD)
        someone.press(people.WORDS["en"]["sign in"])
        return someone.context.storage_state()


@pytest.fixture(scope="session")
def dealings(live_shop: LiveShop, chromium: Any, customer: Any) -> dict[str, str]:
    """Where a case of the demonstration, its order and an issued invoice are, behind the language."""
    with Visitor(chromium, live_shop.url, "en", storage_state=customer) as someone:
        return dealings_of(someone)


@pytest.fixture(scope="session")
def sight(
    live_shop: LiveShop, chromium: Any, in_stock: Callable[[], list[str]], compared: str, request: Any
) -> Iterator[Callable[..., Sight]]:
    """`sight(look, "en")`: what the page showed; each is opened once for the session."""
    browsers: dict[str, tuple[Visitor, Network]] = {}
    slug = in_stock()[0]

    def browser_of(who: str) -> tuple[Visitor, Network]:
        if who not in browsers:
            state = request.getfixturevalue("buyer")[0] if who == "buyer" else None
            state = request.getfixturevalue("customer") if who == "customer" else state
            state = request.getfixturevalue("signed_in_staff")(who) if who not in ("", "buyer", "customer") else state
            visitor = Visitor(chromium, live_shop.url, storage_state=state)
            browsers[who] = (visitor, Network(visitor.page))
        return browsers[who]

    @cache
    def seen(look: Look, lang: str) -> Sight:
        visitor, network = browser_of(look.who)
        visitor.lang = lang
        known = {"slug": slug, "compared": compared, "order": "", "online": "", "figures": ""}
        if any(f"{{{name}}}" in look.path for name in TRADE):
            known |= request.getfixturevalue("trade")
        if any(f"{{{name}}}" in look.path for name in DEALINGS):
            known |= request.getfixturevalue("dealings")
        if "{order}" in look.path:
            known["order"] = request.getfixturevalue("buyer")[1]
        if "{online}" in look.path:
            known["online"] = request.getfixturevalue("online_order")
        if "{figures}" in look.path:
            known["figures"] = request.getfixturevalue("figures")
        return look_at(visitor, network, look, look.path.format(**known))

    yield seen
    for visitor, _ in browsers.values():
        visitor.close()

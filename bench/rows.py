"""What is measured: each page is one row."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

from bench.html_forms import Page
from bench.live import LiveShop
from bench.load import Ask
from bench.visitor import AS_BROWSER, Visitor

PRODUCTS = 40
TICKETS = 400
QUESTIONS = ("蚂蚁", "S19 Pro", "水冷", "110T 以上", "whatsminer m50", "<30 J/T", "神马", "莱特币 矿机", "kas", "电源")
FILTERS = ("algorithm=sha-256", "cooling=air", "sort=efficiency", "price_max=60000", "delivery=spot")


@dataclass(frozen=True)
class Row:
    """A kind of page: its name, and the requests that are asked in turn."""

    name: str
    asks: Callable[[LiveShop], list[Ask]]


def home(shop: LiveShop) -> list[Ask]:
    return [Ask(path, headers=AS_BROWSER) for path in ("/zh-cn/", "/en/")]


def listing(shop: LiveShop) -> list[Ask]:
    """Filters of one to five facets and ranges, sorted, on the first pages."""
    queries = ["&".join(FILTERS[:count]) for count in range(1, len(FILTERS) + 1)]
    return [Ask(f"/zh-cn/products?{query}&page={page}", headers=AS_BROWSER) for query in queries for page in (1, 2)]


def product(shop: LiveShop) -> list[Ask]:
    return [Ask(path, headers=AS_BROWSER) for path in product_paths(shop)]


def search(shop: LiveShop) -> list[Ask]:
    return [Ask(f"/zh-cn/search?q={quote(question)}", headers=AS_BROWSER) for question in QUESTIONS]


def add_to_cart(shop: LiveShop) -> list[Ask]:
    """A guest's first machine: the form of each product page, sent as it stands."""
    asks = []
    for path in product_paths(shop):
        form = next(
            (form for form in page_of(shop, path).forms if "/cart" in form.action and form.method == "post"), None
        )
        if form:
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": shop.url, **AS_BROWSER}
            body = "&".join(f"{name}={quote(value)}" for name, value in form.filled())
            asks.append(Ask(form.action, "POST", headers, body))
    return asks


def beacon(shop: LiveShop) -> list[Ask]:
    """Hits of one browser that has its cookie, each with a page ticket of its own as a page view would have."""
    visitor = Visitor("127.0.0.1", shop.port)
    addresses = [beacon_in(visitor.get(path)) for _ in range(TICKETS // PRODUCTS) for path in product_paths(shop)]
    visitor.get(addresses[0])
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()), **AS_BROWSER}
    return [Ask(address, headers=headers) for address in addresses]


def beacon_in(page: Page) -> str:
    found = re.search(r"/m/b\.gif\?[^\"\s]+", page.text)
    if not found:
        raise LookupError("the page carries no beacon")
    return unescape(found[0])


BEACON = Row("beacon", beacon)
ROWS = [
    Row("home", home),
    Row("listing with facets", listing),
    Row("product", product),
    Row("search", search),
    Row("add to cart", add_to_cart),
]


def product_paths(shop: LiveShop) -> list[str]:
    """Chinese product pages that can be bought now, spread over the catalogue, from the first pages of the listing."""
    found: dict[str, None] = {}
    for page in range(1, 6):
        links = page_of(shop, f"/zh-cn/products?delivery=spot&kind=machine&page={page}").links
        found |= dict.fromkeys(link for link in links if re.fullmatch(r"/zh-cn/products/[a-z0-9-]+", link))
    if not found:
        raise LookupError("the listing leads to no product page")
    return list(found)[:PRODUCTS]


def page_of(shop: LiveShop, path: str) -> Page:
    return Visitor("127.0.0.1", shop.port).get(path)

"""`make screenshots`: the pages to look at, in both languages, on a phone and a desktop, light and dark.

`ARGS="--to FOLDER --only home"` narrows it.
"""

import argparse
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.live import ROOT, LiveShop
from bench.rows import product_paths
from bench.signing_in import login_cookie

SIZES = {"phone": (390, 844), "desktop": (1366, 900)}
LANGUAGES = ("zh-cn", "en")
SCHEMES = ("light", "dark")


@dataclass(frozen=True)
class Look:
    """One page to look at: where it is under its language, and who looks."""

    name: str
    path: str
    role: str = ""


def looks(shop: LiveShop) -> list[Look]:
    products = [path.removeprefix("/zh-cn") for path in product_paths(shop)]
    compared = "&".join(f"m={path.rsplit('/', 1)[1]}" for path in products[:3])
    return [
        Look("home", "/"),
        Look("listing", "/products?algorithm=sha-256&sort=efficiency"),
        Look("product", products[0]),
        Look("search", "/search?q=s19pro"),
        Look("compare", f"/compare?{compared}"),
        Look("register", "/register"),
        Look("privacy", "/privacy"),
        Look("choices", "/privacy/choices"),
        Look("cart", "/cart", "buyer"),
        Look("checkout", "/checkout", "buyer"),
        Look("orders", "/orders", "buyer"),
        Look("desk", "/desk", "clerk"),
        Look("dashboard", "/dashboard", "marketer"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--only", default="", help="a part of a page's name")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="looks-") as folder:
        shop = LiveShop(Path(folder))
        shop.start()
        try:
            take_all(shop, wish.to, wish.only)
        finally:
            shop.stop()


def take_all(shop: LiveShop, to: Path, only: str) -> None:
    to.mkdir(parents=True, exist_ok=True)
    cookies: dict[str, str] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        for look in looks(shop):
            if only in look.name:
                if look.role and look.role not in cookies:
                    cookies[look.role] = login_cookie(shop, look.role)
                    fill_cart(shop, browser, cookies[look.role], look.role)
                for size, language, scheme in itertools.product(SIZES, LANGUAGES, SCHEMES):
                    file = to / f"{look.name}-{size}-{language}-{scheme}.png"
                    take(browser, shop, look, (size, language, scheme), cookies.get(look.role, ""), file)
        browser.close()


def take(browser: Browser, shop: LiveShop, look: Look, kind: tuple[str, str, str], cookie: str, file: Path) -> None:
    size, language, scheme = kind
    page = open_page(browser, shop, cookie, viewport=SIZES[size], scheme=scheme)
    answer = page.goto(f"{shop.url}/{language}{look.path}")
    print(f"{answer.status if answer else '-'}  {file.name}", flush=True)
    page.screenshot(path=file, full_page=size == "phone")
    page.context.close()


def fill_cart(shop: LiveShop, browser: Browser, cookie: str, role: str) -> None:
    """Two machines in the buyer's cart, so that cart and checkout have something to show."""
    if role != "buyer":
        return
    page = open_page(browser, shop, cookie)
    for path in product_paths(shop)[:2]:
        page.goto(shop.url + path)
        page.locator('form[action*="/cart"] button').first.click()
    page.context.close()


def open_page(
    browser: Browser, shop: LiveShop, cookie: str, viewport: tuple[int, int] = (1366, 900), scheme: Any = "light"
) -> Page:
    context = browser.new_context(viewport={"width": viewport[0], "height": viewport[1]}, color_scheme=scheme)
    if cookie:
        context.add_cookies([{"name": "sid", "value": cookie, "url": shop.url}])
    return context.new_page()


if __name__ == "__main__":
    main()

"""`make screenshots`: every page in both languages, on a phone and a desktop, light and dark, to be looked at.

They go to .build/screenshots, which git ignores; the few that the README shows are put into docs/screenshots as well.
`ARGS="--only home"` narrows it.
"""

import argparse
import itertools
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bench.live import ROOT, LiveShop
from bench.signing_in import login_cookie
from tests.browser.buying import fill_cart, order_placed, stocked_machines
from tests.browser.pages import EVERY, HREFS, PICTURED, dealings_of, figures_of_principal, trade_of
from tests.browser.visitor import DESKTOP, PHONE, Visitor

SIZES = {"phone": PHONE, "desktop": DESKTOP}
LANGUAGES = ("zh-cn", "en")
SCHEMES = ("light", "dark")
SHOWN_IN_README = {
    "home-desktop-zh-cn-light",
    "listing-desktop-zh-cn-light",
    "product-desktop-en-light",
    "compare-desktop-en-dark",
    "listing-phone-en-dark",
    "product-phone-zh-cn-light",
    "checkout-desktop-zh-cn-light",
    "order-phone-en-light",
    "desk-order-desktop-zh-cn-light",
    "after-sales-case-desktop-en-light",
    "invoice-to-redden-desktop-zh-cn-light",
    "reconciliation-desktop-en-light",
    "dashboard-desktop-en-light",
    "dashboard-desktop-zh-cn-dark",
    "dashboard-phone-zh-cn-light",
    "dashboard-filtered-desktop-en-light",
    "principal-figures-desktop-zh-cn-light",
    "choices-phone-zh-cn-light",
    "policy-desktop-zh-cn-light",
    "policy-changes-desktop-en-light",
    "my-data-phone-zh-cn-light",
    "closures-desktop-zh-cn-light",
}
README_WIDTH, README_HEIGHT = 900, 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / ".build" / "screenshots")
    parser.add_argument("--only", default="", help="a part of a picture's name")
    parser.add_argument("--all", action="store_true", help="every kind of page, not only the chosen ones")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="looks-") as folder:
        shop = LiveShop(Path(folder))
        shop.start()
        try:
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                take_all(shop, browser, wish.to, wish.only, EVERY if wish.all else PICTURED)
                browser.close()
        finally:
            shop.stop()


def take_all(shop: LiveShop, browser: Browser, to: Path, only: str, looks: list[Any]) -> None:
    to.mkdir(parents=True, exist_ok=True)
    roles = {"buyer"} | {look.who for look in looks} - {"", "customer"}
    signed_in = {"": ""} | {who: login_cookie(shop, who) for who in roles}
    signed_in["customer"] = signed_in["buyer"]
    known = what_the_shop_knows(browser, shop, signed_in["buyer"])
    with visitor_of(browser, shop, login_cookie(shop, "marketer")) as marketer:
        known["figures"] = figures_of_principal(marketer)
    with visitor_of(browser, shop, login_cookie(shop, "manager")) as manager:
        known |= trade_of(manager)
    with visitor_of(browser, shop, signed_in["buyer"]) as customer:
        known |= dealings_of(customer)
    for look, size, lang, scheme in itertools.product(looks, SIZES, LANGUAGES, SCHEMES):
        name = f"{look.name}-{size}-{lang}-{scheme}"
        if only in name:
            with visitor_of(browser, shop, signed_in[look.who], lang, SIZES[size], scheme) as visitor:
                page = visitor.open(look.path.format(**known))
                page.screenshot(path=to / f"{name}.png", full_page=True)
            print(name, flush=True)
            if name in SHOWN_IN_README:
                shrink(to / f"{name}.png", ROOT / "docs" / "screenshots" / f"{name}.webp")


def what_the_shop_knows(browser: Browser, shop: LiveShop, buyer: str) -> dict[str, str]:
    """What fills the places in the paths; the buyer gets two machines into the cart on the way."""
    with visitor_of(browser, shop, buyer) as visitor:
        slugs = stocked_machines(visitor)
        ticks = visitor.open("/products?algorithm=sha-256").locator("input[form=compare][name=sku]")
        compared = "&".join(f"sku={ticks.nth(at).get_attribute('value')}" for at in range(3))
        fill_cart(visitor, slugs[:2])
        visitor.open("/checkout")
        online = order_placed(visitor, "online")
        fill_cart(visitor, slugs[:2])
        unpaid = visitor.open("/orders?state=awaiting_payment").locator("main table a").evaluate_all(HREFS)
        order = next(number for href in unpaid if (number := str(href).rsplit("/", 1)[1]) not in (online, "online"))
        return {"slug": slugs[0], "compared": compared, "order": order, "online": online}


def visitor_of(
    browser: Browser, shop: LiveShop, cookie: str, lang: str = "zh-cn", size: Any = DESKTOP, scheme: str = "light"
) -> Visitor:
    visitor = Visitor(browser, shop.url, lang, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    if cookie:
        visitor.context.add_cookies([{"name": "sid", "value": cookie, "url": shop.url}])
    return visitor


def shrink(picture: Path, to: Path) -> None:
    """Half the size, the upper part only: small enough for the repository."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(picture) as whole:
        width = min(README_WIDTH, whole.width)
        small = whole.resize((width, round(whole.height * width / whole.width)))
        small.crop((0, 0, width, min(README_HEIGHT, small.height))).save(to, "WEBP", quality=80, method=6)


if __name__ == "__main__":
    main()

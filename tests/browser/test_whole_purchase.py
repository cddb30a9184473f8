"""A stranger finds a machine, registers, orders and remits; staff confirm and ship; the parcel arrives.

With script and without, at a desk and on a phone, in both languages: every pair of these is walked.
"""

import io
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from app.foundation.clock import SHANGHAI
from tests.browser import people
from tests.browser.buying import WORDS, amount_to_pay, an_address, order_placed
from tests.browser.visitor import DESKTOP, OWN_COOKIES, PHONE, Visitor

pytestmark = pytest.mark.part("chromium")
WAYS = [
    ("zh-cn", DESKTOP, True),
    ("en", PHONE, True),
    ("en", DESKTOP, False),
    ("zh-cn", PHONE, False),
]
COMPLETED = {"zh-cn": "已完成", "en": "Completed"}


def a_slip() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(out, "JPEG")
    return {"name": "slip.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def find_a_machine(visitor: Visitor) -> None:
    """Search for a maker, narrow the results with two filters, and open the first machine that is left."""
    page = visitor.open("/")
    page.fill("#site-search", "神马")
    page.locator("form.search button").click()
    page.wait_for_url("**/search?q=*")
    before = page.locator("main table").first.locator("tbody tr").count()
    if not page.locator("[name=delivery][value=spot]").is_visible():
        page.locator(".facets__opener").click()
    tick(page, "[name=delivery][value=spot]")
    tick(page, "[name=cooling][value=air]")
    assert "delivery=spot" in page.url and "cooling=air" in page.url
    assert 0 < page.locator("main table").first.locator("tbody tr").count() <= before
    with page.expect_navigation():
        page.locator("main table tbody tr a[href*='/products/']").first.click()
    assert "/products/microbt-" in page.url


def tick(page: Any, selector: str) -> None:
    """Tick a filter: with script it takes effect at once, without it the button sends it."""
    if not page.locator(selector).is_visible():
        page.locator(".facets__opener").click()
    page.check(selector)
    page.wait_for_timeout(300)
    if page.locator(selector).get_attribute("checked") is None:
        page.locator(".facets__actions button").click()
    page.wait_for_selector(f"{selector}[checked]", state="attached")


def scan(page: Any) -> None:
    """Every machine's serial number into the field of its line, as a scanner types them: one a line."""
    for number, field in enumerate(page.locator("textarea[name*=serials]").all()):
        machines = int(page.locator("[name*=quantity]").nth(number).input_value())
        field.fill("\n".join(f"YNAH{secrets.randbits(40):012X}" for _ in range(machines)))


@pytest.mark.clause("1.1.1a")
@pytest.mark.clause("1.1.1b")
@pytest.mark.clause("1.1.3b")
@pytest.mark.clause("1.1.5a")
@pytest.mark.parametrize(("lang", "size", "script"), WAYS)
def test_from_the_search_to_the_confirmed_receipt(
    visitor: Callable[..., Visitor],
    signed_in_staff: Callable[..., Any],
    lang: str,
    size: dict[str, int],
    script: bool,
):
    buyer = visitor(lang, viewport=size, java_script_enabled=script)
    find_a_machine(buyer)
    buyer.press(WORDS[lang]["add"])
    total = amount_to_pay(buyer)
    buyer.follow(WORDS[lang]["check out"])
    assert buyer.path == "/login"
    buyer.page.locator("main a[href*='/register']").click()
    people.register(buyer, f"buyer{people.a_number()[-6:]}", people.a_number())
    buyer.open("/cart")
    assert amount_to_pay(buyer) == total

    buyer.open("/checkout")
    an_address(buyer)
    to_pay = amount_to_pay(buyer)
    number = order_placed(buyer)
    assert amount_to_pay(buyer) == to_pay
    assert buyer.path == f"/orders/{number}/remittance"
    assert re.fullmatch(r"[\d ]{8,}", buyer.page.locator(".remittance__code dd").first.inner_text())
    buyer.page.set_input_files("#picture", a_slip())
    buyer.send("/voucher")
    assert buyer.page.locator("main a[href$='/voucher']").is_visible()

    finance = visitor(lang, storage_state=signed_in_staff("finance", script), java_script_enabled=script)
    finance.open(f"/desk/orders/{number}")
    assert "王小明" not in finance.text
    finance.page.fill("[name$=reference]", f"B{number}")
    finance.page.fill("[name$=amount]", re.sub(r"[¥,]", "", to_pay))
    finance.page.fill("[name$=received_on]", datetime.now(SHANGHAI).date().isoformat())
    finance.send("/payment")
    assert "done=" in finance.page.url, finance.text
    clerk = visitor(lang, storage_state=signed_in_staff("clerk", script), java_script_enabled=script)
    page = clerk.open(f"/desk/orders/{number}")
    page.select_option("select[name$=carrier]", "sf")
    page.fill("[name$=tracking_number]", "SF1234567890")
    scan(page)
    clerk.send("/shipment")

    buyer.open(f"/orders/{number}")
    assert "SF1234567890" in buyer.text
    buyer.send("/receipt")
    assert COMPLETED[lang] in buyer.text
    for someone in (buyer, finance, clerk):
        assert someone.faults == []
        assert someone.cookies <= OWN_COOKIES

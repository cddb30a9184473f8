"""A buyer applies, a clerk records the invoice, part of the price goes back, and both documents can be downloaded."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.demo.pdf import a_paper
from app.foundation.clock import SHANGHAI
from tests.browser import people
from tests.browser.buying import amount_to_pay, an_address, fill_cart, order_placed
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.part("chromium"), pytest.mark.xdist_group("live shop")]
WORDS = {
    "zh-cn": {"applied": "已申请", "issued": "已开具", "owed": "待红冲", "red": "已红冲"},
    "en": {"applied": "Applied for", "issued": "Issued", "owed": "Red-letter invoice owed", "red": "Red-lettered"},
}
OFF = "100.00"


def today() -> date:
    return datetime.now(SHANGHAI).date()


def a_paid_order(buyer: Visitor, finance: Visitor, machine: str) -> tuple[str, str]:
    """The number of a new buyer's order and what it cost, in digits; finance has confirmed the remittance."""
    buyer.open("/register")
    people.register(buyer, f"billed{people.a_number()[-6:]}", people.a_number())
    fill_cart(buyer, [machine])
    buyer.open("/checkout")
    an_address(buyer)
    cost = re.sub(r"[¥,]", "", amount_to_pay(buyer))
    number = order_placed(buyer)
    page = finance.open(f"/desk/orders/{number}")
    page.fill("[name$=reference]", f"B{number}")
    page.fill("[name$=amount]", cost)
    page.fill("[name$=received_on]", today().isoformat())
    finance.send("/payment")
    return number, cost


def record_paper(finance: Visitor, where: str, order: str, amount: str) -> tuple[str, bytes]:
    """Number, day, amount and PDF into the form of the page that is open; gives the number and the file."""
    kind = {"/issue": 7, "/red-letters/": 8}[where]
    number = f"{today().year % 100:02d}31{kind}{order:>015}"
    content = a_paper(f"No. {number}")
    form = finance.page.locator(f'form[action*="{where}"]')
    form.locator("[name$=number]").fill(number)
    form.locator("[name$=issued_on]").fill(today().isoformat())
    form.locator("[name$=amount]").fill(amount)
    form.locator("[type=file]").set_input_files({"name": "p.pdf", "mimeType": "application/pdf", "buffer": content})
    with finance.page.expect_navigation():
        form.locator("button[type=submit]").click()
    assert "done=" in finance.page.url, finance.text
    return number, content


def take_off(clerk: Visitor, manager: Visitor, order: str, amount: str) -> None:
    """The price comes down: asked for by one person, approved by another."""
    page = clerk.open(f"/desk/orders/{order}/refund")
    page.select_option("[name=reason]", "price")
    page.locator("[name^=amount]").first.fill(amount)
    with page.expect_navigation():
        page.locator("form.desk-act button[type=submit]").click()
    assert clerk.path.startswith("/desk/refunds/"), clerk.text
    approving = manager.open(clerk.path)
    approving.locator("details.confirm summary").first.click()
    manager.send("/approval")


def downloaded(visitor: Visitor, number: str) -> bytes:
    with visitor.page.expect_download() as coming:
        visitor.page.locator("a[download]", has_text=number).click()
    assert coming.value.suggested_filename == f"invoice-{number}.pdf"
    return Path(coming.value.path()).read_bytes()


@pytest.mark.clause("1.1.1c")
@pytest.mark.parametrize(("lang", "size", "script"), [("zh-cn", PHONE, False), ("en", DESKTOP, True)])
def test_applied_for_issued_downloaded_and_red_lettered_after_a_refund(
    visitor: Callable[..., Visitor], signed_in_staff: Callable[..., Any], machines: list[str],
    lang: str, size: Any, script: bool,
):  # fmt: skip
    def staff(role: str) -> Visitor:
        return visitor(lang, storage_state=signed_in_staff(role, script), java_script_enabled=script)

    words, buyer, finance = WORDS[lang], visitor(lang, viewport=size, java_script_enabled=script), staff("finance")
    order, cost = a_paid_order(buyer, finance, machines[2])

    page = buyer.open(f"/orders/{order}/invoice")
    page.check("[name=typed-holder][value=person]")
    page.fill("[name=typed-name]", "王小明")
    buyer.send("/invoice")
    assert words["applied"] in buyer.text and "王小明" in buyer.text

    desk = finance.open("/desk/invoices")
    assert "王小明" not in finance.text
    with desk.expect_navigation():
        desk.locator("main tbody tr th a", has_text=re.compile(r"\s*".join(order))).click()
    blue, content = record_paper(finance, "/issue", order, cost)
    buyer.open(f"/orders/{order}/invoice")
    assert words["issued"] in buyer.text and downloaded(buyer, blue) == content

    clerk, manager = staff("clerk"), staff("manager")
    take_off(clerk, manager, order, OFF)
    buyer.open(f"/orders/{order}/invoice")
    assert words["owed"] in buyer.text
    finance.page.reload()
    red, content = record_paper(finance, "/red-letters/", order, OFF)
    buyer.open(f"/orders/{order}/invoice")
    assert words["red"] in buyer.text and downloaded(buyer, red) == content
    assert f"-¥{OFF}" in buyer.text
    assert [fault for each in (buyer, finance, clerk, manager) for fault in each.faults] == []

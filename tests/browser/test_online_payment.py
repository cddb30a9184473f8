"""Paying online in a real browser: to the institution on another site and back, with script and without. 1.1.4a-c."""

import time
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import people
from tests.browser.buying import an_address, fill_cart, order_placed
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.part("chromium")
_turns = count()
WORDS = {
    "zh-cn": {"go": "前往网银在线付款", "paid": "已收到货款", "waits": "尚未收到", "failed": "付款未成功"},
    "en": {"go": "Go on to Chinabank", "paid": "Payment received", "waits": "not told us", "failed": "payment failed"},
}


class Payer:
    """Somebody who has ordered one machine to be paid online, and stands on the page before leaving."""

    def __init__(self, visitor: Visitor, machine: str, script: bool) -> None:
        self.visitor, self.page, self.words, self.script = visitor, visitor.page, WORDS[visitor.lang], script
        visitor.open("/register")
        people.register(visitor, f"payer{people.a_number()[-6:]}", people.a_number())
        fill_cart(visitor, [machine])
        visitor.open("/checkout")
        an_address(visitor)
        self.order = order_placed(visitor, "online")
        assert visitor.path == f"/orders/{self.order}/online"

    def leave(self) -> None:
        """Go on to the institution: by itself with script, by one more press without."""
        self.visitor.press(self.words["go"])
        if not self.script:
            self.visitor.press(self.words["go"])
        self.page.wait_for_url("**/PayGate**")
        assert urlsplit(self.page.url).hostname == "localhost"

    def pay(self, way: str) -> None:
        """Choose a bank, and let the payment go this way."""
        self.page.check("[name=bank][value='3080']")
        self.page.locator("button").click()
        self.page.check(f"[name=way][value='{way}']")
        self.page.locator("button").click()

    def come_back(self) -> str:
        """To the shop's own page, by itself or by a press; gives what it says."""
        if not self.script:
            self.page.locator("#back button").click()
        self.page.wait_for_url("**/result")
        return self.visitor.text

    def sees_in_the_end(self, words: str, seconds: float = 20) -> bool:
        until = time.monotonic() + seconds
        while words not in self.visitor.text and time.monotonic() < until:
            time.sleep(0.3)
            self.page.reload()
        return words in self.visitor.text


@pytest.fixture
def payer(visitor: Callable[..., Visitor], machines: list[str]) -> Callable[..., Payer]:
    """`payer("en", script=False)`; each buys another machine, from the end of the listing."""

    def somebody(lang: str, script: bool = True, **options: Any) -> Payer:
        machine = machines[-1 - next(_turns) % (len(machines) // 2)]
        return Payer(visitor(lang, java_script_enabled=script, **options), machine, script)

    return somebody


@pytest.mark.clause("1.1.4a")
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_buyer_pays_and_comes_back_from_another_site_still_signed_in(
    payer: Callable[..., Payer], lang: str, script: bool
):
    someone = payer(lang, script)
    someone.leave()
    someone.pay("notice-first")
    assert someone.words["paid"] in someone.come_back()
    assert someone.visitor.path == f"/orders/{someone.order}/online/1/result"
    assert [fault for fault in someone.visitor.faults if "localhost" not in fault] == []


def test_a_failed_payment_is_said_and_can_be_tried_again_on_a_phone(payer: Callable[..., Payer]):
    someone = payer("zh-cn", viewport=PHONE)
    someone.leave()
    someone.pay("failed")
    someone.come_back()
    assert someone.sees_in_the_end(someone.words["failed"])
    someone.visitor.follow("在线支付")
    someone.leave()
    someone.pay("double")
    someone.come_back()
    assert someone.sees_in_the_end(someone.words["paid"])


def test_money_whose_notice_never_comes_is_asked_for_after_the_return(payer: Callable[..., Payer]):
    someone = payer("en")
    someone.leave()
    someone.pay("return-only")
    someone.come_back()
    assert someone.sees_in_the_end(someone.words["paid"])


def test_who_presses_back_at_the_institution_stays_in_the_shop(payer: Callable[..., Payer]):
    someone = payer("en")
    someone.leave()
    someone.page.go_back()
    someone.page.wait_for_timeout(1000)
    assert someone.visitor.path == f"/orders/{someone.order}/online/1"
    someone.visitor.follow("I have been there already: what became of it?")
    assert someone.words["waits"] in someone.visitor.text

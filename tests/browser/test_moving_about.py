"""What people do on their way: switch the language, go back, open a second tab, refuse cookies, use the keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from bench.live import LiveShop
from tests.browser import people
from tests.browser.buying import WORDS, amount_to_pay, an_address, fill_cart, order_placed
from tests.browser.visitor import OWN_COOKIES, Visitor

pytestmark = pytest.mark.part("chromium")
Open = Callable[..., Visitor]
TOLD = {"zh-cn": "未保存 Cookie", "en": "keeps no cookies"}
CART_COUNT = ".cart-link__count"


@pytest.fixture
def customer(visitor: Open, machines: list[str]) -> Visitor:
    """Somebody who has just registered: what others left unpaid takes nothing of what one buyer may hold."""
    someone = visitor("zh-cn")
    someone.open("/register")
    people.register(someone, f"mover{people.a_number()[-6:]}", people.a_number())
    fill_cart(someone, machines[:1])
    someone.open("/checkout")
    an_address(someone)
    return someone


def orders_of(customer: Visitor) -> int:
    """How many orders the tab of all orders counts."""
    return int(customer.open("/orders").locator(".tabs .count").first.inner_text())


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_language_may_change_at_every_step_of_a_checkout(
    visitor: Open, buyer: tuple[Any, str], machines: list[str], lang: str
):
    """Both ways at each step: the page, the cart, the sign-in and the price stay."""
    customer = visitor(lang, storage_state=buyer[0])
    fill_cart(customer, machines[:1])
    for path in (f"/products/{machines[0]}", "/cart", "/checkout", "/checkout/addresses/new"):
        page = customer.open(path)
        seen = (page.locator(CART_COUNT).inner_text(), figures_of(page))
        for _ in ("there", "and back"):
            customer.switch_language()
            assert customer.path == path
            assert page.locator("header a[href$='/account']").count() == 1
            assert (page.locator(CART_COUNT).inner_text(), figures_of(page)) == seen
    customer.open("/checkout")
    customer.switch_language()
    to_pay = amount_to_pay(customer)
    order_placed(customer)
    customer.switch_language()
    assert amount_to_pay(customer) == to_pay


def figures_of(page: Any) -> list[str]:
    """Every amount of money on the page."""
    found: list[str] = page.evaluate('() => document.querySelector("main").innerText.match(/¥[\\d,]+[.]\\d\\d/g)')
    return found


@pytest.mark.clause("1.1.3a")
def test_going_back_after_placing_does_not_order_twice(customer: Visitor, machines: list[str]):
    fill_cart(customer, machines[:1])
    before = orders_of(customer)
    customer.open("/checkout")
    order_placed(customer)
    customer.page.go_back()
    again = customer.page.get_by_role("button", name=WORDS["zh-cn"]["place"])
    if again.count():
        again.click()
        customer.page.wait_for_load_state()
    assert orders_of(customer) == before + 1


@pytest.mark.clause("1.1.3a")
def test_two_tabs_of_one_checkout_make_one_order(customer: Visitor, machines: list[str]):
    fill_cart(customer, machines[:1])
    before = orders_of(customer)
    first, second = customer.page, customer.new_tab()
    customer.open("/checkout")
    second.goto(first.url)
    order_placed(customer)
    second.get_by_role("button", name=WORDS["zh-cn"]["place"]).click()
    second.wait_for_load_state()
    assert second.locator("h1").is_visible()
    assert orders_of(customer) == before + 1
    assert customer.faults == [] or all("409" in fault or "422" in fault for fault in customer.faults)


def test_what_one_tab_puts_into_the_cart_the_other_shows(visitor: Open, machines: list[str]):
    guest = visitor("en")
    fill_cart(guest, machines[:1])
    other = guest.new_tab()
    other.goto(f"{guest.url}/en/products/{machines[1]}")
    other.get_by_role("button", name="Add to cart", exact=True).click()
    other.wait_for_url("**/cart*")
    assert guest.open("/cart").locator(".cart-line").count() == 2


@pytest.mark.clause("3b")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_a_browser_that_keeps_no_cookie_may_look_at_everything(
    live_shop: LiveShop, cookieless: Any, machines: list[str], lang: str
):
    """No loop and no failure; the cart says what it lacks."""
    paths = ("/", "/products?cooling=hydro", "/search?q=s21", f"/products/{machines[0]}", "/privacy", "/contact")
    with Visitor(cookieless, live_shop.url, lang) as guest:
        for path in paths:
            assert guest.open(path).locator("h1").is_visible()
        guest.open(f"/products/{machines[0]}")
        guest.press(WORDS[lang]["add"])
        assert guest.path == "/cart" and TOLD[lang] in guest.text
        assert "cookie" in guest.open("/login").locator("main").inner_text().lower()
        assert guest.cookies == set() and guest.faults == []


@pytest.mark.clause("3a")
def test_a_visit_sets_only_cookies_of_the_register(visitor: Open, machines: list[str]):
    guest = visitor("en")
    fill_cart(guest, machines[:1])
    guest.open("/search?q=s19")
    guest.open("/privacy/choices")
    guest.send("/privacy/choices")
    assert guest.cookies <= OWN_COOKIES
    assert {"cart", "choice"} <= guest.cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in guest.context.cookies())


def test_the_cart_is_reached_by_keyboard_alone(visitor: Open):
    """From the address bar: search, open the machine, add it. Focus is seen at every stop."""
    guest = visitor("en")
    page = guest.open("/")
    tab_to(page, "#site-search")
    page.keyboard.type("s21 pro")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    tab_to(page, "main table a[href*='/products/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/*")
    tab_to(page, "button[form=add-to-cart]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cart*")
    assert page.locator(".cart-line").count() == 1


def tab_to(page: Any, selector: str, most: int = 150) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(it) => document.activeElement.matches(it)", selector):
            ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none"
            return
    raise AssertionError(f"{selector} is not reached within {most} stops")


def test_suggestions_appear_while_typing_and_lead_on(visitor: Open):
    guest = visitor("zh-cn")
    page = guest.open("/")
    page.locator("#site-search").press_sequentially("蚂蚁", delay=30)
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/products/" in url or "/search" in url)
    assert guest.faults == []


def test_the_marketer_sees_a_visit_on_the_dashboard(visitor: Open, signed_in_staff: Callable[..., Any]):
    marketer = visitor("en", storage_state=signed_in_staff("marketer"))
    views = views_on(marketer)
    assert marketer.page.locator(".desk-nav [aria-current]").inner_text() == "Dashboard"
    guest = visitor("en")
    for path in ("/", "/products", "/help"):
        guest.open(path)
    for _ in range(40):
        if views_on(marketer) >= views + 3:
            break
        marketer.page.wait_for_timeout(250)
    assert views_on(marketer) >= views + 3


def views_on(marketer: Visitor) -> int:
    """Today's page views, as the dashboard says."""
    figures = marketer.open("/dashboard?period=today").locator(".count-figure").all_inner_texts()
    [shown] = [text for text in figures if re.match(r"(Page )?views", text, re.I)]
    return int(re.findall(r"^[\d,]+$", shown, re.M)[0].replace(",", ""))

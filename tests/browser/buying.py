"""The steps of a purchase as a buyer takes them on the pages."""

from tests.browser.visitor import Visitor

WORDS = {
    "zh-cn": {"add": "加入购物车", "check out": "去结算", "review": "继续核对订单", "place": "提交订单"},
    "en": {"add": "Add to cart", "check out": "Check out", "review": "Continue to review", "place": "Place order"},
}
CONSIGNEE = {
    "warehouse": "鄂尔多斯一号仓",
    "consignee": "王小明",
    "address": "内蒙古鄂尔多斯市康巴什区示例路 8 号",
    "mobile": "13812345678",
}


def stocked_machines(guest: Visitor) -> list[str]:
    """Slugs from the listing of what is in stock; the dearer ones are left to others."""
    page = guest.open("/products?delivery=spot&kind=machine&moq=1")
    links = page.locator("main table th a, main table td a").evaluate_all("all => all.map((it) => it.pathname)")
    slugs = list(dict.fromkeys(str(link).rsplit("/", 1)[1] for link in links if "/products/" in link))
    assert len(slugs) > 3, page.url
    return slugs


def fill_cart(visitor: Visitor, slugs: list[str]) -> None:
    for slug in slugs:
        visitor.open(f"/products/{slug}")
        visitor.press(WORDS[visitor.lang]["add"])
        assert visitor.path == "/cart", visitor.page.url


def an_address(visitor: Visitor) -> None:
    """The four fields of the form that is open, and on to the review."""
    for name, value in CONSIGNEE.items():
        visitor.page.fill(f"[name={name}]", value)
    visitor.press(WORDS[visitor.lang]["review"])
    assert visitor.path == "/checkout", visitor.page.url


def order_placed(visitor: Visitor, method: str = "remittance") -> str:
    """Choose how to pay and press the last button of the review; gives the number of the order from the address."""
    visitor.page.check(f"[name=method][value={method}]")
    visitor.press(WORDS[visitor.lang]["place"])
    assert visitor.path.startswith("/orders/"), visitor.page.url
    return visitor.path.split("/")[2]


def amount_to_pay(visitor: Visitor) -> str:
    """The sum at the end of the amounts on the page, or the amount to remit, as it is written there."""
    amounts = visitor.page.locator(".sums__row--total dd, .remittance__code dd")
    return str(amounts.last.inner_text()).strip()

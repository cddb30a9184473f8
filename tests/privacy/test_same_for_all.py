"""What is offered does not depend on the device that asks or on what its browser allows. Clauses 1.1.2a, 2.5."""

import re

import pytest
from flask import Flask

from tests.stock.builders import a_stocked_sku

AGENTS = {
    "desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "tablet": "Mozilla/5.0 (Linux; Android 15; SM-X910) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "in WeChat": "Mozilla/5.0 (Linux; Android 14; V2307A) AppleWebKit/537.36 Chrome/116.0 Mobile MicroMessenger/8.0.48",
    "unknown": "",
}
PAGES = ["/zh-cn/products", "/en/products/{slug}"]


def offered(app: Flask, path: str, **headers: str) -> str:
    """The page without what is new at every request: the counting image, form tokens, the request's number."""
    page = app.test_client(use_cookies=False).get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    assert page.status_code == 200
    text = re.sub(r"<picture[^>]*>.*?</picture>", "", page.text, flags=re.DOTALL)
    text = re.sub(r'<script[^>]* data-leaving="[^"]*"></script>', "", text)
    return re.sub(r'name="form_token" value="[^"]*"', "", text)


@pytest.mark.clause("1.1.2a")
@pytest.mark.parametrize("page", PAGES)
def test_price_stock_and_terms_are_the_same_for_every_device(app, page):
    path = page.format(slug=a_stocked_sku()[0].product.slug)
    pages = {name: offered(app, path, User_Agent=agent) for name, agent in AGENTS.items()}
    assert "¥" in pages["desktop"]
    assert set(pages.values()) == {pages["desktop"]}


@pytest.mark.clause("2.5")
@pytest.mark.parametrize("page", PAGES)
def test_whoever_refuses_everything_is_offered_the_same(app, page):
    path = page.format(slug=a_stocked_sku()[0].product.slug)
    assert offered(app, path, Sec_GPC="1", DNT="1") == offered(app, path)

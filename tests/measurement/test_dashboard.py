"""The marketers' page in the shop: who may see it, in the desk's frame, in both languages."""

import pytest
from babel import Locale
from flask import Flask, g

from app.foundation.money import Money
from app.measurement.pages import (
    BELOW_PRODUCTS,
    GROUP_NAMES,
    GROUPS,
    KINDS,
    NAMES,
    name_of_group,
    name_of_page,
)
from app.measurement.purchases import amount_band, name_of_band
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.analytics.browsing import Surfer
from tests.catalog.builders import a_product


@pytest.mark.clause("5.1.1e")
def test_only_those_who_may_read_the_figures_see_them(app: Flask, house):
    guest, buyer, clerk = Surfer(app), Surfer(app), Surfer(app)
    signed_in(buyer.client, an_account())
    signed_in(clerk.client, a_staff_member("clerk"))
    assert guest.client.get("/zh-cn/dashboard").status_code == 302
    assert buyer.client.get("/zh-cn/dashboard").status_code == 403
    assert clerk.client.get("/zh-cn/dashboard").status_code == 403


@pytest.mark.parametrize(("lang", "words"), [("zh-cn", "首页"), ("en", "Home")])
def test_a_marketer_sees_what_was_counted_in_either_language(app: Flask, house, lang: str, words: str):
    Surfer(app).opens("/en/")
    house.fold()
    marketer = Surfer(app)
    signed_in(marketer.client, a_staff_member("marketer"))
    page = marketer.client.get(f"/{lang}/dashboard?period=today")
    assert page.status_code == 200
    assert f'<span class="count-name">{words}</span>' in page.text and "desk-nav" in page.text
    assert "/m/b.gif" not in page.text


def test_the_style_of_the_counting_house_is_served(app: Flask, client):
    assert client.get("/m/static/counting.css").status_code == 200


def test_a_visitor_reads_the_own_cookie_and_forgets_it_inside_the_shop(app: Flask, house):
    surfer = Surfer(app)
    surfer.opens("/en/")
    assert "Forget me" in surfer.client.get("/m/mine?lang=en").text
    assert surfer.client.post("/m/mine?lang=en", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert surfer.visit_cookie is None
    assert surfer.client.post("/m/mine", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(("lang", "words"), [("zh", "首页"), ("en", "Home")])
def test_the_own_cookie_is_told_in_words_of_the_language_asked_for(app: Flask, house, lang: str, words: str):
    surfer = Surfer(app)
    surfer.opens("/en/")
    told = surfer.client.get(f"/m/mine?lang={lang}").text
    assert words in told and "home" not in told


def test_every_kind_of_page_has_a_name_to_read():
    assert set(NAMES) == set(KINDS)


def test_a_band_of_amounts_is_called_by_its_bounds():
    names = [name_of_band(amount_band(Money(fen))) for fen in (0, 99_999, 100_000, 499_999, 5_000_000, 10**12)]
    assert names == ["< ¥1,000", "< ¥1,000", "¥1,000 - ¥5,000", "¥1,000 - ¥5,000", "¥50,000 - ¥100,000", "≥ ¥500,000"]


@pytest.mark.parametrize(("lang", "maker", "lost"), [("zh", "蚂蚁", "商品"), ("en", "Antminer", "Products")])
def test_pages_are_called_by_names_and_never_by_codes(app: Flask, lang: str, maker: str, lost: str):
    machine = a_product("Antminer S21", name_zh="蚂蚁 S21", name_en="Antminer S21")
    with app.test_request_context(f"/{lang}/"):
        g.locale = Locale(lang)
        assert name_of_page("product", machine.slug) == f"{maker} S21"
        assert name_of_page("brand", "bitmain").endswith(": Bitmain")
        assert name_of_group("404-products") == lost
        assert name_of_page("error", "404-products").endswith(f": {lost}")
        assert name_of_page("product", "gone-for-good").endswith(": gone-for-good")


def test_every_group_of_addresses_has_a_name():
    assert set(GROUP_NAMES) == {*GROUPS, *BELOW_PRODUCTS.values(), "other"}


@pytest.mark.clause("2.9")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("page", ["privacy/cookies", "privacy/proof"])
def test_anybody_is_led_to_what_is_counted_in_the_language_of_the_page(app: Flask, house, client, lang: str, page: str):
    address = f"/m/counts?lang={'zh' if lang == 'zh-cn' else 'en'}"
    assert f'href="{address}"' in client.get(f"/{lang}/{page}").text
    counts = client.get(address)
    assert counts.status_code == 200 and counts.headers.getlist("Set-Cookie") == []
    assert "/m/b.gif" not in counts.text

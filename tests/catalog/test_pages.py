"""The catalogue's pages at their addresses, in both languages, without script."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app.catalog.models import Product
from app.catalog.vocabulary import FUTURES, USED
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.stock.receiving import receive
from app.stock.taking import take
from tests.catalog.builders import a_product, a_service, a_sku
from tests.stock.builders import a_stocked_sku, a_warehouse


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def main(html: str) -> str:
    """The visible text of the main part, without tags."""
    body = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL))


@pytest.fixture
def statements(client: FlaskClient) -> Iterator[list[str]]:
    """What the shop's store is asked from here on."""
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_front_page_leads_to_coins_brands_and_what_is_in_stock(client: FlaskClient):
    a_stocked_sku(3, model="Antminer S21")
    html = page(client, "/en/")
    assert "/en/products/category/btc" in html
    assert "/en/products/brand/bitmain" in html
    assert "Antminer S21" in main(html)


def test_an_empty_shop_says_so(client: FlaskClient):
    assert "Nothing is on show yet" in main(page(client, "/en/"))
    assert "暂无商品" in main(page(client, "/zh-cn/"))
    assert "Nothing fits" in main(page(client, "/en/products"))


def test_every_page_names_the_categories_in_its_header(client: FlaskClient):
    a_product()
    for path in ("/en/products", "/en/compare", "/en/search"):
        html = page(client, path)
        assert "/en/products/category/sha-256" in html[: html.index("<main")], path


def test_a_listing_filters_by_what_stands_in_its_address(client: FlaskClient):
    a_product("Antminer S21", cooling="air")
    a_product("Antminer S21 Hyd", cooling="hydro")
    text = main(page(client, "/en/products?cooling=hydro"))
    assert "S21 Hyd" in text
    assert "1 variant" in text


def test_a_listing_has_a_chip_that_takes_each_filter_away(client: FlaskClient):
    a_product()
    html = page(client, "/en/products?algorithm=sha-256&hashrate_min=100&sort=price")
    assert 'href="/en/products?algorithm=sha-256&amp;sort=price"' in html
    assert "Hashrate ≥ 100 TH/s" in main(html)


@pytest.mark.parametrize(
    "query",
    ["page=-1", "page=99999", "page=x", "brand=%00", "price_min=-5&price_max=zzz", "sort='--", "hashrate_min=1e99",
     "brand=a&brand=b&brand=c", "x=y", "price_min=" + "9" * 400, "%ff%fe=%ff", "algorithm=nope&efficiency_max=30"],
)  # fmt: skip
def test_no_address_whatever_breaks_a_listing(client: FlaskClient, query: str):
    a_product()
    page(client, f"/en/products?{query}")


def test_a_figure_that_cannot_be_read_stays_in_its_box_with_a_remark(client: FlaskClient):
    a_product()
    html = page(client, '/en/products?price_min=cheap"><script>')
    assert 'value="cheap&#34;&gt;&lt;script&gt;"' in html
    assert "Please enter a plain number" in html


def test_a_page_past_the_end_is_the_last_page(client: FlaskClient):
    for _ in range(30):
        a_product()
    assert main(page(client, "/en/products?page=2")).count("TH/s") == main(page(client, "/en/products?page=900")).count(
        "TH/s"
    )


def test_only_plain_listings_are_for_search_engines(client: FlaskClient):
    a_product()
    for path, indexed in {
        "/en/products": True, "/en/products/category/btc": True, "/en/products/brand/bitmain": True,
        "/en/products?brand=bitmain": False, "/en/products?sort=price": False, "/en/search?q=s21": False,
    }.items():  # fmt: skip
        assert ("noindex" not in page(client, path)) is indexed, path


def test_a_filtered_listing_is_canonical_without_its_filters_and_page_two_with_its_page(client: FlaskClient):
    for _ in range(30):
        a_product()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/en/products">' in page(
        client, "/en/products?utm_source=x&sort=price"
    )
    assert '<link rel="canonical" href="http://127.0.0.1:8000/en/products?page=2">' in page(
        client, "/en/products?page=2"
    )


@pytest.mark.parametrize("path", ["/en/products/category/nope", "/en/products/brand/nope", "/en/products/nope"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str):
    a_product()
    page(client, path, 404)


def test_a_listing_of_many_asks_the_store_no_more_than_one_of_few(client: FlaskClient, statements: list[str]):
    a_product()
    page(client, "/en/products?kind=machine")
    page(client, "/en/products")
    few = len(statements)
    for _ in range(24):
        a_product()
    page(client, "/en/products?kind=machine")
    statements.clear()
    page(client, "/en/products")
    assert len(statements) <= few
    assert len(statements) <= 3


def test_a_product_page_shown_again_costs_four_queries(client: FlaskClient, statements: list[str]):
    """Whether the catalogue moved, how much is left, which advertisement runs, which words stand there still."""
    sku, _ = a_stocked_sku(3)
    path = f"/en/products/{sku.product.slug}"
    page(client, path)
    statements.clear()
    page(client, path)
    assert len(statements) == 4


def test_an_order_is_seen_on_the_product_page_at_once(client: FlaskClient):
    sku, _ = a_stocked_sku(12)
    path, sku_id = f"/en/products/{sku.product.slug}", sku.id
    assert "12 units" in main(page(client, path))
    with transaction() as session:
        take(session, {sku_id: 5}, 1, now())
    assert "7 units" in main(page(client, path))


def test_a_product_page_shows_price_per_t_minimum_stock_and_warranty(client: FlaskClient):
    sku, [place] = a_stocked_sku(12, price=Money.yuan("13999.00"), hashrate="200", moq=2, warranty_months=12)
    text = main(page(client, f"/en/products/{sku.product.slug}"))
    for shown in ("¥13,999 .00", "¥70 .00 /T", "2 units", "12 months", place.name_en, "within 48 hours"):
        assert shown in text, shown


def test_unknown_facts_stay_unknown(client: FlaskClient):
    product = a_product(noise_low_db=None, power_mw=None, weight_g=None)
    html = page(client, f"/en/products/{product.slug}")
    row = html[html.index('<th scope="row">Weight') :]
    assert ">-<" in row[: row.index("</tr>")]
    assert "a day" not in main(html)


def test_each_variant_has_its_address_and_the_price_box_follows_it(client: FlaskClient):
    product = a_product(price=Money.yuan(10_000), hashrate="200")
    other = a_sku(product, price=Money.yuan(12_345), hashrate="210")
    html = page(client, f"/en/products/{product.slug}?sku={other.code}")
    box = html[html.index('class="price-box"') :]
    assert "¥12,345" in box[: box.index("</section>")]
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/en/products/{product.slug}">' in html


def test_a_sold_out_machine_cannot_be_added_but_one_can_ask_to_be_told(client: FlaskClient):
    product = a_product()
    html = page(client, f"/en/products/{product.slug}")
    assert "Tell me when it is back" in html
    assert "Add to cart" not in html


def test_futures_name_the_month_in_which_shipping_starts(client: FlaskClient):
    sku, _ = a_stocked_sku(9, delivery=FUTURES, delivery_month="2027-03")
    text = main(page(client, f"/en/products/{sku.product.slug}"))
    assert "shipping starts in 2027-03" in text
    assert "not the month of arrival" in text


def test_a_service_has_no_stock_no_freight_and_no_weight(client: FlaskClient):
    text = main(page(client, f"/en/products/{a_service().product.slug}?province=sichuan"))
    assert "Nothing is sent" in text
    assert "Add to cart" in text
    assert not any(word in text for word in ("Weight", "Freight", "Stock by warehouse"))


def test_freight_and_arrival_are_estimated_for_the_chosen_province(client: FlaskClient):
    sku = a_sku(weight_g=15_400)
    receive(sku.id, a_warehouse("sichuan").id, 5, now(), reason="delivery")
    text = main(page(client, f"/en/products/{sku.product.slug}?province=guangdong"))
    assert re.search(r"About ¥[\d.]+ for 1 unit from Warehouse \d+, \d+ to \d+ days", text)
    assert "assumed" not in text


def test_an_unknown_weight_is_said_to_be_assumed(client: FlaskClient):
    sku = a_sku(weight_g=None)
    receive(sku.id, a_warehouse("sichuan").id, 5, now(), reason="delivery")
    assert "weight is not known" in main(page(client, f"/en/products/{sku.product.slug}?province=guangdong"))


def test_power_costs_what_the_buyer_pays_for_a_kwh(client: FlaskClient):
    product = a_product(power_mw=3_500_000)
    assert "¥42.00" in main(page(client, f"/en/products/{product.slug}?kwh=0.50"))
    assert "¥42.00" in main(page(client, f"/en/products/{product.slug}?kwh=０.５０"))


@pytest.mark.parametrize("kwh", ["-1", "free", "1e5", "99999", '"><b>', "0.123456"])
def test_a_price_per_kwh_that_cannot_be_read_stays_with_a_remark(client: FlaskClient, kwh: str):
    html = page(client, f"/en/products/{a_product().slug}?kwh={kwh}")
    assert "Please enter a plain price per kWh" in html
    assert "<b>" not in html[html.index("<main") :]


def test_no_page_promises_income(client: FlaskClient):
    sku, _ = a_stocked_sku(5)
    for lang, words in {
        "en": ("profit", "income", "payback", "roi", "yield"),
        "zh-cn": ("收益", "回本", "利润"),
    }.items():
        for path in ("", "products", f"products/{sku.product.slug}", f"compare?sku={sku.code}"):
            text = page(client, f"/{lang}/{path}").lower()
            assert not [word for word in words if re.search(rf"\b{word}\b" if lang == "en" else word, text)], path


def test_structured_data_says_what_the_page_shows(client: FlaskClient):
    sku, _ = a_stocked_sku(5, price=Money.yuan("13999.00"), condition=USED, model="Antminer </script>S9")
    html = page(client, f"/en/products/{sku.product.slug}")
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    product, trail = json.loads(block)
    assert product["offers"]["price"] == "13999.00"
    assert product["offers"]["availability"] == "https://schema.org/InStock"
    assert product["offers"]["itemCondition"] == "https://schema.org/UsedCondition"
    assert product["name"].startswith("Bitmain Antminer </script>S9")
    assert [item["position"] for item in trail["itemListElement"]] == [1, 2, 3, 4]


def test_variants_are_a_product_group_and_futures_a_preorder(client: FlaskClient):
    product = a_product()
    sku = a_sku(product, delivery=FUTURES, delivery_month="2027-03")
    receive(sku.id, a_warehouse().id, 5, now(), reason="batch")
    html = page(client, f"/en/products/{product.slug}")
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    group = json.loads(block)[0]
    offers = {variant["sku"]: variant["offers"] for variant in group["hasVariant"]}
    assert group["@type"] == "ProductGroup"
    assert offers[sku.code]["availability"] == "https://schema.org/PreOrder"
    assert offers[sku.code]["availabilityStarts"] == "2027-03-01"


def test_up_to_four_machines_stand_side_by_side_with_the_best_figure_marked(client: FlaskClient):
    fast, slow = a_sku(hashrate="300", power_mw=3_000_000), a_sku(hashrate="100", power_mw=3_000_000)
    html = page(client, f"/en/compare?sku={fast.code}&sku={slow.code}")
    assert re.search(r'class="is-best"><span class="quantity">300', html)
    assert main(html).count("best") == 3


def test_machines_of_different_algorithms_are_shown_but_not_ranked(client: FlaskClient):
    one, other = a_sku(), a_sku(algorithm="scrypt", unit="GH/s", hashrate="9")
    html = page(client, f"/en/compare?sku={one.code}&sku={other.code}")
    assert "do not compare" in main(html)
    assert "is-best" not in html


def test_a_fifth_machine_and_nonsense_are_left_out_of_a_comparison(client: FlaskClient):
    codes = [a_sku().code for _ in range(5)]
    html = page(client, "/en/compare?sku=nope&sku=&" + "&".join(f"sku={code}" for code in codes))
    assert html.count('<th scope="col">') == 5
    assert "No machine chosen" in main(page(client, "/en/compare?sku=%00&sku='"))


def test_robots_are_told_where_the_sitemap_is_and_what_is_of_no_use_to_them(client: FlaskClient):
    text = page(client, "/robots.txt")
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    assert "Disallow: /zh-cn/cart" in text


def test_the_sitemap_names_every_page_in_both_languages(client: FlaskClient):
    product = a_product()
    assert "/sitemap-1.xml" in page(client, "/sitemap.xml")
    text = page(client, "/sitemap-1.xml")
    for lang in ("zh-cn", "en"):
        for path in (
            "/",
            "/products",
            "/products/category/btc",
            "/products/brand/bitmain",
            f"/products/{product.slug}",
        ):
            assert f"<loc>http://127.0.0.1:8000/{lang}{path}</loc>" in text
    assert f"<lastmod>{now().date().isoformat()}</lastmod>" in text
    page(client, "/sitemap-2.xml", 404)


def test_a_withdrawn_product_is_nowhere(client: FlaskClient):
    product = a_product()
    slug = product.slug
    page(client, f"/en/products/{slug}")
    from app.catalog.publishing import withdraw

    withdraw(product.id, now())
    page(client, f"/en/products/{slug}", 404)
    assert slug not in page(client, "/sitemap-1.xml")
    assert slug not in page(client, "/en/products")


def test_names_are_only_text_on_every_page(client: FlaskClient):
    product = a_product("Antminer X", name_en="<img src=x onerror=1>", name_zh="<b>蚂蚁</b>")
    for path in ("/en/", "/en/products", f"/en/products/{product.slug}", f"/en/compare?sku={product.skus[0].code}"):
        assert "<img src=x" not in page(client, path)
    assert db.session.get(Product, product.id) is not None

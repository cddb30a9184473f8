"""Finding machines by whatever people type, in both languages."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.catalog.commands import SHIPPED_SHEET
from app.catalog.filters import Filters
from app.catalog.importing import import_sheet
from app.catalog.publishing import withdraw
from app.catalog.queries import listed
from app.catalog.shelf_reading import shelf_now
from app.foundation.clock import now
from app.foundation.database import db
from app.search.building import build
from app.search.finding import Hits, search
from app.search.index import IndexFile
from tests.catalog.builders import a_product
from tests.catalog.test_pages import main, page


def hits(text: str) -> Hits:
    return search(db.session(), shelf_now(), text)


def found(text: str, limit: int = 50) -> list[str]:
    """Names and speeds of what was found, in the order of the search page."""
    shelf = shelf_now()
    answer = shelf.find(Filters(), hits(text).members)
    rows = listed(db.session(), shelf.page(answer, "relevance", 0, limit))
    return [f"{row.name_en} {(row.hashrate or 0) // 10**12}T" for row in rows]


@pytest.fixture
def machines(app: Flask) -> None:
    import_sheet(SHIPPED_SHEET.read_bytes(), now())


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("text", ["蚂蚁", "Antminer", "bitmain", "比特大陆", "蚂蚁矿机", "BITMAIN"])
def test_a_brand_is_found_by_each_of_its_names(text: str):
    assert len(found(text, 100)) == 70


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("text", ["s19pro", "S19 Pro", "s19 PRO", "Ｓ１９Ｐｒｏ", "蚂蚁s19pro", "antminer s19 pro"])
def test_a_model_is_found_however_it_is_spaced(text: str):
    assert found(text)[0] == "Bitmain Antminer S19 Pro 110T"


@pytest.mark.usefixtures("machines")
def test_the_shortest_name_comes_first():
    names = found("M63S")
    assert names[:2] == ["MicroBT WhatsMiner M63S 406T", "MicroBT WhatsMiner M63S 390T"]
    assert names[-1] == "MicroBT WhatsMiner M63S++ 464T"


@pytest.mark.usefixtures("machines")
def test_a_plus_is_looked_for():
    assert found("M63S++") == ["MicroBT WhatsMiner M63S++ 464T"]


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("水冷", 50),
        ("浸没", 11),
        ("神马 浸没", 6),
        ("神马", 47),
        ("阿瓦隆", 21),
        ("莱特币", 14),
        ("狗狗币 水冷", 3),
        ("矿机", 189),
    ],
)
def test_words_of_the_trade_count_what_the_catalogue_holds(text: str, count: int):
    assert hits(text).members.bit_count() == count


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("蚁", "Bitmain"),
        ("隆", "Canaan"),
        ("瓦隆", "Canaan"),
        ("蚂蚁矿", "Bitmain"),
        ("神马矿机", "MicroBT"),
        ("嘉楠", "Canaan"),
    ],
)
def test_chinese_is_found_by_one_two_three_and_more_characters(text: str, brand: str):
    names = found(text, 200)
    assert names
    assert {name.split()[0] for name in names} == {brand}
    assert len(names) == len(found(brand, 200))


@pytest.mark.usefixtures("machines")
def test_no_chinese_character_finds_what_does_not_hold_it():
    assert {name.split()[0] for name in found("马", 200)} == {"MicroBT"}
    assert found("龙", 200) == []


@pytest.mark.usefixtures("machines")
def test_figures_range_over_the_machines():
    assert all(int(name.rsplit(" ", 1)[1][:-1]) >= 500 for name in found("500T以上"))
    assert len(found("500T以上", 100)) > 10
    assert found("<10 J/T") == found("能效 10 J/T 以下") or len(found("<10 J/T")) >= 4


@pytest.mark.usefixtures("machines")
def test_a_figure_that_nothing_has_is_widened_by_a_tenth_and_said():
    answer = hits("197T")
    assert answer.nearly
    assert "Bitmain Antminer S21 200T" in found("197T")


@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whatsmner", "whatsminer"),
        ("antmienr s21", "antminer s21"),
        ("avalom", "avalon"),
        ("马蚁", "蚂蚁"),
        ("godlshell", "goldshell"),
    ],
)
def test_a_slip_is_corrected_from_our_own_words(typed: str, meant: str):
    assert hits(typed).members == 0
    assert hits(typed).did_you_mean == meant


@pytest.mark.usefixtures("machines")
def test_what_is_like_nothing_here_is_not_corrected():
    assert hits("xyzzyplugh").did_you_mean is None


HOSTILE = [
    '"', "'", '" OR 1=1 --', "NEAR(s 19)", "*", "s* AND t", "words:s21", "{words}", "^s21", "s21 NOT pro", "--", "((((",
    "\\", "<script>alert(1)</script>", "%", "_", "\x00", "😀", "a" * 5000, "1" * 5000, "/../../", "{{7*7}}", "¥", "+",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(client: FlaskClient, text: str):
    a_product("Antminer S21")
    for path in ("/en/search", "/zh-cn/search", "/en/search/suggestions"):
        answer = client.get(path, query_string={"q": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.get_data(as_text=True)


def test_the_search_page_says_what_it_understood_and_keeps_what_was_typed(client: FlaskClient):
    a_product("Antminer S21", cooling="hydro")
    html = page(client, "/zh-cn/search?q=水冷 100T以上")
    assert "散热: 水冷" in main(html)
    assert 'value="水冷 100T以上"' in html
    assert "S21" in main(html)


def test_results_can_be_filtered_further_and_keep_the_search(client: FlaskClient):
    a_product("Antminer S21", cooling="hydro")
    a_product("Antminer S21 XP", cooling="air")
    html = page(client, "/en/search?q=s21&cooling=air")
    assert "1 variant" in main(html)
    assert '<input type="hidden" name="q" value="s21">' in html


def test_an_empty_result_helps_on(client: FlaskClient):
    a_product("WhatsMiner M63S", brand="MicroBT")
    html = page(client, "/en/search?q=whatsmner")
    assert 'href="/en/search?q=whatsminer"' in html
    assert "/en/products/brand/microbt" in html


def test_nothing_typed_is_no_error(client: FlaskClient):
    assert "Type a model" in main(page(client, "/en/search"))
    assert client.get("/en/search/suggestions").get_data(as_text=True) == ""


def test_suggestions_are_links_to_products(client: FlaskClient):
    a_product("Antminer S21")
    text = client.get("/zh-cn/search/suggestions?q=s2").get_data(as_text=True)
    assert "/zh-cn/products/bitmain-antminer-s21" not in text, "figures are whole: s2 is no beginning of s21"
    text = client.get("/zh-cn/search/suggestions?q=antm").get_data(as_text=True)
    assert '<li><a href="/zh-cn/products/bitmain-antminer-s21">' in text


def test_a_changed_catalogue_is_searched_at_once(client: FlaskClient):
    product = a_product("Antminer S21")
    assert "S21" in main(page(client, "/en/search?q=s21"))
    withdraw(product.id, now())
    assert "Nothing found" in main(page(client, "/en/search?q=s21"))


def test_of_two_processes_only_one_builds_and_a_reader_never_sees_half_a_file(app: Flask, tmp_path: Path):
    import fcntl

    a_product("Antminer S21")
    file = tmp_path / "search.db"
    assert build(db.session(), file, 1)
    index = IndexFile(file)
    with file.with_suffix(".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert not build(db.session(), file, 2)
        assert index.version == 1
    assert build(db.session(), file, 2)
    assert index.version == 2
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.clause("1.1.2b")
@pytest.mark.usefixtures("machines")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_search_needs_neither_cookie_nor_account_nor_script(app: Flask, lang: str):
    page = app.test_client(use_cookies=False).get(f"/{lang}/search?q=s19pro")
    assert page.status_code == 200
    assert "S19 Pro" in page.text

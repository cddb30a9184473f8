"""The goods desk: products, variants, prices, pictures, stock, warehouses, through the pages; unknown stays unknown."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.catalog.futures import Terms
from app.catalog.models import DRAFT, PUBLISHED, WITHDRAWN, Brand, Product, Sku, SkuPrice
from app.catalog.pictures import pictures_of
from app.foundation.audit import LedgerEntry
from app.foundation.clock import today
from app.foundation.database import db, transaction
from app.foundation.money import Money
from app.stock.models import StockMovement, Warehouse
from app.stock.proving import LevelsDiffer, prove_levels
from app.stock.queries import levels_off_ledger
from tests.backoffice.builders import Desk
from tests.catalog.builders import a_product, a_service, a_sku
from tests.checkout.builders import an_order
from tests.stock.builders import LOT, a_stocked_sku, a_warehouse, level_of, lots_in

HOSTILE = [
    "abc",
    "-1",
    "1e9",
    "1.2.3",
    "9" * 40,
    "<b>",
    "\x00",
    "😀",
    "NaN",
    "Infinity",
    "１．５．",
    "0x10",
    "x" * 5000,
]
FIGURES = (
    "hashrate", "power", "efficiency", "noise_low_db", "noise_high_db", "weight", "size_mm", "released",
    "warranty_months", "moq", "delivery_month",
)  # fmt: skip


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app, "clerk")


def fresh(row: Any) -> Any:
    db.session.expire_all()
    return db.session.get_one(type(row), row.id)


def text_of(product: Product, **more: str) -> dict[str, Any]:
    fields = {name: getattr(product, name) for name in ("kind", "model", "name_zh", "name_en")}
    return {**fields, "brand": str(product.brand_id), "category": str(product.category_id), **more}


def facts(**more: str) -> dict[str, str]:
    return {
        "hashrate": "200", "hashrate_unit": "TH/s", "power": "3,500", "condition": "new", "moq": "1",
        "delivery": "spot", **more,
    }  # fmt: skip


def a_picture(kind: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#0a6b6b").save(out, kind)
    out.seek(0)
    return out


def test_a_product_is_created_as_a_draft_gets_a_variant_and_is_published(desk):
    like = a_product()
    answer = desk.post("/goods/new", "ProductForm", text_of(like, model="Antminer X1", name_zh="新", name_en="New"))
    assert answer.status_code == 303
    made = db.session.scalars(select(Product).where(Product.model == "Antminer X1")).one()
    assert made.state == DRAFT
    assert desk.post(f"/goods/{made.id}/publication", "backoffice.goods").status_code == 409
    assert desk.post(f"/goods/{made.id}/skus/new", "SkuForm", facts()).status_code == 303
    assert desk.post(f"/goods/{made.id}/publication", "backoffice.goods").status_code == 303
    made = fresh(made)
    assert (made.state, made.skus[0].power_mw, made.skus[0].efficiency_fj) == (PUBLISHED, 3_500_000, 17_500)


def test_a_published_product_is_withdrawn(desk):
    product = a_product()
    desk.post(f"/goods/{product.id}/withdrawal", "backoffice.goods")
    assert fresh(product).state == WITHDRAWN


def test_a_taken_maker_and_model_is_refused_at_the_field(desk):
    taken = a_product()
    answer = desk.post("/goods/new", "ProductForm", text_of(taken))
    assert answer.status_code == 422
    assert 'id="model-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["kind", "brand", "category", "coins", "model", "name_zh", "name_en", "about_zh"])
@pytest.mark.parametrize("value", ["", "nonsense", "99999", "\x07", "x" * 9000])
def test_no_value_of_a_product_breaks_its_page(desk, name, value):
    product = a_product()
    answer = desk.post(f"/goods/{product.id}", "ProductForm", text_of(product, **{name: value}))
    assert answer.status_code in (303, 422)


def test_a_category_of_another_kind_is_refused(desk):
    service = a_service()
    machine = a_product()
    answer = desk.post(
        f"/goods/{machine.id}", "ProductForm", text_of(machine, category=str(service.product.category_id))
    )
    assert (answer.status_code, fresh(machine).category.unit) == (422, "TH/s")


def test_unknown_facts_stay_unknown_and_saving_what_was_shown_changes_nothing(desk):
    sku = a_sku(weight_g=None, power_mw=3_333_333, noise_low_db=None)
    before = {column.key: getattr(sku, column.key) for column in Sku.__table__.columns}
    page = desk.get(f"/goods/skus/{sku.id}").get_data(as_text=True)
    answer = desk.post(f"/goods/skus/{sku.id}", "SkuForm", shown_values(page))
    assert answer.status_code == 303
    assert {column.key: getattr(fresh(sku), column.key) for column in Sku.__table__.columns} == before


def shown_values(page: str) -> dict[str, str]:
    """What a browser would send back of the form of facts."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.values: dict[str, str] = {}
            self.select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "input" and given.get("name") and given.get("type") != "hidden":
                self.values[given["name"] or ""] = given.get("value") or ""
            if tag == "select":
                self.select = given.get("name") or ""
            if tag == "option" and "selected" in given:
                self.values[self.select] = given.get("value") or ""

    reader = Reader()
    reader.feed(page)
    return {name: value for name, value in reader.values.items() if not name.startswith("price-")}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("value", HOSTILE)
def test_a_figure_that_is_none_is_refused_at_its_field_and_stays(desk, name, value):
    sku = a_sku()
    fields = facts(**{"delivery": "futures", "delivery_month": "2027-01", name: value})
    answer = desk.post(f"/goods/skus/{sku.id}", "SkuForm", fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{name}-error"' in page
    if value.isalnum() and len(value) < 20:
        assert f'value="{value}"' in page


@pytest.mark.parametrize("name", ["hashrate_unit", "cooling", "condition", "delivery", "psu_included"])
def test_a_choice_off_the_list_is_refused_at_its_field(desk, name):
    sku = a_sku()
    answer = desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(**{name: "nonsense"}))
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"hashrate_unit": ""}, "hashrate"),
        ({"hashrate": "", "efficiency": "20"}, "efficiency"),
        ({"efficiency": "30"}, "efficiency"),
        ({"noise_low_db": "80", "noise_high_db": "50"}, "noise_high_db"),
        ({"delivery": "futures"}, "delivery_month"),
        ({"moq": ""}, "moq"),
        ({"hashrate": "999999999999", "hashrate_unit": "EH/s"}, "hashrate"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(desk, given, field):
    sku = a_sku()
    answer = desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(**given))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_full_width_digits_are_understood(desk):
    sku = a_sku()
    desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(power="３，５１０", moq="２"))
    assert (fresh(sku).power_mw, fresh(sku).moq) == (3_510_000, 2)


def test_a_minimum_order_of_more_than_is_left_takes_the_goods_off_sale(desk):
    sku, _ = a_stocked_sku(5)
    for moq, on_sale in (("5", True), ("6", False), ("1", True)):
        desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(moq=moq))
        assert fresh(sku).available is on_sale


def test_a_price_changes_with_its_reason_and_its_history_is_shown(desk):
    sku = a_sku()
    desk.post(f"/goods/skus/{sku.id}/prices", "PriceForm", {"price": "12,888.50", "reason": "spring"}, "price-")
    assert fresh(sku).price == Money.yuan("12888.50")
    entry = db.session.scalars(select(SkuPrice).where(SkuPrice.sku_id == sku.id)).one()
    assert (entry.price, entry.reason) == (Money.yuan("12888.50"), "spring")
    assert "spring" in desk.get(f"/goods/skus/{sku.id}").get_data(as_text=True)


@pytest.mark.parametrize("price", ["0", "0.001", "100000000", *HOSTILE])
def test_a_price_that_cannot_be_is_refused(desk, price):
    sku = a_sku()
    answer = desk.post(f"/goods/skus/{sku.id}/prices", "PriceForm", {"price": price, "reason": "x"}, "price-")
    assert (answer.status_code, fresh(sku).price) == (422, Money.yuan(13_999))
    assert 'id="price-price-error"' in answer.get_data(as_text=True)


def test_a_price_needs_a_reason(desk):
    sku = a_sku()
    answer = desk.post(f"/goods/skus/{sku.id}/prices", "PriceForm", {"price": "5", "reason": " "}, "price-")
    assert (answer.status_code, fresh(sku).price) == (422, Money.yuan(13_999))


def test_a_variant_goes_off_sale_and_back(desk):
    sku = a_sku()
    desk.post(f"/goods/skus/{sku.id}/withdrawal", "backoffice.goods")
    assert fresh(sku).withdrawn
    desk.post(f"/goods/skus/{sku.id}/return", "backoffice.goods")
    assert not fresh(sku).withdrawn


def upload(desk: Desk, product: Product, file: io.BytesIO, name: str = "a.png", **more: str):
    fields = {"file": (file, name), "alt_zh": "正面", "alt_en": "Front", **more}
    return desk.post(f"/goods/{product.id}/pictures", "PictureForm", fields, content_type="multipart/form-data")


def test_a_picture_is_taken_shown_put_first_and_removed(desk, client):
    product = a_product()
    for kind in ("PNG", "JPEG"):
        assert upload(desk, product, a_picture(kind)).status_code == 303
    first, second = pictures_of(db.session(), product.id)
    src = re.search(r'<img src="([^"]+)"', desk.get(f"/goods/{product.id}/pictures").get_data(as_text=True))
    assert src
    shown = client.get(src[1])
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert "immutable" in shown.headers["Cache-Control"]
    desk.post(f"/goods/{product.id}/pictures/{second.id}/first-place", "backoffice.pictures")
    db.session.expire_all()
    assert [each.id for each in pictures_of(db.session(), product.id)] == [second.id, first.id]
    desk.post(f"/goods/{product.id}/pictures/{second.id}/removal", "backoffice.pictures")
    assert [each.id for each in pictures_of(db.session(), product.id)] == [first.id]


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"x" * 9_000_000])
def test_what_is_no_picture_is_refused_at_the_field(desk, content):
    product = a_product()
    answer = upload(desk, product, io.BytesIO(content))
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.get_data(as_text=True)
    assert 'value="Front"' in answer.get_data(as_text=True)


def test_a_picture_needs_words_in_both_languages(desk):
    product = a_product()
    assert upload(desk, product, a_picture(), alt_zh="").status_code == 422
    assert not pictures_of(db.session(), product.id)


def test_a_picture_of_another_product_is_not_touched(desk):
    mine, other = a_product(), a_product()
    upload(desk, other, a_picture())
    picture = pictures_of(db.session(), other.id)[0]
    answer = desk.post(f"/goods/{mine.id}/pictures/{picture.id}/removal", "backoffice.pictures")
    assert answer.status_code == 404
    assert pictures_of(db.session(), other.id)


def change(desk: Desk, sku: Sku, what: str, form: str, **fields: Any):
    given = {"quantity": "3", "reason": "count", "lot": LOT, **{name: str(value) for name, value in fields.items()}}
    prefix = {"ReceiveForm": "receive-", "AdjustForm": "adjust-", "MoveForm": "move-"}[form]
    return desk.post(f"/goods/skus/{sku.id}/{what}", form, given, prefix)


def test_stock_is_received_corrected_and_moved_with_a_reason_in_the_ledger(desk):
    sku, (here, there) = a_stocked_sku(5, 0)
    change(desk, sku, "receipts", "ReceiveForm", warehouse=here.id, quantity=10, reason="delivery 17")
    change(desk, sku, "adjustments", "AdjustForm", warehouse=here.id, quantity=1, direction="fewer")
    change(desk, sku, "moves", "MoveForm", warehouse=here.id, target=there.id, quantity=4)
    assert (level_of(sku, here)[0], level_of(sku, there)[0]) == (10, 4)
    assert levels_off_ledger(db.session()) == []
    page = desk.get(f"/goods/skus/{sku.id}/stock").get_data(as_text=True)
    assert "delivery 17" in page
    actors = db.session.scalars(select(StockMovement.actor).where(StockMovement.reason == "delivery 17")).all()
    assert actors == [desk.account.audit_ref]


def test_a_delivery_sent_twice_is_received_once(desk):
    sku, [here] = a_stocked_sku(5)
    fields = {"warehouse": str(here.id), "quantity": "10", "lot": LOT, "reason": "delivery 17"}
    sent = {f"receive-{name}": value for name, value in {**fields, "form_token": desk.token("ReceiveForm")}.items()}
    answers = [desk.client.post(f"/en/desk/goods/skus/{sku.id}/receipts", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303] and level_of(sku, here) == (15, 0)


def test_a_delivery_can_be_of_a_new_lot_and_without_a_name_is_of_the_lot_of_today(desk):
    sku, (here,) = a_stocked_sku(5)
    assert change(desk, sku, "receipts", "ReceiveForm", warehouse=here.id, lot="C-12").status_code == 303
    assert change(desk, sku, "receipts", "ReceiveForm", warehouse=here.id, lot="").status_code == 303
    assert list(lots_in(sku, here)) == [LOT, "C-12", today().isoformat()]
    page = desk.get(f"/goods/skus/{sku.id}/stock").get_data(as_text=True)
    assert '<td class="figure">C-12</td>' in page and '<option value="C-12">C-12</option>' in page


@pytest.mark.parametrize("lot", ["", "Z", *HOSTILE])
def test_a_count_or_a_move_of_a_lot_that_is_not_there_changes_nothing(desk, lot):
    sku, (here, there) = a_stocked_sku(5, 0)
    for what, form in (("adjustments", "AdjustForm"), ("moves", "MoveForm")):
        answer = change(desk, sku, what, form, warehouse=here.id, target=there.id, lot=lot, direction="more")
        assert answer.status_code == 422, what
    assert level_of(sku, here) == (5, 0)


def test_an_alarm_stands_on_the_first_page_of_the_desk(desk):
    a_stocked_sku(5)
    with transaction() as session:
        session.connection().exec_driver_sql("UPDATE stock_levels SET on_hand = 6")
    with pytest.raises(LevelsDiffer):
        prove_levels()
    assert "The stock of some warehouse is not what its movements add up to." in desk.get("").get_data(as_text=True)


@pytest.mark.parametrize("quantity", ["", "0", "1.5", "9999999999", *HOSTILE])
def test_a_quantity_that_is_none_changes_nothing(desk, quantity):
    sku, (here,) = a_stocked_sku(5)
    for what, form in (("receipts", "ReceiveForm"), ("adjustments", "AdjustForm")):
        answer = change(desk, sku, what, form, warehouse=here.id, quantity=quantity, direction="more")
        assert answer.status_code == 422, what
    assert level_of(sku, here) == (5, 0)


@pytest.mark.parametrize("warehouse", ["", "0", "999999999999999999999", "nonsense"])
def test_an_unknown_warehouse_changes_nothing(desk, warehouse):
    sku, (here,) = a_stocked_sku(5)
    assert change(desk, sku, "receipts", "ReceiveForm", warehouse=warehouse).status_code == 422
    assert level_of(sku, here) == (5, 0)


def test_more_than_is_free_is_neither_moved_nor_counted_away(desk):
    sku, (here, there) = a_stocked_sku(2, 0)
    assert change(desk, sku, "moves", "MoveForm", warehouse=here.id, target=there.id).status_code == 422
    assert change(desk, sku, "adjustments", "AdjustForm", warehouse=here.id, direction="fewer").status_code == 422
    assert change(desk, sku, "moves", "MoveForm", warehouse=here.id, target=here.id, quantity=1).status_code == 422
    assert level_of(sku, here) == (2, 0)


def test_no_change_of_stock_without_a_reason(desk):
    sku, (here,) = a_stocked_sku(5)
    answer = change(desk, sku, "receipts", "ReceiveForm", warehouse=here.id, reason="   ")
    assert (answer.status_code, level_of(sku, here)) == (422, (5, 0))


def test_a_service_has_no_stock_page_to_change(desk):
    sku, place = a_service(), a_warehouse()
    assert desk.get(f"/goods/skus/{sku.id}/stock").status_code == 200
    assert change(desk, sku, "receipts", "ReceiveForm", warehouse=place.id).status_code == 422


def test_a_warehouse_is_opened_edited_and_closed_only_when_empty(desk):
    fields = {"code": "harbin", "name_zh": "哈尔滨仓", "name_en": "Harbin", "province": "heilongjiang", "position": "9"}
    assert desk.post("/warehouses/new", "WarehouseForm", fields).status_code == 303
    assert desk.post("/warehouses/new", "WarehouseForm", fields).status_code == 422
    place = db.session.scalars(select(Warehouse).where(Warehouse.code == "harbin")).one()
    desk.post(f"/warehouses/{place.id}", "WarehouseForm", {**fields, "code": "other", "name_en": "Harbin 2"})
    assert (fresh(place).code, fresh(place).name_en) == ("harbin", "Harbin 2")
    desk.post(f"/warehouses/{place.id}/closure", "backoffice.warehouses")
    assert fresh(place).closed
    _, (full,) = a_stocked_sku(1)
    assert desk.post(f"/warehouses/{full.id}/closure", "backoffice.warehouses").status_code == 409
    assert not fresh(full).closed


@pytest.mark.parametrize("fields", [{"code": "Ü"}, {"province": "atlantis"}, {"position": "-1"}, {"name_zh": ""}])
def test_a_warehouse_with_nonsense_is_refused(desk, fields):
    good = {"code": "harbin", "name_zh": "哈", "name_en": "H", "province": "heilongjiang", "position": "9"}
    answer = desk.post("/warehouses/new", "WarehouseForm", {**good, **fields})
    assert answer.status_code == 422
    assert f'id="{next(iter(fields))}-error"' in answer.get_data(as_text=True)


def test_a_maker_is_added_once(desk):
    fields = {"name_zh": "新厂", "name_en": "New Maker", "aliases": "新厂\nnm\n\n新厂"}
    assert desk.post("/goods/makers/new", "MakerForm", fields).status_code == 303
    assert desk.post("/goods/makers/new", "MakerForm", fields).status_code == 422
    maker = db.session.scalars(select(Brand).where(Brand.code == "new-maker")).one()
    assert maker.aliases == "新厂\nnm"
    assert desk.post("/goods/makers/new", "MakerForm", {**fields, "name_en": "纯中文"}).status_code == 422


def test_every_act_of_the_goods_desk_is_on_the_ledger_with_its_actor(desk):
    sku, (here,) = a_stocked_sku(5)
    desk.post(f"/goods/skus/{sku.id}/prices", "PriceForm", {"price": "5", "reason": "x"}, "price-")
    change(desk, sku, "receipts", "ReceiveForm", warehouse=here.id)
    desk.post(f"/goods/{sku.product_id}/withdrawal", "backoffice.goods")
    mine = db.session.scalars(select(LedgerEntry.event).where(LedgerEntry.actor == desk.account.audit_ref)).all()
    assert {"sku.priced", "stock.received", "product.withdrawn"} <= set(mine)


@pytest.mark.parametrize("number", ["0", "99999999", "2147483647", "2147483648", "9" * 30, "-1", "x"])
def test_what_is_not_there_is_not_found(desk, number):
    for path in (f"/goods/{number}", f"/goods/skus/{number}", f"/goods/skus/{number}/stock", f"/warehouses/{number}"):
        assert desk.get(path).status_code == 404, path


TERMS = {
    "delivery": "futures", "delivery_month": "2027-03", "deposit_percent": "30", "balance_days": "7",
    "grace_days": "10", "daily_percent": "0.05", "cap_percent": "5",
}  # fmt: skip


def test_terms_of_futures_are_stated_shown_again_and_gone_with_the_futures(desk):
    sku = a_sku()
    assert desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(**TERMS)).status_code == 303
    assert fresh(sku).futures_terms.terms == Terms(30, 7, 10, 5, 5)
    shown = shown_values(desk.get(f"/goods/skus/{sku.id}").get_data(as_text=True))
    assert {name: shown[name] for name in TERMS} == TERMS
    desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(**{**TERMS, "delivery": "spot"}))
    assert fresh(sku).futures_terms is None


@pytest.mark.parametrize("missing", [name for name in TERMS if "delivery" not in name])
def test_terms_of_futures_are_stated_whole(desk, missing):
    sku = a_sku()
    answer = desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(**{**TERMS, missing: ""}))
    assert answer.status_code == 422 and 'id="deposit_percent-error"' in answer.get_data(as_text=True)
    assert fresh(sku).futures_terms is None


@pytest.mark.parametrize(("name", "value"), [
    ("deposit_percent", "0"), ("deposit_percent", "101"), ("deposit_percent", "30.5"), ("balance_days", "-1"),
    ("grace_days", "9999"), ("daily_percent", "0.001"), ("cap_percent", "nonsense"),
])  # fmt: skip
def test_no_figure_of_futures_breaks_the_page(desk, name, value):
    sku = a_sku()
    answer = desk.post(f"/goods/skus/{sku.id}", "SkuForm", facts(**{**TERMS, name: value}))
    assert answer.status_code == 422 and f'id="{name}-error"' in answer.get_data(as_text=True)
    assert fresh(sku).futures_terms is None


def test_the_ledger_of_stock_shows_every_movement_and_finds_by_order_and_by_sku(desk):
    sku, _ = a_stocked_sku(5)
    other, _ = a_stocked_sku(7)
    order = an_order(sku, quantity=2)
    everything = desk.get("/stock").get_data(as_text=True)
    assert sku.code in everything and other.code in everything and order.number in everything
    of_order = desk.get(f"/stock?q={order.number}").get_data(as_text=True)
    assert "Held for an order" in of_order and other.code not in of_order and "Received" not in of_order
    of_sku = desk.get(f"/stock?q={other.code}").get_data(as_text=True)
    assert other.code in of_sku and order.number not in of_sku


@pytest.mark.parametrize("text", ["", "%", *HOSTILE])
def test_no_search_of_the_ledger_of_stock_breaks_it(desk, text):
    a_stocked_sku(5)
    assert desk.client.get("/en/desk/stock", query_string={"q": text}).status_code == 200

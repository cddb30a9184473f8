"""What the goods desk does: write, publish, withdraw, price, picture; each audited, each seen by shoppers at once."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.catalog.errors import AddressTaken, BadPrice, MonthMissing, NoAddress, NothingToShow, TooManyPictures
from app.catalog.models import PUBLISHED, WITHDRAWN
from app.catalog.pictures import add_picture, picture_path, pictures_of, remove_picture
from app.catalog.pricing import prices_of, set_price
from app.catalog.publishing import ProductText, create_product, edit_product, publish, withdraw
from app.catalog.variants import Variant, add_variant, edit_variant, return_variant, withdraw_variant
from app.catalog.versions import standing
from app.catalog.vocabulary import FUTURES, MACHINE, USED
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.money import Money
from app.foundation.uploads import BadPicture
from tests.catalog.builders import a_brand, a_category, a_product, a_sku

pytestmark = pytest.mark.usefixtures("app")


def a_text(model: str = "Antminer S99", **values: object) -> ProductText:
    with transaction() as session:
        brand, category = a_brand(), a_category()
        session.add_all([brand, category])
        session.flush()
        ids = {"brand_id": brand.id, "category_id": category.id}
    named = {"name_zh": f"蚂蚁 {model}", "name_en": f"Bitmain {model}"}
    return ProductText(kind=MACHINE, model=model, **{**ids, **named, **values})  # type: ignore[arg-type]


def a_photograph(size: tuple[int, int] = (1600, 900)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "gray").save(out, "JPEG", comment=b"shot by somebody")
    return out.getvalue()


def test_a_new_product_is_a_draft_at_the_address_of_maker_and_model():
    product = create_product(a_text("Antminer S99++"), now(), actor=5)
    assert (product.slug, product.state) == ("bitmain-antminer-s99-plus-plus", "draft")
    assert db.session.scalars(select(LedgerEntry.event)).all() == ["product.created"]


def test_two_products_cannot_share_an_address():
    create_product(a_text(), now())
    with pytest.raises(AddressTaken):
        create_product(a_text("ANTMINER-S99"), now())


def test_a_maker_written_only_in_chinese_still_needs_a_latin_address():
    with transaction() as session:
        brand = a_brand()
        brand.name_en = "矿机"
        session.add(brand)
    with pytest.raises(NoAddress):
        create_product(a_text("蚂蚁"), now())


def test_the_address_follows_the_model_until_it_was_published_and_never_after():
    product = create_product(a_text(), now())
    add_variant(product.id, Variant(), now())
    edit_product(product.id, a_text("Antminer S98"), now())
    assert product.slug == "bitmain-antminer-s98"
    publish(product.id, now())
    edit_product(product.id, a_text("Antminer S97"), now())
    assert (product.slug, product.model) == ("bitmain-antminer-s98", "Antminer S97")


def test_a_product_without_a_variant_cannot_be_published():
    product = create_product(a_text(), now())
    with pytest.raises(NothingToShow):
        publish(product.id, now())


def test_publishing_and_withdrawing_can_be_repeated_and_write_one_entry_each():
    product = create_product(a_text(), now())
    add_variant(product.id, Variant(), now())
    for act, state in ((publish, PUBLISHED), (publish, PUBLISHED), (withdraw, WITHDRAWN), (withdraw, WITHDRAWN)):
        assert act(product.id, now()).state == state
    events = db.session.scalars(select(LedgerEntry.event)).all()
    assert sorted(events) == ["product.created", "product.published", "product.withdrawn", "sku.added"]


def test_variants_have_codes_that_tell_them_apart():
    product = create_product(a_text(), now())
    fast = Variant(hashrate=200 * 10**12, hashrate_unit="TH/s")
    used = Variant(hashrate=200 * 10**12, hashrate_unit="TH/s", condition=USED)
    coming = Variant(hashrate=200 * 10**12, hashrate_unit="TH/s", delivery=FUTURES, delivery_month="2027-03")
    codes = [add_variant(product.id, variant, now()).code for variant in (fast, fast, used, coming)]
    stem = "bitmain-antminer-s99-200t"
    assert codes == [stem, f"{stem}-2", f"{stem}-used", f"{stem}-2027-03"]


def test_futures_name_their_month_and_what_becomes_spot_forgets_it():
    sku = a_sku()
    with pytest.raises(MonthMissing):
        edit_variant(sku.id, Variant(delivery=FUTURES), now())
    edit_variant(sku.id, Variant(delivery=FUTURES, delivery_month="2027-03"), now())
    edit_variant(sku.id, Variant(delivery_month="2027-03"), now())
    assert sku.delivery_month is None


def test_a_variant_can_be_taken_off_sale_and_brought_back():
    sku = a_sku()
    assert not withdraw_variant(sku.id, now()).is_on_sale
    assert return_variant(sku.id, now()).is_on_sale


def test_efficiency_is_worked_out_where_the_desk_gives_power_and_hashrate():
    sku = a_sku()
    edit_variant(sku.id, Variant(hashrate=100 * 10**12, hashrate_unit="TH/s", power_mw=3_000_000), now())
    assert sku.efficiency_fj == 30_000


def test_every_price_stays_in_the_history():
    sku = a_sku(price=None)
    for amount in ("13999", "12999.50", "12999.50"):
        set_price(sku.id, Money.yuan(amount), now(), reason="market", actor=5)
    assert [entry.price for entry in prices_of(db.session(), sku.id)] == [Money.yuan("12999.50"), Money.yuan(13999)]
    assert sku.price == Money.yuan("12999.50")


def test_a_price_can_be_taken_away_so_that_nobody_can_order():
    sku = a_sku()
    set_price(sku.id, None, now())
    assert not sku.is_on_sale


@pytest.mark.parametrize("fen", [0, -1, 100_000_000_00])
def test_a_price_is_positive_and_of_this_world(fen: int):
    with pytest.raises(BadPrice):
        set_price(a_sku().id, Money(fen), now())


def test_every_act_moves_the_catalogue_version():
    sku = a_sku()
    version = standing(db.session()).version
    for act in (
        lambda: set_price(sku.id, Money.yuan(1), now()),
        lambda: edit_variant(sku.id, Variant(moq=3), now()),
        lambda: withdraw_variant(sku.id, now()),
        lambda: withdraw(sku.product_id, now()),
    ):
        act()
        assert standing(db.session()).version > version
        version = standing(db.session()).version


def test_a_photograph_is_kept_small_and_bare(tmp_path: Path):
    product = a_product()
    picture = add_picture(product.id, a_photograph(), "正面", "Front", now(), tmp_path, actor=5)
    stored = picture_path(tmp_path, picture.name).read_bytes()
    with Image.open(io.BytesIO(stored)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("WEBP", (1200, 675), {})
    assert b"somebody" not in stored
    assert (picture.width, picture.height, picture.alt("zh")) == (1200, 675, "正面")


def test_what_is_no_picture_is_refused(tmp_path: Path):
    with pytest.raises(BadPicture):
        add_picture(a_product().id, b"<svg/>", "", "", now(), tmp_path)


def test_a_ninth_photograph_is_refused(tmp_path: Path):
    product = a_product()
    for number in range(8):
        add_picture(product.id, a_photograph((20 + number, 20)), "", "", now(), tmp_path)
    with pytest.raises(TooManyPictures):
        add_picture(product.id, a_photograph((40, 40)), "", "", now(), tmp_path)


def test_a_removed_photograph_is_gone_once_no_product_shows_it(tmp_path: Path):
    one, two = a_product(), a_product()
    first = add_picture(one.id, a_photograph(), "", "", now(), tmp_path)
    second = add_picture(two.id, a_photograph(), "", "", now(), tmp_path)
    remove_picture(first.id, now(), tmp_path)
    assert picture_path(tmp_path, second.name).exists()
    remove_picture(second.id, now(), tmp_path)
    assert not picture_path(tmp_path, second.name).exists()
    assert pictures_of(db.session(), two.id) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "g" * 32, "a" * 31])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str):
    with pytest.raises(NotFound):
        picture_path(tmp_path, name)

"""The demonstration shop: offers by a seeded rule, marked, repeatable, and sound to the last unit."""

import pytest
from sqlalchemy import func, select

from app.catalog.commands import SHIPPED_SHEET
from app.catalog.filters import Filters
from app.catalog.importing import import_sheet
from app.catalog.models import Product, Sku, SkuPrice
from app.catalog.offers import offer_for
from app.catalog.pricing import set_price
from app.catalog.shelf_reading import shelf_now
from app.catalog.vocabulary import FUTURES, SERVICE
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.money import Money
from app.stock.furnishing import furnish
from app.stock.queries import levels_off_ledger

pytestmark = pytest.mark.usefixtures("app")
MONTHS = ("2027-01", "2027-03")


def test_every_machine_gets_an_offer_and_a_second_run_changes_nothing():
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    assert furnish(1, now()) == 200
    before = db.session.execute(select(Sku.code, Sku.price, Sku.available).order_by(Sku.id)).all()
    assert furnish(1, now()) == 0
    assert db.session.execute(select(Sku.code, Sku.price, Sku.available).order_by(Sku.id)).all() == before
    assert levels_off_ledger(db.session()) == []


def test_all_of_it_is_marked_as_demonstration_and_has_its_first_price_in_the_history():
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    furnish(1, now())
    assert db.session.scalar(select(func.count()).where(Sku.is_demo.is_(False))) == 0
    assert db.session.scalar(select(func.count(SkuPrice.sku_id.distinct()))) == db.session.scalar(
        select(func.count(Sku.id))
    )


def test_the_shop_shows_spot_futures_sold_out_and_on_request():
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    furnish(1, now())
    counts = shelf_now().find(Filters()).counts
    assert min(counts["delivery"].values()) > 3
    assert min(counts["condition"].values()) > 3
    assert counts["kind"] == {"machine": 189, "part": 11, "service": 4}


def test_a_price_that_staff_set_is_left_alone():
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    sku = db.session.scalars(select(Sku).limit(1)).one()
    set_price(sku.id, Money.yuan(777), now())
    furnish(1, now())
    db.session.refresh(sku)
    assert (sku.price, sku.is_demo) == (Money.yuan(777), False)


def test_an_offer_depends_on_the_seed_and_the_code_alone():
    sku = Sku(code="bitmain-antminer-s21-200t", hashrate=200 * 10**12, hashrate_unit="TH/s", power_mw=3_500_000)
    assert offer_for(sku, 1, MONTHS) == offer_for(sku, 1, MONTHS)
    assert len({offer_for(sku, seed, MONTHS) for seed in range(20)}) > 10


def test_an_asking_price_in_dollars_leads():
    sku = Sku(code="m60s-186t", list_price_usd_cents=525_000)
    prices = {offer.price for seed in range(20) if (offer := offer_for(sku, seed, MONTHS)).price}
    assert prices == {Money.yuan("37279.00")}


def test_futures_name_a_coming_month_and_services_have_no_stock():
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    furnish(1, now())
    months = set(db.session.scalars(select(Sku.delivery_month).where(Sku.delivery == FUTURES)))
    assert None not in months
    assert min(str(month) for month in months) > now().strftime("%Y-%m")
    services = select(Sku.available).join(Product).where(Product.kind == SERVICE)
    assert set(db.session.scalars(services)) == {True}

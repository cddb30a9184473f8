"""`flask catalog import FILE` brings facts, all or nothing, and can be repeated."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.catalog.commands import SHIPPED_SHEET
from app.catalog.importing import BrokenSheet, import_sheet
from app.catalog.models import Brand, Category, Product, Sku
from app.catalog.versions import standing
from app.foundation.clock import now
from app.foundation.database import db, transaction
from tests.catalog.builders import a_row, a_sheet


def counts() -> tuple[int, ...]:
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Brand, Product, Sku))


@pytest.mark.usefixtures("app")
def test_the_shipped_sheet_becomes_189_skus_on_one_page_per_model():
    done = import_sheet(SHIPPED_SHEET.read_bytes(), now())
    assert (done.added, done.changed, done.unchanged) == (189, 0, 0)
    assert counts()[2] == 189
    s21e = db.session.scalars(select(Product).where(Product.slug == "bitmain-antminer-s21e-hyd")).one()
    assert [sku.hashrate_text for sku in s21e.skus] == ["332 TH/s", "310 TH/s", "288 TH/s"]
    assert s21e.name_zh == "比特大陆 蚂蚁矿机 S21e Hyd"


@pytest.mark.usefixtures("app")
def test_importing_twice_changes_nothing_the_second_time():
    import_sheet(SHIPPED_SHEET.read_bytes(), now())
    before, version = counts(), standing(db.session()).version
    done = import_sheet(SHIPPED_SHEET.read_bytes(), now())
    assert (done.added, done.changed, done.unchanged) == (0, 0, 189)
    assert (counts(), standing(db.session()).version) == (before, version)


@pytest.mark.usefixtures("app")
def test_a_machine_of_two_coins_stands_in_both_categories():
    import_sheet(a_sheet(a_row(model="Antminer L9", algorithm="Scrypt", coin="LTC/DOGE")), now())
    product = db.session.scalars(select(Product)).one()
    assert [coin.code for coin in product.coins] == ["ltc", "doge"]
    assert (product.category.code, product.category.unit) == ("scrypt", "GH/s")


@pytest.mark.usefixtures("app")
def test_an_algorithm_nobody_has_heard_of_compares_in_the_unit_of_its_first_machine():
    import_sheet(
        a_sheet(a_row(algorithm="Verushash 3", coin="VRSC", hashrate_unit="MH/s", efficiency="", power_w="")), now()
    )
    assert db.session.scalars(select(Category.unit).where(Category.code == "verushash-3")).one() == "MH/s"


@pytest.mark.usefixtures("app")
def test_a_changed_fact_follows_the_file_and_an_emptied_cell_erases_nothing():
    import_sheet(a_sheet(a_row(noise_db="75")), now())
    done = import_sheet(a_sheet(a_row(weight_kg="15.4", noise_db="")), now())
    sku = db.session.scalars(select(Sku)).one()
    db.session.refresh(sku)
    assert (done.changed, sku.weight_g, sku.noise_high_db) == (1, 15_400, 75)


@pytest.mark.usefixtures("app")
def test_what_the_goods_desk_wrote_survives_an_import():
    import_sheet(a_sheet(), now())
    with transaction() as session:
        session.scalars(select(Product)).one().name_zh = "蚂蚁 S21 标准版"
    import_sheet(a_sheet(a_row(noise_db="75")), now())
    assert db.session.scalars(select(Product.name_zh)).one() == "蚂蚁 S21 标准版"


@pytest.mark.usefixtures("app")
def test_one_bad_row_and_nothing_at_all_is_imported():
    with pytest.raises(BrokenSheet) as broken:
        import_sheet(a_sheet(a_row(), a_row(model="Antminer S22", hashrate="fast")), now())
    assert [fault.line for fault in broken.value.faults] == [3]
    assert counts() == (0, 0, 0)


@pytest.mark.usefixtures("app")
def test_a_row_that_would_share_the_page_of_another_machine_is_a_fault():
    import_sheet(a_sheet(), now())
    with pytest.raises(BrokenSheet, match="1 fault"):
        import_sheet(a_sheet(a_row(model="ANTMINER S21")), now())


def test_the_command_says_what_it_did(app: Flask, tmp_path: Path):
    (tmp_path / "machines.csv").write_bytes(a_sheet())
    result = app.test_cli_runner().invoke(args=["catalog", "import", str(tmp_path / "machines.csv")])
    assert (result.exit_code, result.output) == (0, "1 added, 0 changed, 0 unchanged\n")


def test_the_command_names_every_fault_with_its_line_and_fails(app: Flask, tmp_path: Path):
    (tmp_path / "bad.csv").write_bytes(a_sheet(a_row(hashrate=""), a_row(power_w="x")))
    result = app.test_cli_runner().invoke(args=["catalog", "import", str(tmp_path / "bad.csv")])
    assert result.exit_code == 1
    assert "bad.csv: line 2: hashrate is missing\nbad.csv: line 3: power_w is not a plain number: x" in result.output
    assert "nothing was imported: 2 faults" in result.output

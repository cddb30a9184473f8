"""One address for both languages, in which a plus is written out."""

import pytest

from app.catalog.names import chinese_name, full_name, sku_code, slug_of


def test_machines_that_differ_by_a_plus_have_addresses_of_their_own():
    slugs = [slug_of(f"MicroBT WhatsMiner {model}") for model in ("M63S", "M63S+", "M63S++")]
    assert slugs == [
        "microbt-whatsminer-m63s",
        "microbt-whatsminer-m63s-plus",
        "microbt-whatsminer-m63s-plus-plus",
    ]


@pytest.mark.parametrize("text", ["", "矿机", "   ", "---", "x" * 81, "category", "brand"])
def test_what_makes_no_address_is_refused(text: str):
    with pytest.raises(ValueError, match="address"):
        slug_of(text)


def test_a_model_that_begins_with_its_maker_is_not_named_twice():
    assert full_name("Proto", "Proto Rig") == "Proto Rig"
    assert full_name("Bitmain", "Antminer S21") == "Bitmain Antminer S21"


def test_a_series_is_named_in_chinese_where_the_market_does():
    assert chinese_name("比特大陆", "Antminer S21 Pro") == "比特大陆 蚂蚁矿机 S21 Pro"
    assert chinese_name("Bitaxe", "Gamma 601") == "Bitaxe Gamma 601"


def test_the_code_of_a_sku_tells_machine_speed_and_condition():
    assert sku_code("bitmain-antminer-s21", "200 TH/s") == "bitmain-antminer-s21-200t"
    assert sku_code("nerdq", "4.8 TH/s", "used") == "nerdq-4p8t-used"
    assert sku_code("z15", "840 kSol/s") == "z15-840ksol"

"""Reading the province out of an address as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shipping.provinces import PROVINCES, province_in, province_named


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("广东省深圳市南山区科技路 1 号", "guangdong"),
        ("内蒙古自治区鄂尔多斯市", "neimenggu"),
        ("中国 新疆维吾尔自治区昌吉", "xinjiang"),
        ("上海市浦东新区", "shanghai"),
        ("Shenzhen, Guangdong 518000", "guangdong"),
        ("No. 1 Tianfu Road, Chengdu, Sichuan, China", "sichuan"),
        ("Inner Mongolia, Ordos", "neimenggu"),
        ("Jilin Road 5, Pudong, Shanghai", "shanghai"),
        ("Shaanxi Xi'an Yanta", "shaanxi"),
    ],
)
def test_a_province_is_read_where_the_address_names_it(address: str, code: str):
    assert province_in(address) == PROVINCES[code]


@pytest.mark.parametrize("address", ["", "吉林路 5 号", "Shanghai West Road 5", "深圳市南山区", "Shanxiland", "🚚"])
def test_a_road_or_a_town_alone_is_no_province(address: str):
    assert province_in(address) is None


def test_all_34_provinces_are_known_by_code_and_by_both_names():
    assert len(PROVINCES) == 34
    for code, province in PROVINCES.items():
        assert province_named(code) == province_named(province.zh) == province_named(province.en) == province


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str):
    assert province_in(text) is None or province_in(text) in PROVINCES.values()

"""A listing's address takes anything and means one thing."""

from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.filters import Filters, Range, read_filters


def reading(query: str) -> Filters:
    return read_filters(parse_qsl(query, keep_blank_values=True))


def test_two_addresses_that_mean_the_same_are_one():
    one = reading("brand=microbt&brand=bitmain&price_max=20000.00&page=1&hashrate_min=&utm_source=x")
    two = reading("price_max=２０,000&brand=BITMAIN&brand=microbt&brand=bitmain")
    assert one == two
    assert one.query() == "brand=bitmain&brand=microbt&price_max=20000"


@pytest.mark.parametrize("value", ["-5", "1e9", "nan", "9" * 13, "0x10", "1.1234567", "矿", "1 2", "'; drop", "--"])
def test_a_figure_that_cannot_be_read_stays_in_its_box_and_filters_nothing(value: str):
    filters = read_filters([("hashrate_min", value)])
    assert filters.is_empty
    assert filters.unread == {"hashrate_min": value[:40]}


@pytest.mark.parametrize(
    ("query", "page"),
    [("page=0", 1), ("page=-3", 1), ("page=x&page=4", 4), ("page=99999999", 1), ("page=99999", 10_000), ("page=²", 1)],
)
def test_a_page_number_is_what_can_be_made_of_it(query: str, page: int):
    assert reading(query).page == page


def test_a_range_typed_the_wrong_way_round_is_turned():
    assert reading("price_min=9000&price_max=100").ranges == {"price": Range(Decimal(100), Decimal(9000))}


def test_an_unknown_order_is_no_order():
    assert reading("sort=profit").sort == ""
    assert reading("sort=profit&sort=-price").sort == "-price"


def test_removing_a_tick_keeps_the_rest_and_goes_back_to_page_one():
    filters = reading("brand=bitmain&brand=canaan&cooling=air&sort=price&page=3")
    assert filters.without("brand", "canaan").query() == "brand=bitmain&cooling=air&sort=price"
    assert filters.cleared().query() == "sort=price"


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=20))
def test_no_query_string_whatever_is_an_error_and_reading_back_changes_nothing(pairs: list[tuple[str, str]]):
    filters = read_filters(pairs)
    assert read_filters(parse_qsl(filters.query())) == filters


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["brand", "page", "sort", "price_min", "price_max", "hashrate_min"]),
            st.text("0123456789.,-_abAB ", max_size=9),
        ),
        max_size=12,
    )
)
def test_what_was_read_once_reads_the_same_again(pairs: list[tuple[str, str]]):
    filters = read_filters(pairs)
    assert read_filters(parse_qsl(filters.query())) == filters

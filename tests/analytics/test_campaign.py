"""UTM fields are closed to what a marketer registered; everything else in them is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.campaign import NO_CAMPAIGN, Utm, campaign_of, utm_of

REGISTERED = {
    Utm("weibo", "cpc", "double-11"): 1,
    Utm("weibo", "cpc", "double-11", content="red"): 2,
    Utm("weibo"): 3,
    Utm(medium="edm"): 4,
}


def args(**fields: str) -> dict[str, str]:
    return {f"utm_{field}": value for field, value in fields.items()}


@pytest.mark.clause("2.9")
@pytest.mark.parametrize(
    ("fields", "number"),
    [
        (args(source="weibo", medium="cpc", campaign="double-11"), 1),
        (args(source="Weibo", medium=" CPC ", campaign="Double-11"), 1),
        (args(source="weibo", medium="cpc", campaign="double-11", content="red"), 2),
        (args(source="weibo", medium="cpc", campaign="double-11", content="blue"), 1),
        (args(source="weibo", medium="cpc", campaign="double-11", term="s21"), 1),
        (args(source="weibo", medium="post"), 3),
        (args(source="letters", medium="edm", campaign="zhang.san@example.com"), 4),
        (args(source="zhang-san"), NO_CAMPAIGN),
        (args(campaign="double-11"), NO_CAMPAIGN),
        (args(source="weibo" + "x" * 60_000), NO_CAMPAIGN),
        ({}, NO_CAMPAIGN),
    ],
)
def test_an_address_counts_for_the_registration_that_says_most_of_it(fields, number):
    assert campaign_of(fields, REGISTERED) == number


def test_a_registration_that_leaves_all_open_fits_nothing():
    assert campaign_of(args(source="weibo"), {Utm(): 9}) == NO_CAMPAIGN


texts = st.text(max_size=120)


@given(st.builds(args, source=texts, medium=texts, campaign=texts, term=texts, content=texts))
def test_nothing_unregistered_gets_through(fields):
    number = campaign_of(fields, REGISTERED)
    told = utm_of(fields)
    assert number in (NO_CAMPAIGN, 1, 2, 3, 4)
    assert number in (NO_CAMPAIGN, 4) or told.source == "weibo"

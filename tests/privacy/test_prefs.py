"""Settings live in the visitor's own browser. Clauses 1.1.2c, 1.2.2, 3.1.1a, 3.1.1b, 3.2(2)."""

import random
from decimal import Decimal

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.cookies import LARGEST, sign_facts
from app.privacy.choices import Choices
from app.privacy.prefs import CountedTerms, Preferences, prefs_of, price_of_power, save_prefs
from tests.privacy.builders import a_request, cookies_of

PERSONAL = Choices(personal=True)


def test_settings_come_back_as_they_were_saved(app):
    prefs = Preferences(
        "en", "四川", Decimal("0.35"), ("蚂蚁 S21", "110T 以上"), ("s21-200t",), counted_terms=CountedTerms(739000, 5)
    )
    response = Response()
    save_prefs(response, prefs)
    assert prefs_of(a_request(cookies_of(response))) == prefs


@pytest.mark.clause("3.1.1b")
def test_equal_settings_make_equal_cookies(app, clock):
    one, other = Response(), Response()
    save_prefs(one, Preferences(kwh_price=Decimal("0.350")))
    clock.travel(hours=5)
    save_prefs(other, Preferences(kwh_price=Decimal("0.35")))
    assert one.headers["Set-Cookie"] == other.headers["Set-Cookie"]


def test_without_any_setting_there_is_no_cookie(app):
    response = Response()
    save_prefs(response, Preferences())
    assert cookies_of(response) == {"prefs": ""}


@pytest.mark.clause("1.1.2c")
def test_the_last_five_searches_are_kept_newest_first_each_once():
    prefs = Preferences()
    for term in ["a", "b", "c", "d", "a", "e", "f"]:
        prefs = prefs.with_search(term)
    assert prefs.searches == ("f", "e", "a", "d", "c")


@pytest.mark.clause("3.2(2)")
def test_what_was_looked_at_is_kept_only_while_personal_service_is_on():
    seen = Preferences().with_viewed("s21", PERSONAL).with_viewed("m66", PERSONAL)
    assert seen.viewed == ("m66", "s21")
    assert seen.with_viewed("a15", Choices()).viewed == ()


def test_at_most_twelve_machines_are_remembered():
    prefs = Preferences()
    for number in range(20):
        prefs = prefs.with_viewed(f"sku-{number}", PERSONAL)
    assert prefs.viewed == tuple(f"sku-{number}" for number in range(19, 7, -1))


@pytest.mark.parametrize(
    ("typed", "price"),
    [("0.35", "0.35"), ("1", "1"), ("0.00004", None), ("0", None), ("-1", None), ("101", None), ("1e999", None),
     ("NaN", None), ("Infinity", None), ("", None), ("0,35", None), (None, None), ([], None), ("0.35555", "0.3556")],
)  # fmt: skip
def test_a_price_of_power_is_positive_and_believable(typed, price):
    assert price_of_power(typed) == (None if price is None else Decimal(price))


@pytest.mark.parametrize(
    "facts",
    [
        {"q": "text"},
        {"q": [1, None, "", "x" * 61]},
        {"v": {"a": 1}},
        {"l": 5},
        {"p": "x" * 41},
        {"k": {}},
        {"z": 1},
        {"t": 1},
        {"t": [1]},
        {"t": [True, 1]},
        {"t": [0, 1]},
        {"t": [10**9, 1]},
        {"t": [1, -1]},
        {"t": [1, 2**64]},
    ],
)
def test_facts_of_another_shape_are_left_out(app, facts):
    assert prefs_of(a_request({"prefs": sign_facts("prefs", facts)})) == Preferences()


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=80)


def fullest(terms: list[str], skus: list[str]) -> Preferences:
    prefs = Preferences("zh-cn", "内" * 40, Decimal("99.9999"), counted_terms=CountedTerms(999_999, 2**64 - 1))
    for term in terms:
        prefs = prefs.with_search(term)
    for sku in skus:
        prefs = prefs.with_viewed(sku, PERSONAL)
    return prefs


def test_the_fullest_settings_fit_into_one_cookie(shop):
    @given(st.lists(words, min_size=5, max_size=5), st.lists(words, min_size=12, max_size=12))
    def fits(terms, skus):
        with shop.app_context():
            save_prefs(response := Response(), fullest(terms, skus))
            assert len(f"__Host-prefs{cookies_of(response)['prefs']}") <= LARGEST

    fits()


def test_even_the_rarest_characters_everywhere_fit_into_one_cookie(app):
    scattered = random.Random(1)
    terms = ["".join(chr(scattered.randrange(0x10000, 0x10FFFF)) for _ in range(60)) for _ in range(17)]
    save_prefs(response := Response(), fullest(terms[:5], terms[5:]))
    kept = prefs_of(a_request(cookies_of(response)))
    assert (len(kept.searches), len(kept.viewed)) == (5, 12)

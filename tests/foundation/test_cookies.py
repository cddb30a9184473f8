"""The cookie register: what may be set, how, and what may be read for what. Clauses 3a, 3.1.1b, 3.1.1c, 3.1.2a,
3.1.2b.
"""

from datetime import datetime, timedelta

import pytest
from flask import Flask, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from app.foundation.clock import today
from app.foundation.cookie_firewall import CookieWatch, UnlistedCookie, faults_of, passed_on
from app.foundation.cookies import (
    REGISTER,
    CookieError,
    Use,
    delete_cookie,
    read_cookie,
    set_cookie,
    sign_facts,
    signed_facts,
)
from app.privacy.policy import current_policy
from app.settings import Settings
from tests.conftest import settings_for

OF_THE_SHOP = [name for name, line in REGISTER.items() if line.of_the_shop]


@pytest.fixture
def https(app: Flask, tmp_path, monkeypatch):
    """The same application as an https site would see it."""
    monkeypatch.setitem(app.extensions, "settings", settings_for(tmp_path, SITE_URL="https://shop.example"))
    return app


def asked_with(cookie_header: str) -> Request:
    return Request(EnvironBuilder(headers={"Cookie": cookie_header}).get_environ())


def header_of(response: Response) -> str:
    (header,) = response.headers.getlist("Set-Cookie")
    return header


@pytest.mark.clause("3a")
def test_the_register_is_the_whole_list_of_the_policy(app):
    assert list(REGISTER) == ["sid", "device", "cart", "prefs", "choice", "visit", "promo"]
    assert len(REGISTER) == current_policy(today()).manifest.limit("cookies")


def test_choices_live_as_long_as_the_policy_says(app):
    months = current_policy(today()).manifest.period("choice.kept")
    start = datetime(2026, 11, 23)
    assert abs(months.after(start) - start - REGISTER["choice"].life) <= timedelta(days=2)


@pytest.mark.clause("3a")
@pytest.mark.parametrize("name", OF_THE_SHOP)
def test_a_cookie_takes_every_attribute_from_its_line(app, name):
    response = Response()
    set_cookie(response, name, "value")
    header = header_of(response)
    assert header.startswith(f"{name}=value; ")
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Path=/" in header
    assert "Domain" not in header and "Expires" not in header
    assert faults_of(header, https=False) == []


@pytest.mark.clause("3.1.1c")
@pytest.mark.parametrize("name", OF_THE_SHOP)
def test_under_https_a_cookie_is_secure_and_bound_to_the_host(https, name):
    response = Response()
    set_cookie(response, name, "value")
    assert header_of(response).startswith(f"__Host-{name}=value; ") and "; Secure; HttpOnly; Path=/;" in header_of(
        response
    )
    assert faults_of(header_of(response), https=True) == []


@pytest.mark.clause("3.1.1c")
def test_under_https_a_cookie_without_prefix_is_not_read(https):
    assert read_cookie(asked_with("choice=planted"), "choice", Use.CHOICE) is None
    assert read_cookie(asked_with("__Host-choice=ours"), "choice", Use.CHOICE) == "ours"


@pytest.mark.clause("3a")
def test_a_cookie_that_is_not_listed_cannot_be_set(app):
    with pytest.raises(CookieError, match="not in the cookie register"):
        set_cookie(Response(), "tracker", "1")


@pytest.mark.clause("3.1.2a")
def test_a_cookie_is_read_for_its_own_use_only(app):
    with pytest.raises(CookieError, match="serves cart, not preferences"):
        read_cookie(asked_with("cart=x"), "cart", Use.PREFERENCES)


def test_the_shop_does_not_set_the_cookies_of_the_counting(app):
    with pytest.raises(CookieError, match="set by the counting house"):
        set_cookie(Response(), "visit", "x")


def test_a_value_over_four_kilobytes_is_refused_and_not_read(app):
    with pytest.raises(CookieError, match="larger than"):
        set_cookie(Response(), "cart", "x" * 4096)
    assert read_cookie(asked_with("cart=" + "x" * 4097), "cart", Use.CART) is None


def test_a_life_may_be_longer_than_usual_but_not_longer_than_the_line_allows(app):
    response = Response()
    set_cookie(response, "sid", "x", life=timedelta(days=30))
    assert "Max-Age=2592000" in header_of(response)
    with pytest.raises(CookieError, match="may live"):
        set_cookie(Response(), "sid", "x", life=timedelta(days=31))


@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("name", list(REGISTER))
def test_every_cookie_can_be_deleted_in_its_own_place(app, name):
    response = Response()
    delete_cookie(response, name)
    header = header_of(response)
    assert f"Path={REGISTER[name].path}" in header and "Max-Age=0" in header
    assert faults_of(header, https=False) == []


facts = st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.booleans(), st.text(max_size=20)), max_size=6)


@pytest.mark.clause("3.1.1b")
def test_settings_cookies_are_equal_exactly_when_their_facts_are(shop):
    @given(facts, facts)
    def equal_exactly_when(one, other):
        with shop.app_context():
            same_order, reverse = dict(one), dict(reversed(one.items()))
            assert sign_facts("prefs", same_order) == sign_facts("prefs", reverse)
            if [(k, repr(v)) for k, v in sorted(one.items())] != [(k, repr(v)) for k, v in sorted(other.items())]:
                assert sign_facts("prefs", one) != sign_facts("prefs", other)
            assert signed_facts("prefs", sign_facts("prefs", one)) == one

    equal_exactly_when()


@pytest.mark.clause("3.1.1b")
def test_a_settings_cookie_does_not_change_with_time(app, clock):
    before = sign_facts("choice", {"a": True})
    clock.travel(days=40)
    assert sign_facts("choice", {"a": True}) == before


def test_a_value_of_one_cookie_is_nothing_as_another(app):
    assert signed_facts("cart", sign_facts("prefs", {"l": "en"})) == {}


@pytest.mark.parametrize("value", ["", "x", "..", ".", "W10.abc", "é.é", "a" * 4000, "\x00.x", "bnVsbA.x"])
def test_a_damaged_value_holds_no_facts_and_raises_nothing(app, value):
    assert signed_facts("prefs", value) == {}


def test_a_tampered_value_holds_no_facts(app):
    value = sign_facts("prefs", {"k": "0.35"})
    for place in range(len(value)):
        other = "A" if value[place] != "A" else "B"
        changed = value[:place] + other + value[place + 1 :]
        assert signed_facts("prefs", changed) in ({}, {"k": "0.35"})
        if place < value.index("."):
            assert signed_facts("prefs", changed) == {}


def test_a_value_signed_before_the_keys_were_rotated_still_counts(app, monkeypatch):
    value = sign_facts("choice", {"a": False})
    monkeypatch.setitem(app.extensions, "keyring", app.extensions["keyring"].with_new_version("signing"))
    assert signed_facts("choice", value) == {"a": False}
    assert sign_facts("choice", {"a": False}) != value


@pytest.mark.clause("3.1.1c")
def test_the_firewall_passes_on_only_what_the_part_asked_for_may_see():
    header = "sid=1; visit=2; cart=3; promo=4; _ga=5; sid=6"
    assert passed_on(header, {"sid", "cart"}) == "sid=1; cart=3"
    assert passed_on(header, {"visit", "promo"}) == "visit=2; promo=4"
    assert passed_on(";;; =; a", {"sid"}) == ""


@pytest.mark.clause("3.1.1c")
def test_the_shop_never_gets_the_cookies_of_the_counting(shop, monkeypatch):
    seen = {}

    def spy():
        from flask import request

        seen.update(request.cookies)

    monkeypatch.setitem(shop.before_request_funcs, None, [spy, *shop.before_request_funcs.get(None, [])])
    shop.test_client(use_cookies=False).get("/en/privacy", headers={"Cookie": "visit=v; promo=p; choice=c; tracker=t"})
    assert seen == {"choice": "c"}


@pytest.mark.clause("3a")
@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("tracker=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=1", "not in the cookie register"),
        ("cart=1; Path=/; SameSite=Lax; Max-Age=1", "readable by scripts"),
        ("cart=1; Path=/; HttpOnly; Max-Age=1", "SameSite"),
        ("cart=1; Path=/; HttpOnly; SameSite=None; Max-Age=1", "SameSite"),
        ("cart=1; Path=/m/; HttpOnly; SameSite=Lax; Max-Age=1", "path"),
        ("cart=1; Path=/; Domain=x.example; HttpOnly; SameSite=Lax; Max-Age=1", "domain"),
        ("cart=1; Path=/; HttpOnly; SameSite=Lax", "no Max-Age"),
        ("cart=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592001", "lives longer"),
        (f"cart={'x' * 4096}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1", "larger"),
    ],
)
def test_the_watch_finds_what_is_wrong_with_a_cookie(header, fault):
    (found,) = faults_of(header, https=False)
    assert fault in found


@pytest.mark.clause("3a")
def test_a_response_with_an_unlisted_cookie_fails_the_test_run():
    application = Flask("careless")

    @application.get("/")
    def page():
        response = Response("x")
        response.set_cookie("tracker", "1")
        return response

    application.wsgi_app = CookieWatch(application.wsgi_app, https=False)
    with pytest.raises(UnlistedCookie, match="tracker"):
        application.test_client().get("/")


def test_the_names_depend_on_the_address_of_the_site_alone():
    assert Settings.from_environment({"SITE_URL": "https://shop.example"}).is_https
    assert REGISTER["visit"].wire_name(True) == "__Secure-visit"
    assert REGISTER["sid"].wire_name(True) == "__Host-sid"

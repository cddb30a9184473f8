"""Suggestions of one's own: with the switch on alone, with their reason, and never another price. 2.5, 2.8, 3.2(2)."""

import re
from itertools import combinations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.accounts.models import Account
from app.catalog.models import Product
from app.foundation.clock import now
from app.foundation.cookies import sign_facts
from app.foundation.database import db
from app.foundation.personal_data import Purpose, PurposeRefused, purpose
from app.privacy.choices import Choices
from app.privacy.personal_service import personal_service
from app.privacy.prefs import Preferences, prefs_of
from app.search.history import keep_search, searches_of
from tests.accounts.builders import an_account, signed_in
from tests.catalog.builders import a_product
from tests.privacy.builders import a_request, save_choices_in

VIEWED, SEARCHED = "Because you viewed", "Because you searched for"


@pytest.fixture
def machines(app: Flask) -> list[Product]:
    """Six machines of one kind, and one of another algorithm."""
    alike = [a_product(f"Antminer S2{n}", hashrate=190 + n) for n in range(6)]
    return [*alike, a_product("Antminer KS9", algorithm="kheavyhash", coin="kas")]


def look_at(client: FlaskClient, *products: Product) -> None:
    for product in products:
        assert client.get(f"/en/products/{product.slug}").status_code == 200


def switch_on(client: FlaskClient) -> None:
    """As the choices page does."""
    client.set_cookie("choice", sign_facts("choice", Choices(personal=True).facts()))


def prefs_in(client: FlaskClient) -> Preferences:
    cookie = client.get_cookie("prefs")
    return prefs_of(a_request({"prefs": cookie.value} if cookie else None))


def own_part(client: FlaskClient, path: str = "/en/", about: str = VIEWED) -> str:
    """The block of a page with this reason, or nothing."""
    page = client.get(path).text
    found = re.search(
        rf'<section class="section">\s*<div class="section-head"><h2>{about}.*?</section>', page, re.DOTALL
    )
    return found[0] if found else ""


@pytest.mark.clause("2.5")
@pytest.mark.clause("3.2(2)")
def test_who_has_not_switched_it_on_is_remembered_nothing_and_suggested_nothing(client, machines):
    look_at(client, *machines[:3])
    assert client.get_cookie("prefs") is None
    assert VIEWED not in client.get("/en/").text and "Personal service" not in client.get("/en/").text


@pytest.mark.clause("2.5")
@pytest.mark.clause("3.2(2)")
def test_a_guest_is_suggested_machines_like_the_last_one_viewed_with_the_reason_and_the_switch(client, machines):
    save_choices_in(client, "personal")
    assert "Personal service is on" in client.get("/en/").text
    look_at(client, machines[6], machines[0], machines[1])
    block = own_part(client)
    assert f"{VIEWED} {machines[1].name_en}" in block and "Switch off" in block
    suggested = re.findall(r'cell-name"><a href="/en/products/([^"?]+)', block)
    assert suggested and not {machines[0].slug, machines[1].slug, machines[6].slug} & set(suggested)
    assert "因为您看过" in client.get("/zh-cn/").text
    assert machines[0].slug not in own_part(client, f"/en/products/{machines[1].slug}").partition("</h2>")[2]


@pytest.mark.clause("2.5")
def test_the_switch_on_the_block_turns_it_off_and_forgets_what_was_viewed(client, machines):
    save_choices_in(client, "audience", "personal")
    look_at(client, *machines[:2])
    token = re.search(r'name="form_token" value="([^"]+)"', own_part(client))[1]
    answer = client.post("/en/recommendations/off", data={"form_token": token, "next": "/en/"})
    assert answer.headers["Location"] == "/en/?done=personal_off"
    assert prefs_in(client).viewed == () and VIEWED not in client.get("/en/").text
    page = client.get("/en/privacy/choices").text
    assert 'name="audience" value="y" aria-describedby="audience-hint" checked' in page
    assert client.post("/en/recommendations/off", data={"form_token": "old"}).headers["Location"].endswith("stale")


@pytest.mark.clause("3.2(2)")
def test_what_a_guest_looked_at_is_in_the_cookie_alone_and_goes_with_it(app, client, machines):
    save_choices_in(client, "personal")
    watched = []
    note = lambda *call: watched.append(call[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    look_at(client, *machines[:2])
    event.remove(db.engine, "before_cursor_execute", note)
    assert [words for words in watched if not words.startswith(("SELECT", "PRAGMA", "BEGIN"))] == []
    assert own_part(client)
    client.delete_cookie("prefs")
    assert own_part(client) == "" and "once you have looked at machines" in client.get("/en/").text


@pytest.mark.clause("2.5")
@pytest.mark.clause("2.8")
@pytest.mark.clause("1.1.2c")
def test_two_members_of_opposite_histories_see_the_same_until_they_switch_it_on(app, machines):
    pages = {}
    for term in ("kheavyhash", "sha-256"):
        client, member = app.test_client(), an_account()
        keep_search(member, term, now())
        signed_in(client, member)
        off = without_tokens(client.get("/en/").text)
        switch_on(client)
        pages[term] = off, own_part(client, about=SEARCHED)
    (one_off, one), (other_off, other) = pages.values()
    assert one_off == other_off
    assert machines[6].slug in one and machines[6].slug not in other and machines[0].slug in other


@pytest.mark.clause("2.8")
@pytest.mark.clause("1.1.2c")
def test_the_search_history_does_not_open_for_recommendation_while_the_switch_is_off(app):
    member = an_account()
    keep_search(member, "s21", now())
    (row,) = searches_of(db.session(), member.subject_id, now())
    for refused in (lambda: purpose(Purpose.RECOMMENDATION), lambda: personal_service(Choices(personal=False))):
        with pytest.raises(PurposeRefused), refused():
            assert row.term
    with personal_service(Choices(personal=True)):
        assert row.term == "s21"
    with pytest.raises(PurposeRefused), personal_service(Choices(personal=True)):
        assert db.session.get_one(Account, member.id).name


def test_a_guests_own_searches_are_used_from_the_browser(client, machines):
    save_choices_in(client, "personal")
    client.get("/en/search?q=kheavyhash", headers={"Sec-Fetch-Site": "same-origin"})
    assert machines[6].slug in own_part(client, about=SEARCHED)


def without_tokens(page: str) -> str:
    """A page without what is new at every rendering: tokens, the image that counts."""
    page = re.sub(r"<picture[^>]*>.*?</picture>", "", page, flags=re.DOTALL)
    page = re.sub(r'<script[^>]* data-leaving="[^"]*"></script>', "", page)
    return re.sub(r'name="form_token" value="[^"]*"', "", page)


def prices_on(client: FlaskClient, slug: str) -> tuple[object, ...]:
    """What a product page offers: its price box, and each row of every table as (address, price, stock)."""
    page = without_tokens(client.get(f"/en/products/{slug}").text)
    box = re.search(r"<aside>(.*?)</aside>", page, re.DOTALL)
    rows = re.findall(r'cell-name"><a href="([^"]+)".*?(cell-price">.*?)cell-act', page, re.DOTALL)
    assert box and "¥" in box[1]
    return box[1], rows


@pytest.mark.clause("2.5")
def test_price_stock_and_terms_are_the_same_whatever_is_switched_and_remembered(app, machines):
    slug, codes = machines[0].slug, [machine.skus[0].code for machine in machines]
    switches = [set(some) for size in range(4) for some in combinations("aps", size)]
    plain_box, plain_rows = prices_on(app.test_client(), slug)
    offers = dict(plain_rows)

    @settings(max_examples=20)
    @given(
        st.sampled_from(switches),
        st.lists(st.sampled_from(codes), unique=True),
        st.lists(st.text(max_size=9), max_size=5),
    )
    def holds(on: set[str], viewed: list[str], searched: list[str]) -> None:
        client = app.test_client()
        client.set_cookie("choice", sign_facts("choice", {**{name: name in on for name in "aps"}, "v": "3"}))
        client.set_cookie("prefs", sign_facts("prefs", {"v": viewed, "q": [term for term in searched if term]}))
        box, rows = prices_on(client, slug)
        assert box == plain_box and rows[: len(plain_rows)] == plain_rows
        for address, offer in rows:
            assert offers.setdefault(address, offer) == offer

    holds()


@pytest.mark.parametrize("path", ["/en/", "/en/products/{slug}"])
def test_the_queries_of_a_page_do_not_grow_with_what_is_remembered(app, machines, path):
    client, member = app.test_client(), an_account()
    signed_in(client, member)
    switch_on(client)
    codes = [machine.skus[0].code for machine in machines]

    def asked(viewed: list[str], searched: int) -> int:
        client.set_cookie("prefs", sign_facts("prefs", {"v": viewed}))
        for number in range(searched):
            keep_search(member, f"s2{number}", now())
        client.get(path.format(slug=machines[6].slug))
        watched = []
        note = lambda *call: watched.append(call[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        client.get(path.format(slug=machines[6].slug))
        event.remove(db.engine, "before_cursor_execute", note)
        return len(watched)

    few = asked(codes[:2], 1)
    assert asked([*codes[:6], *(f"gone-{n}" for n in range(6))], 20) <= few


@pytest.mark.parametrize(
    "facts", [{"v": ["gone"]}, {"v": ["x" * 40] * 12}, {"v": "text"}, {"q": ["\x00", "%", '"']}, {"v": [1, None]}]
)
def test_strange_memories_break_no_page(client, machines, facts):
    save_choices_in(client, "personal")
    client.set_cookie("prefs", sign_facts("prefs", facts))
    for path in ("/en/", f"/en/products/{machines[0].slug}"):
        assert client.get(path).status_code == 200

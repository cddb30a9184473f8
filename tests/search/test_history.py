"""Searches are kept for members who want it, in the browser for guests, and can be deleted. Clauses 1.1.2c, 1.1.2e."""

import html
import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text

from app.accounts.models import CLOSED, Account
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.forms import make_token
from app.foundation.personal_data import Purpose, purpose
from app.privacy.keeping import enforce
from app.privacy.policy import current_policy
from app.privacy.prefs import LONGEST_TERM, SEARCHES, prefs_of
from app.search.history import forget_search, forget_searches, is_history_on, keep_search, searches_of, switch_history
from app.search.models import SearchedTerm
from tests.accounts.builders import an_account, signed_in
from tests.catalog.builders import a_product
from tests.privacy.builders import a_request

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def alice(app: Flask) -> Account:
    return an_account()


def searches(client: FlaskClient, *terms: str, **headers: str) -> None:
    """As from the search field of a page of ours."""
    for term in terms:
        sent = {name.replace("_", "-"): value for name, value in headers.items()} or OURS
        assert client.get("/en/search", query_string={"q": term}, headers=sent).status_code == 200


def kept(account: Account) -> list[str]:
    with purpose(Purpose.SERVICE):
        return [row.term for row in searches_of(db.session(), account.subject_id, now())]


def in_the_browser(client: FlaskClient) -> tuple[str, ...]:
    cookie = client.get_cookie("prefs")
    return prefs_of(a_request({"prefs": cookie.value})).searches if cookie else ()


def press(client: FlaskClient, path: str, **fields: str):
    page = client.get("/en/search/history").text
    at = page.index('name="form_token" value="') + len('name="form_token" value="')
    sent = {"form_token": page[at : page.index('"', at)], **fields}
    return client.post(f"/en/search/history/{path}", data=sent, follow_redirects=True)


@pytest.mark.clause("1.1.2c")
def test_a_guests_last_searches_are_in_that_browser_and_in_no_store(client):
    searches(client, "s21", "m66", "kaspa", "s19", "psu", "fan")
    assert in_the_browser(client) == ("fan", "psu", "s19", "kaspa", "m66")
    assert current_policy(today()).manifest.limit("search.repeats_guest") == SEARCHES == 5
    assert db.session.scalar(select(func.count()).select_from(SearchedTerm)) == 0
    page = client.get("/en/search/history").text
    assert [page.index(f">{term}</a>") for term in in_the_browser(client)] and "s21" not in page
    assert client.application.test_client().get("/en/search/history").text.count("/en/search?q=") == 0


@pytest.mark.clause("1.1.2c")
def test_a_member_is_offered_the_last_twenty_and_one_made_again_moves_up(client, alice, clock):
    signed_in(client, alice)
    for number in range(23):
        clock.travel(minutes=1)
        searches(client, f"machine {number}")
    clock.travel(minutes=1)
    searches(client, "Machine 7")
    assert kept(alice) == ["Machine 7", *(f"machine {number}" for number in range(22, 2, -1) if number != 7)]
    assert db.session.scalar(select(func.count()).select_from(SearchedTerm)) == 20
    assert in_the_browser(client) == ()


@pytest.mark.clause("1.1.2c")
def test_with_the_switch_off_nothing_is_kept_and_what_was_kept_is_gone(client, alice):
    signed_in(client, alice)
    searches(client, "s21")
    assert "no longer" in press(client, "switch", to="off").text
    searches(client, "m66")
    assert kept(alice) == [] and in_the_browser(client) == ()
    assert "Search history is off" in client.get("/en/search/history").text
    press(client, "switch", to="on")
    searches(client, "kaspa")
    assert kept(alice) == ["kaspa"]


@pytest.mark.clause("1.1.2c")
@pytest.mark.parametrize("who", ["guest", "member"])
def test_one_search_or_all_of_them_can_be_deleted(client, alice, who):
    if who == "member":
        signed_in(client, alice)
    remembered = (lambda: tuple(kept(alice))) if who == "member" else (lambda: in_the_browser(client))
    searches(client, "s21", "<b>m66", "kaspa")
    assert "That search is deleted" in press(client, "deletion", q="<b>m66").text
    assert set(remembered()) == {"s21", "kaspa"}
    assert "All your searches are deleted" in press(client, "deletion").text
    assert remembered() == ()


@pytest.mark.clause("1.1.2c")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-origin", "Sec_Purpose": "prefetch"},
        {"Referer": "http://elsewhere.example/"},
        {"Referer": "http://["},
    ],
)
def test_what_others_make_a_browser_ask_for_is_no_search_of_its_owner(client, alice, headers):
    searches(client, "planted", **headers)
    assert client.get_cookie("prefs") is None
    signed_in(client, alice)
    searches(client, "planted", **headers)
    assert kept(alice) == []


def test_a_browser_that_names_no_site_is_believed_by_its_referring_page(client):
    searches(client, "s21", Referer="http://localhost/en/")
    assert in_the_browser(client) == ("s21",)


@pytest.mark.clause("1.1.2c")
@pytest.mark.parametrize("who", ["guest", "member"])
def test_earlier_searches_are_offered_under_the_field_and_on_the_page_of_results(client, alice, who):
    a_product()
    if who == "member":
        signed_in(client, alice)
    searches(client, "s21 pro", "m66")
    offered = client.get("/en/search/suggestions").text
    assert offered.index("m66") < offered.index("s21 pro")
    page = client.get("/en/search?q=m66").text
    before = page[page.index('id="searched"') :]
    assert "/en/search?q=s21+pro" in before and "q=m66" not in before


@pytest.mark.clause("1.1.2e")
def test_a_search_is_sealed_is_in_the_copy_and_goes_after_ninety_days(client, alice, clock):
    signed_in(client, alice)
    searches(client, "canary-term")
    stored = str(db.session.execute(text("select * from searched_terms")).all())
    assert "canary-term" not in stored
    with zipfile.ZipFile(io.BytesIO(client.get("/en/privacy/data/copy", buffered=True).data)) as archive:
        assert json.loads(archive.read("searched_terms.json"))[0]["term"] == "canary-term"
    assert "canary-term" in client.get("/en/privacy/data").text
    clock.travel(days=89, hours=23)
    assert enforce(now(), "searched_terms") == {"searched_terms": 0}
    clock.travel(hours=2)
    assert enforce(now(), "searched_terms") == {"searched_terms": 1}


@pytest.mark.clause("1.1.2e")
def test_equal_terms_of_two_people_have_nothing_in_common(alice):
    bob = an_account()
    for account in (alice, bob):
        keep_search(account, "s21", now())
    one, other = db.session.scalars(select(SearchedTerm)).all()
    assert one.term_key != other.term_key and one.term_sealed != other.term_sealed


@pytest.mark.clause("1.1.2e")
def test_no_word_of_a_members_search_is_in_a_log(app, client, alice):
    signed_in(client, alice)
    searches(client, "canary-of-the-logs")
    app.extensions["service_log"].flush()
    folder = app.extensions["settings"].instance_dir / "log"
    lines = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert b"search" in lines and b"canary-of-the-logs" not in lines


def test_turning_the_pages_of_results_writes_nothing_again(client, alice):
    signed_in(client, alice)
    searches(client, "s21")
    written = []
    note = lambda *call: written.append(call[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    searches(client, "s21")
    event.remove(db.engine, "before_cursor_execute", note)
    assert [words for words in written if "INTO searched_terms" in words or "UPDATE searched_terms" in words] == []


def test_nothing_is_kept_for_an_account_that_closed_meanwhile(alice):
    with transaction() as session:
        session.get_one(Account, alice.id).state = CLOSED
    keep_search(alice, "s21", now())
    switch_history(alice, on=False, at=now())
    assert kept(alice) == [] and is_history_on(db.session(), alice.id)


def test_a_stale_button_changes_nothing(client, alice):
    signed_in(client, alice)
    searches(client, "s21")
    for path in ("deletion", "switch"):
        answer = client.post(f"/en/search/history/{path}", data={"form_token": "old", "to": "off"})
        assert answer.headers["Location"].endswith("done=stale")
    assert kept(alice) == ["s21"]


def test_the_switch_is_for_members(client):
    with client.application.test_request_context():
        token = make_token("search.history")
    answer = client.post("/en/search/history/switch", data={"form_token": token, "to": "off"})
    assert answer.status_code == 302 and "/login" in answer.headers["Location"]


terms = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=LONGEST_TERM + 20)


def test_whatever_is_searched_for_the_last_distinct_ones_are_kept_in_order(app: Flask):
    @settings(max_examples=25)
    @given(st.lists(terms, max_size=30))
    def holds(typed: list[str]) -> None:
        account, at, wanted = an_account(), now(), list[str]()
        for number, term in enumerate(typed):
            keep_search(account, term, at + timedelta(seconds=number))
            plain = term[:LONGEST_TERM].strip().casefold()
            wanted = [plain, *(other for other in wanted if other != plain)] if plain else wanted
        assert [term.casefold() for term in kept(account)] == wanted[:20]
        if wanted:
            forget_search(account, wanted[0])
            assert [term.casefold() for term in kept(account)] == wanted[1:20]
        forget_searches(account)
        assert kept(account) == []

    holds()


def test_a_guests_page_escapes_what_was_typed(client):
    searches(client, "<script>alert(1)</script>")
    page = client.get("/en/search/history").text
    assert "<script>alert" not in page and html.escape("<script>alert(1)</script>") in page

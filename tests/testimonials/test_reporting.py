"""“This shows me or my data”: hidden with that press, for everybody but its author, until a person has decided. 1.3."""

import threading
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.two_people import SamePerson
from app.testimonials.deciding import hide_reported, put_back, take_away
from app.testimonials.models import Testimonial
from app.testimonials.sending import withdraw_testimonial
from app.testimonials.states import HIDDEN, PUBLISHED, TAKEN_AWAY
from bench.html_forms import Page
from tests.testimonials.builders import (
    ANNE,
    JOHN,
    MARY,
    WORDS,
    Writer,
    a_customer,
    all_of,
    fresh,
    some_public_words,
    words_of,
)
from tests.testimonials.test_publishing import told

pytestmark = pytest.mark.clause("1.3")


def press(browser: FlaskClient, page: str, key: str):
    """The button of a page, as a visitor without cookies or script presses it."""
    form = Page(browser.get(page).text).form_to(f"/customers/{key}/report")
    return browser.post(form.action, data=dict(form.fields))


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("place", ["/customers", "/customers/{key}", "/products/{slug}"])
def test_anybody_hides_it_from_every_place_where_it_stands(app: Flask, lang: str, place: str):
    account = a_customer()
    row = some_public_words(account, **all_of(account))
    slug = db.session.scalar(select(db.metadata.tables["products"].c.slug))
    stranger = app.test_client(use_cookies=False)
    answer = press(stranger, f"/{lang}{place}".format(key=row.key, slug=slug), row.key)
    assert answer.status_code == 303 and "Set-Cookie" not in answer.headers
    for path in (f"/en/customers/{row.key}", f"/zh-cn/customers/{row.key}", f"/en/customers/{row.key}/portrait"):
        assert stranger.get(path).status_code == 404
    for path in ("/en/customers", "/zh-cn/customers", f"/en/products/{slug}", f"/zh-cn/products/{slug}"):
        assert WORDS not in stranger.get(path).text
    assert fresh(row).state == HIDDEN
    assert WORDS in Writer(app, account).client.get("/en/customers/mine").text
    assert told(account) == ["testimonial.published", "testimonial.hidden"]


def test_nothing_is_kept_of_whoever_reports(app: Flask):
    row = some_public_words()
    press(app.test_client(use_cookies=False), "/en/customers", row.key)
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "testimonial.reported")).one()
    assert entry.actor is None and entry.subject == row.audit_ref
    assert set(entry.facts) == {"testimonial", "digest"}


def test_a_report_needs_the_token_of_our_page(client: FlaskClient):
    row = some_public_words()
    assert client.post(f"/en/customers/{row.key}/report").status_code == 400
    assert fresh(row).state == PUBLISHED


def test_a_person_decides_and_the_author_reads_what_and_why(client: FlaskClient):
    account = a_customer()
    row = some_public_words(account)
    hide_reported(row.key, now())
    with pytest.raises(SamePerson):
        put_back(row.key, "fine", JOHN, now())  # who approved it does not judge whether that was right
    put_back(row.key, "It names nobody else.", ANNE, now())
    assert WORDS in client.get("/zh-cn/customers").text
    hide_reported(row.key, now())
    take_away(row.key, "It names a colleague.", MARY, now())
    assert fresh(row).state == TAKEN_AWAY
    assert client.get(f"/en/customers/{row.key}").status_code == 404
    codes = ["published", "hidden", "put_back", "hidden", "taken_away"]
    assert told(account) == [f"testimonial.{code}" for code in codes]


def test_what_was_put_back_is_hidden_by_the_next_report_as_well(client: FlaskClient):
    """Nobody can tell one stranger from another: the second may be the one whom it shows."""
    row = some_public_words()
    for times in (1, 2, 3):
        hide_reported(row.key, now())
        assert client.get(f"/en/customers/{row.key}").status_code == 404
        assert fresh(row).reports == times
        put_back(row.key, "It names nobody else.", ANNE if times % 2 else MARY, now())
        assert client.get(f"/en/customers/{row.key}").status_code == 200


def test_reporting_what_is_hidden_changes_nothing_but_the_count_and_what_is_not_public_is_not_there(app: Flask):
    account = a_customer()
    row, waiting = some_public_words(account), words_of(account)
    hide_reported(row.key, now())
    hide_reported(row.key, now())
    assert told(account).count("testimonial.hidden") == 1
    for key in (waiting.key, "nosuchkey"):
        with pytest.raises(NotFound):
            hide_reported(key, now())


@pytest.mark.part("postgresql")
def test_reports_and_decisions_at_once_never_leave_it_public_unlooked_at(pg_shop: Flask):
    """Whichever comes first, somebody has said that it shows them, or it is taken away."""
    row = some_public_words()
    key, barrier = row.key, threading.Barrier(4)

    def acting(act) -> None:
        with pg_shop.app_context():
            barrier.wait()
            with suppress(NotFound):
                act()
            db.session.remove()

    acts = [lambda: hide_reported(key, now())] * 3 + [lambda: take_away(key, "no", ANNE, now())]
    threads = [threading.Thread(target=acting, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fresh(row).state == TAKEN_AWAY


def test_taken_back_while_it_is_hidden_it_is_gone(app: Flask):
    account = a_customer()
    row = some_public_words(account)
    hide_reported(row.key, now())
    withdraw_testimonial(account, row.key)
    assert db.session.scalars(select(Testimonial)).all() == []

"""The desk of customers' words: who reads them first, who publishes, and what becomes of a report. Clauses 1.3, 4.3."""

import pytest
from flask import Flask

from app.foundation.clock import now
from app.testimonials.deciding import hide_reported
from app.testimonials.states import CHECKED, HIDDEN, PUBLISHED, REFUSED, TAKEN_AWAY
from bench.html_forms import Page
from tests.backoffice.builders import Desk
from tests.testimonials.builders import WORDS, a_customer, all_of, fresh, some_public_words, words_of

BUTTON, FORM = "testimonials.decide", "TestimonialDecisionForm"


@pytest.mark.clause("4.3")
def test_two_desks_take_words_to_the_page_and_neither_does_it_alone(app: Flask):
    account = a_customer()
    row = words_of(account, **all_of(account))
    clerk, manager = Desk(app, "clerk"), Desk(app, "manager")
    page = clerk.get(f"/testimonials/{row.key}", "zh-cn").text
    assert WORDS in page and "张先生" in page and row.digest in page
    assert clerk.get(f"/testimonials/{row.key}/portrait").mimetype == "image/webp"
    assert clerk.post(f"/testimonials/{row.key}/publication", BUTTON).status_code == 409
    assert clerk.post(f"/testimonials/{row.key}/check", BUTTON).status_code == 303
    assert fresh(row).state == CHECKED
    again = clerk.post(f"/testimonials/{row.key}/publication", BUTTON)
    assert again.status_code == 403 and fresh(row).state == CHECKED
    with pytest.raises(LookupError):
        Page(clerk.get(f"/testimonials/{row.key}").text).form_to("/publication")
    assert manager.post(f"/testimonials/{row.key}/publication", BUTTON).status_code == 303
    assert fresh(row).state == PUBLISHED


def test_a_decision_needs_its_reason_and_what_was_typed_stays(app: Flask):
    row, manager = words_of(a_customer()), Desk(app, "manager")
    empty = manager.post(f"/testimonials/{row.key}/refusal", FORM, {"why": " "}, prefix="refuse-")
    assert empty.status_code == 422 and "error-summary" in empty.text
    assert manager.post(f"/testimonials/{row.key}/refusal", FORM, {"why": "No."}, prefix="refuse-").status_code == 303
    assert fresh(row).state == REFUSED
    late = manager.post(f"/testimonials/{row.key}/refusal", FORM, {"why": "Once more."}, prefix="refuse-")
    assert late.status_code == 409


@pytest.mark.clause("1.3")
def test_what_was_reported_waits_at_the_desk_and_in_the_work_of_today(app: Flask):
    row, manager, clerk = some_public_words(), Desk(app, "manager"), Desk(app, "clerk")
    hide_reported(row.key, now())
    assert row.key in manager.get("/testimonials?state=hidden").text
    assert "Customers&#39; words to decide" in clerk.get("").text
    back = clerk.post(f"/testimonials/{row.key}/return", FORM, {"why": "Names nobody else."}, prefix="put_back-")
    assert back.status_code == 303 and fresh(row).state == PUBLISHED
    hide_reported(row.key, now())
    assert fresh(row).state == HIDDEN
    away = manager.post(f"/testimonials/{row.key}/removal", FORM, {"why": "Names a colleague."}, prefix="take_away-")
    assert away.status_code == 303 and fresh(row).state == TAKEN_AWAY


@pytest.mark.parametrize("path", ["", "/check", "/portrait", "/publication"])
def test_a_key_of_nothing_leads_nowhere(app: Flask, path: str):
    desk = Desk(app, "manager")
    form = BUTTON if path in ("/check", "/publication") else ""
    answer = desk.post(f"/testimonials/nosuch{path}", form) if form else desk.get(f"/testimonials/nosuch{path}")
    assert answer.status_code == 404

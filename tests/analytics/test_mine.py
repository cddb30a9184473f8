"""`/m/mine`: the visitor reads what the browser remembers, and makes it forget."""

import pytest

from analytics.texts import texts_in
from analytics.visit import State
from tests.analytics.browsing import Surfer
from tests.analytics.builders import TODAY

EN = texts_in("en")


def reads(surfer: Surfer, query: str = "lang=en") -> str:
    return surfer.client.get(f"/m/mine?{query}", headers=surfer.headers).text


@pytest.mark.clause("3.1.2b")
def test_a_visitor_reads_in_plain_sentences_what_the_cookie_holds(site):
    surfer = Surfer(site[0])
    surfer.opens("/", Referer="https://www.baidu.com/")
    surfer.opens("/bread/rye?member")
    text = reads(surfer)
    assert EN("mine_visit", day="2026-11-23", pages=2, time="0 min 0 s") in text
    assert EN("mine_source", last="Search engine", first="Search engine") in text
    assert EN("mine_member") in text and EN("mine_random") in text


def test_a_browser_without_the_cookie_is_told_that_it_is_no_visitor(site):
    assert EN("mine_nothing") in reads(Surfer(site[0]))
    assert texts_in("zh")("mine_nothing") in reads(Surfer(site[0]), "lang=zh")


@pytest.mark.clause("3.1.2b")
@pytest.mark.clause("3.1.2c")
def test_forget_me_deletes_the_memory_and_the_browser_is_new_afterwards(site):
    app, analytics = site
    surfer = Surfer(app)
    surfer.opens("/")
    answer = surfer.client.post("/m/mine?lang=en", headers=surfer.headers, follow_redirects=True)
    assert EN("forgotten") in answer.text and EN("mine_nothing") in answer.text
    assert surfer.visit_cookie is None
    surfer.opens("/")
    assert "2026-11-23" in reads(surfer)


def test_every_part_of_the_memory_is_said():
    """A field added to the memory must be told to the visitor too."""
    said = {
        "issue_week",
        "active_day",
        "visit_day",
        "pages",
        "last",
        "source",
        "first_source",
        "member",
        "nonce",
        "tags",
    }
    told_with_the_visit = {"start", "entry", "exit", "visit_member", "step", "device", "width", "language"}
    assert set(State._fields) == said | told_with_the_visit
    assert TODAY

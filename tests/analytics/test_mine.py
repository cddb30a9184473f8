"""`/m/mine`: the visitor reads what the browser remembers, and makes it forget."""

import pytest

from analytics.codes import Browser, Device, System, Width
from analytics.mine import sentences_of
from analytics.place import place_code
from analytics.texts import texts_in
from analytics.visit import State, advance, unseen
from tests.analytics.browsing import Surfer
from tests.analytics.builders import NOON, a_hit, at

EN = texts_in("en")


def reads(surfer: Surfer, query: str = "lang=en") -> str:
    return surfer.client.get(f"/m/mine?{query}", headers=surfer.headers).text


@pytest.mark.clause("3.1.2b")
def test_a_visitor_reads_in_plain_sentences_what_the_cookie_holds(site):
    surfer = Surfer(site[0])
    surfer.opens("/", Referer="https://www.baidu.com/")
    surfer.opens("/bread/rye?member")
    text = reads(surfer)
    assert EN("mine_visit", day="2026-11-23", pages=2, time="0 s") in text
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


class Watched:
    """A memory that notes which of its fields are read."""

    def __init__(self, state: State) -> None:
        self.state, self.read = state, set()

    def __getattr__(self, name: str):
        self.read.add(name)
        return getattr(self.state, name)


def test_every_part_of_the_memory_is_said():
    """A field added to the memory must be told too; the random parts and the clock time have a sentence of theirs."""
    now = at(NOON)
    state, _ = advance(unseen(now, 1), a_hit(), now)
    watched = Watched(state)
    list(sentences_of("en", watched, {1: "front"}))
    assert watched.read == set(State._fields) - {"start", "nonce", "tags"}


def test_every_coarse_class_of_the_visit_is_said():
    now = at(NOON)
    classes = {"device": Device.PHONE, "browser": Browser.WECHAT, "system": System.HARMONYOS, "place": place_code("JP")}
    state, _ = advance(unseen(now, 1), a_hit(width=Width.S, campaign=7, **classes), now)
    said = " ".join(sentences_of("en", state, {1: "front"}))
    assert all(word in said for word in ("Phone", "WeChat", "HarmonyOS", "Japan", "campaign 7", "first visit"))

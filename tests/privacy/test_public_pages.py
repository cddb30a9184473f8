"""Every page that anybody can open, without cookies: nothing of a person but what they had published. Clause 4.3."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.testimonials.sending import withdraw_testimonial
from tests.house.objects import addresses, things_of_every_kind
from tests.house.test_every_object import BY_SECRET, PUBLIC
from tests.privacy.canaries import MARK, a_person_full_of_canaries
from tests.testimonials.builders import a_customer, published, words_of

LINK = re.compile(r"\b(?:href|src|action|formaction)=\"(/[^\"#]*)")
CHOSEN, CHOSEN_NAME = "These words I had published.", "Chosen-by-me"
MOST = 3000
QUERIES = 3
"""So many of the queries under which one address is linked are followed: filters of a list go on for ever."""


def plain_addresses(app: Flask) -> set[str]:
    """Addresses that take nothing but the language, in both."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.arguments <= {"lang"}]
    return {rule.rule.replace("<lang:lang>", lang) for rule in rules for lang in ("zh-cn", "en")}


def crawl(visitor: FlaskClient, first: set[str]) -> dict[str, bytes]:
    """What stands at these addresses and at all to which they lead, as a visitor without cookies gets it."""
    found: dict[str, bytes] = {}
    asked: Counter[str] = Counter()
    waiting = sorted(first)
    while waiting and len(found) < MOST:
        path = waiting.pop()
        place = path.partition("?")[0]
        if path in found or asked[place] == QUERIES:
            continue
        asked[place] += 1
        answer = visitor.get(path)
        found[path] = answer.data
        links = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        if answer.location:
            links.append(urlsplit(answer.location)._replace(scheme="", netloc="", fragment="").geturl())
        waiting += [link.replace("&amp;", "&") for link in links]
    return found


@pytest.mark.clause("4.3")
def test_no_public_page_holds_anything_of_a_person_but_what_they_had_published(app: Flask):
    """A marker in every personal field of every table; then everything that anybody can open, in both languages."""
    person = a_person_full_of_canaries()
    things = things_of_every_kind(app)
    row = published(words_of(person, CHOSEN, name=CHOSEN_NAME))
    of_things = {address for _, address in addresses(app, things, but=PUBLIC.keys() | BY_SECRET.keys())}
    first = plain_addresses(app) | of_things | {address.replace("/en/", "/zh-cn/") for address in of_things}
    found = crawl(app.test_client(use_cookies=False), first)
    assert 200 < len(found) < MOST
    assert [path for path, content in found.items() if MARK.encode() in content] == []
    spoken = {path for path, content in found.items() if CHOSEN.encode() in content}
    assert spoken == {f"/{lang}/customers{end}" for lang in ("zh-cn", "en") for end in ("", f"/{row.key}")}
    assert {path for path, content in found.items() if CHOSEN_NAME.encode() in content} == spoken
    withdraw_testimonial(person, row.key)
    again = crawl(app.test_client(use_cookies=False), spoken)
    assert [path for path, content in again.items() if CHOSEN.encode() in content] == []


@pytest.mark.clause("4.3")
def test_the_crawl_finds_what_is_planted(app: Flask):
    """Else finding nothing would prove nothing: a name that somebody had published is a marker that does turn up."""
    published(words_of(a_customer(), CHOSEN, name=f"{MARK}planted"))
    found = crawl(app.test_client(use_cookies=False), {"/en/"})
    assert [path for path, content in found.items() if MARK.encode() in content]

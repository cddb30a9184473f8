"""A browser that takes no cookie meets no loop and no fault, and can browse, search, read and ask. Clause 3b."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

OPEN_PAGES = ["", "products", "search?q=s21", "compare", "cart", "privacy", "privacy/cookies", "privacy/choices",
              "privacy/archive", "privacy/proof", "privacy/register",
              "contact", "help", "register", "login"]  # fmt: skip


def asked(app: Flask, path: str) -> tuple[TestResponse, int]:
    """The page a browser without cookies ends at, and how often it was sent on."""
    browser, hops = app.test_client(use_cookies=False), 0
    answer = browser.get(path)
    while answer.is_json is False and 300 <= answer.status_code < 400 and hops < 5:
        hops += 1
        answer = browser.get(answer.location)
    return answer, hops


def addresses(app: Flask) -> list[str]:
    """Every address of the shop that takes no argument but the language."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.arguments <= {"lang"}]
    return [rule.rule.replace("<lang:lang>", lang) for rule in rules for lang in ("zh-cn", "en")]


@pytest.mark.clause("3b")
def test_every_address_answers_with_at_most_one_redirect_and_no_fault(app):
    found = {path: asked(app, path) for path in dict.fromkeys(addresses(app))}
    assert len(found) > 60
    assert {path: answer.status_code for path, (answer, _) in found.items() if answer.status_code in (500, 502)} == {}
    assert {path: hops for path, (_, hops) in found.items() if hops > 1} == {}


@pytest.mark.clause("3b")
@pytest.mark.clause("3.1.2b")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("page", OPEN_PAGES)
def test_an_open_page_is_there_at_once_and_asks_for_no_cookie(app, lang, page):
    answer, hops = asked(app, f"/{lang}/{page}")
    assert (answer.status_code, hops) == (200, 0)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.clause("3.1.2b")
def test_two_visits_of_a_browser_without_cookies_leave_no_mark_to_know_it_by(app):
    one, other = (app.test_client(use_cookies=False).get("/en/privacy") for _ in range(2))
    assert "ETag" not in one.headers
    assert "Last-Modified" not in one.headers
    links = [line for line in one.text.splitlines() if "href=" in line]
    assert links == [line for line in other.text.splitlines() if "href=" in line]

"""Whatever is asked of whatever address, by whomever, in either language: never a fault of ours.

Every address of the shop is asked with nonsense in its path and in its query, and every form that a visitor can find is
sent with nonsense in its fields. The answer may be a page, a redirect or a refusal, but never a 500.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.models import Account
from app.foundation.database import db
from app.foundation.web_session import begin_session
from bench.html_forms import HtmlForm, Page
from tests.house import files
from tests.house.nonsense import HARSHEST, NONSENSE, submit, with_nonsense

ADDRESSES = (
    [("guest", kind) for kind in NONSENSE]
    + [(role, kind) for role in ("buyer", "manager") for kind in HARSHEST]
    + [(role, "broken") for role in ("clerk", "marketer")]
)
"""Who asks with what. A manager opens what clerks and marketers open, by the same code."""
FORMS = [
    ("guest", "zh-cn"),
    ("guest", "en"),
    ("buyer", "zh-cn"),
    ("clerk", "en"),
    ("marketer", "zh-cn"),
    ("manager", "en"),
]
LANGUAGES = ("zh-cn", "en")
PAGES_PER_ENDPOINT = 1
LONGEST_QUERY = 60_000
PATH_PART = re.compile(r"<(?:([a-z_]+)(?:\([^)]*\))?:)?([a-z_]+)>")


@pytest.fixture(scope="module")
def furnished(shop: Flask) -> Iterator[Flask]:
    """The shop with its demo data, for all tests of this file."""
    from tests.conftest import empty

    loaded = shop.test_cli_runner().invoke(args=["demo", "load"])
    assert loaded.exit_code == 0, loaded.output
    was, shop.config["PROPAGATE_EXCEPTIONS"] = shop.config["PROPAGATE_EXCEPTIONS"], True
    yield shop
    shop.config["PROPAGATE_EXCEPTIONS"] = was
    with shop.app_context():
        db.session.remove()
        empty(db.engine, db.metadata)


def signed_in(furnished: Flask, role: str) -> FlaskClient:
    """A browser in which somebody of this role is signed in."""
    client = furnished.test_client()
    if role == "guest":
        return client
    with furnished.test_request_context():
        account = db.session.scalars(select(Account).where(Account.role == role)).first()
        assert account is not None, f"the demo has no {role}"
        begin_session(account.id, browser="test", second_factor=True)
        client.set_cookie("sid", session.new_token)
    return client


@pytest.mark.parametrize(("role", "kind"), ADDRESSES)
def test_no_address_breaks(furnished: Flask, role: str, kind: str) -> None:
    """Languages take turns: each address meets each kind in one of them, and the next kind in the other."""
    visitor, value = signed_in(furnished, role), NONSENSE[kind]
    for number, rule in enumerate(rules(furnished), list(NONSENSE).index(kind)):
        path = filled(rule, LANGUAGES[number % 2], value)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = visitor.open(f"{path}?{query(value, number)}" if method == "GET" else path, method=method)
            assert answer.status_code < 500 or answer.status_code == 503, f"{method} {path}: {answer.status_code}"


@pytest.mark.parametrize(("role", "language"), FORMS)
def test_no_form_breaks(furnished: Flask, role: str, language: str) -> None:
    visitor, sent = signed_in(furnished, role), 0
    for address, form in forms(furnished, visitor, language):
        for kind, value in NONSENSE.items():
            for fields in islice(with_nonsense(form, value), 3 if kind in HARSHEST else 1):
                answer = submit(visitor, address, form, fields)
                assert answer.status_code < 500, f"{form.action or address} with {value[:40]!r}: {answer.status_code}"
                sent += 1
    assert sent > 20


@cache
def parameters() -> list[str]:
    """Every name that some view looks for in a query."""
    found = {
        name
        for text in files.code().values()
        for name in re.findall(r"request\.(?:args|values)\.(?:get|getlist)\(\s*\"([a-z_]+)\"", text)
    }
    return sorted(found | {"page", "sort", "q", "next", "algorithm", "brand", "price_min", "from", "to", "c"})


def query(value: str, turn: int) -> str:
    """Every name twice with this value. Where that is longer than any server takes, some of them, each in its turn."""
    names = parameters() * 2
    fitting = LONGEST_QUERY // (len(quote(value, errors="surrogatepass")) + 20)
    turned = (names[turn % len(names) :] + names)[: min(fitting, len(names))]
    return urlencode([(name, value) for name in turned], errors="surrogatepass")


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def filled(rule: Rule, language: str, value: str) -> str:
    """The rule's path with nonsense in every part that varies."""

    def part(match: re.Match[str]) -> str:
        if match[2] in ("lang", "to") and match[1] == "lang":
            return language
        return quote(value or "x", safe="", errors="surrogatepass")

    return PATH_PART.sub(part, str(rule))


def forms(app: Flask, visitor: FlaskClient, language: str) -> Iterator[tuple[str, HtmlForm]]:
    """Every form within reach of links from the home page, once."""
    seen_actions: set[tuple[str, ...]] = set()
    for address, page in pages(app, visitor, language):
        for form in page.forms:
            target = urlsplit(urljoin(address, form.action or address)).path
            mark = (endpoint_of(app, target, form.method), *sorted(form.typed))
            if mark not in seen_actions and not mark[0].endswith(("logout", "sign_out")):
                seen_actions.add(mark)
                yield address, form


def pages(app: Flask, visitor: FlaskClient, language: str) -> Iterator[tuple[str, Page]]:
    """Pages that links lead to, a few of each kind."""
    waiting, seen, kinds = [f"/{language}/"], {f"/{language}/"}, Counter[str]()
    starts = [str(rule).replace("<lang:lang>", language) for rule in rules(app) if "GET" in rule.methods]
    waiting += [path for path in starts if "<" not in path and not path.startswith("/m/")]
    while waiting:
        address = waiting.pop(0)
        kind = endpoint_of(app, urlsplit(address).path, "get")
        if kinds[kind] >= PAGES_PER_ENDPOINT or not kind:
            continue
        kinds[kind] += 1
        answer = visitor.get(address)
        assert answer.status_code < 500, address
        if answer.mimetype != "text/html" or answer.status_code >= 400:
            continue
        page = Page(answer.text)
        yield address, page
        for link in page.links:
            target = urlsplit(urljoin(address, link))._replace(fragment="").geturl()
            if target.startswith(f"/{language}/") and target not in seen:
                seen.add(target)
                waiting.append(target)


def endpoint_of(app: Flask, path: str, method: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(path, method.upper())[0])
    except Exception:
        return ""

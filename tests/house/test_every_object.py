"""Every route whose address names a thing of somebody's, tried by who has no business with it. Clause 5.1.1a."""

import re
from collections.abc import Iterator
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.foundation.database import db
from app.foundation.forms import make_token
from app.foundation.permissions import ROLES
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.checkout.builders import CONSIGNEE
from tests.house import files
from tests.house.objects import NAME, QUESTION, Things, addresses, things_of_every_kind

pytestmark = pytest.mark.clause("5.1.1a")
PUBLIC = {
    "analytics.static": "files of the pages",
    "catalog.brand": "the catalogue",
    "catalog.category": "the catalogue",
    "catalog.product": "the catalogue",
    "catalog_root.picture": "pictures of the catalogue",
    "catalog_root.sitemap_part": "the catalogue for search engines",
    "entrance.switch": "the language of a page",
    "news.item": "news that was published",
    "privacy.archive": "texts that everybody may read",
    "privacy.archived": "texts that everybody may read",
    "privacy.changes": "texts that everybody may read",
    "privacy.file": "texts that everybody may read",
    "privacy.policy": "texts that everybody may read",
    "privacy.served_text": "texts that everybody may read",
    "promotions.hide": "a choice kept in the visitor's own browser",
    "static": "files of the pages",
    "testimonials.item": "words that their author had published",
    "testimonials.picture": "the picture that the author had published beside them",
    "testimonials.report": "hides what is public, for whoever says that it shows them",
}
"""Routes that show nothing of anybody."""
BY_SECRET = {
    "carriers.pushed": "the tracking service, by a signature under its parcel's own salt",
    "disputes.agree_on_contact": "the other side of a dispute, by the link that it got by SMS",
    "disputes.chosen": "the other side of a dispute, by the link that it got by SMS",
    "disputes.opened": "the other side of a dispute, by the link that it got by SMS",
    "disputes.reply": "the other side of a dispute, by the link that it got by SMS",
    "disputes.undertake": "the other side of a dispute, by the link that it got by SMS",
    "disputes.withdraw_contact": "the other side of a dispute, by the link that it got by SMS",
    "privacy.closure": "who holds the receipt of an erasure: no account is left to sign in to",
    "promotions.figures": "a principal, by the link that staff gave",
    "promotions.figures_of_campaign": "a principal, by the link that staff gave",
    "shipping.delivery": "the carrier of a parcel, by a signed link that ends",
}
"""Routes that are opened by something that cannot be guessed, and by whom."""
PASSING = {"login_sessions", "ledger_entries", "ledger_waiting", "reading_counts"}
"""What a refused visit may move: when a session was last seen, and what staff read on the way."""


def guarded_by(app: Flask, rule: Rule) -> str | None:
    found: str | None = getattr(app.view_functions[rule.endpoint], "required_permission", None)
    return found


def visits(app: Flask, things: Things) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, address) of every way to a thing of the person's that is neither public nor opened by a secret."""
    for rule, address in addresses(app, things, but=PUBLIC.keys() | BY_SECRET.keys()):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method, address


WORDS = (NAME, CONSIGNEE["consignee"], CONSIGNEE["address"], CONSIGNEE["mobile"].removeprefix("+86"), QUESTION)
"""What only pages about this person say."""


def is_refused(answer: TestResponse) -> bool:
    """No such thing, no right to it, or the way to a door."""
    doors = ("/login", "/second-factor")
    return answer.status_code in (403, 404) or (
        answer.status_code in (302, 303) and any(door in answer.headers["Location"] for door in doors)
    )


def state() -> dict[str, str]:
    """By table a digest of every row that a refused visit may not move."""
    with db.engine.connect() as connection:
        return {
            name: sha256(repr(sorted(map(repr, connection.execute(table.select())))).encode()).hexdigest()
            for name, table in db.metadata.tables.items()
            if name not in PASSING
        }


def test_what_is_said_to_be_public_or_secret_exists_and_is_not_of_the_desks(app: Flask) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    assert PUBLIC.keys() & BY_SECRET.keys() == set()
    for endpoint in PUBLIC.keys() | BY_SECRET.keys():
        assert guarded_by(app, rules[endpoint]) is None


BUTTONS = sorted({name for text in files.code().values() for name in re.findall(r'button_pressed\("([\w.]+)"\)', text)})


def with_good_token(app: Flask, visitor: FlaskClient, address: str) -> list[TestResponse]:
    """Post with the visitor's own good token for each kind of button."""
    cookie = visitor.get_cookie("sid")
    with app.test_request_context(headers={"Cookie": f"sid={cookie.value}"} if cookie else {}):
        tokens = [make_token(name) for name in BUTTONS]
    return [visitor.post(address, data={"form_token": token}) for token in tokens]


@pytest.mark.parametrize("who", ["stranger", "another member", *sorted(ROLES.keys() - {"buyer"})])
def test_who_has_no_business_with_a_thing_gets_nothing_of_it_and_changes_nothing(app: Flask, who: str) -> None:
    things = things_of_every_kind(app)
    visitor = app.test_client()
    if who != "stranger":
        signed_in(visitor, an_account() if who == "another member" else a_staff_member(who))
    tried = [(rule, *more) for rule, *more in visits(app, things) if guarded_by(app, rule) not in ROLES.get(who, ())]
    before = state()
    wrong = []
    for rule, method, address in tried:
        answers = [visitor.open(address, method=method)]
        if not is_refused(answers[0]) and method == "POST" and answers[0].status_code in (303, 400):
            answers = with_good_token(app, visitor, address)  # the view asks for the token first: give it one
            refused = all(answer.status_code in (303, 400, 404) for answer in answers)
        else:
            refused = is_refused(answers[0])
        said = [word for word in WORDS for answer in answers if word in answer.text]
        if not refused or said:
            wrong.append((rule.endpoint, method, [answer.status_code for answer in answers], said))
    assert wrong == []
    assert {name for name, digest in state().items() if digest != before[name]} == set()
    assert len(tried) > 40


MADE_ELSEWHERE = {
    "backoffice.demand_package": "tests/disclosures/test_giving.py",
    "backoffice.research_result": "tests/disclosures/test_research.py",
}
"""What takes an act of its own before it is there, and who opens it then."""


def test_who_has_business_with_a_thing_reaches_it(app: Flask) -> None:
    """Else the refusals above would prove nothing: the thing might not be there."""
    things = things_of_every_kind(app)
    owner = signed_in(app.test_client(), things.person)
    staff = {role: signed_in(app.test_client(), a_staff_member(role)) for role in ROLES.keys() - {"buyer"}}
    closed = []
    for rule, method, address in visits(app, things):
        if method == "GET" and rule.endpoint not in MADE_ELSEWHERE:
            permission = guarded_by(app, rule)
            able = [client for role, client in staff.items() if permission in ROLES[role]] if permission else [owner]
            if not able or is_refused(answer := able[0].get(address)) or answer.status_code >= 400:
                closed.append((rule.endpoint, answer.status_code))
    assert closed == []


WITHOUT_TOKEN = {
    "analytics.forget": "takes the browser's own memory of visits away and nothing else; other origins are refused",
    "analytics.left": "what a page tells when it is left, under its signed ticket",
    "payments.come_back": "the browser, sent back by the institution with its signature; it moves no money",
    "payments_root.notice": "the institution itself, by its signature",
}
"""What has no form of ours to take a token from, and why that is no way in."""


def test_no_form_is_taken_without_a_token(app: Flask) -> None:
    """Whoever may do it posts as another site would make their browser post: nothing moves, neither here nor there."""
    things = things_of_every_kind(app)
    owner = signed_in(app.test_client(), things.person)
    staff = {role: signed_in(app.test_client(), a_staff_member(role)) for role in ROLES.keys() - {"buyer"}}
    others = PUBLIC.keys() - {"promotions.hide", "testimonials.report"} | BY_SECRET.keys()
    named = [(rule, address) for rule, address in addresses(app, things, but=others) if "POST" in (rule.methods or ())]
    plain = [
        (rule, rule.rule.replace("<lang:lang>", "en"))
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.arguments - {"lang"} and rule.endpoint not in WITHOUT_TOKEN
    ]
    before, wrong = state(), []
    for rule, address in named + plain:
        permission = guarded_by(app, rule)
        visitor = next(staff[role] for role in staff if permission in ROLES[role]) if permission else owner
        answer = visitor.post(address, data={"any": "thing"})
        if answer.status_code not in (302, 303, *range(400, 500)) or answer.headers.get("Set-Cookie"):
            wrong.append((rule.endpoint, answer.status_code, answer.headers.get("Set-Cookie")))
    assert wrong == []
    assert {name for name, digest in state().items() if digest != before[name]} == set()
    assert len(plain) > 20


@pytest.mark.parametrize("endpoint", sorted(BY_SECRET))
def test_what_cannot_be_guessed_opens_nothing_when_it_is_guessed(app: Flask, endpoint: str) -> None:
    things_of_every_kind(app)
    visitor = app.test_client()
    for rule in app.url_map.iter_rules(endpoint):
        address = re.sub(r"<lang:lang>", "en", re.sub(r"<token>", "x" * 32, rule.rule))
        address = re.sub(r"<[^>]+>", "1", address)
        answer = visitor.open(address, method="POST" if "POST" in (rule.methods or ()) else "GET")
        assert answer.status_code in (403, 404)
        assert not any(word in answer.text for word in WORDS)

"""Policy, agreement and rules can be read, compared and taken away by anybody. Clauses P.1, 4.1.1(6), 6.3."""

import re
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from app.after_sales import trade_rules
from app.checkout.limits import MOST_ORDERS, UNITS_FOR_ANYONE
from app.orders.balancing import REMIND_BALANCE_BEFORE
from app.orders.lifecycle import COMPLETES_AFTER, HOLDS, ONLINE, REMITTANCE
from app.privacy.policy import current_policy
from app.privacy.texts import FOLDERS
from tests.privacy.later_versions import NEWEST, NEXT, Author, author

__all__ = ["author"]
ADDRESSES = {"policy": "privacy", "agreement": "agreement", "rules": "rules"}
DAY = datetime(2027, 1, 4, 4, tzinfo=UTC).date()


@pytest.mark.clause("P.1")
@pytest.mark.clause("6.3")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
@pytest.mark.parametrize("document", list(FOLDERS))
def test_anybody_reads_every_clause_with_its_summary_and_checks_the_digest(client: FlaskClient, document, lang):
    text = current_policy(DAY, document).texts["en" if lang == "en" else "zh"]
    home = f"/{lang}/{ADDRESSES[document]}"
    page = client.get(home)
    assert "Set-Cookie" not in page.headers
    for clause in text.clauses:
        assert f'id="{clause.anchor}"' in page.text
    assert page.text.count('class="clause__side"') == len(text.clauses)
    assert text.hash in page.text
    served = client.get(f"{home}/archive/{text.version}/text").data
    assert sha256(served).hexdigest() == text.hash
    assert text.hash in client.get(f"{home}/archive").text


@pytest.mark.clause("6.3")
@pytest.mark.parametrize("document", list(FOLDERS))
def test_one_file_holds_both_languages_and_needs_no_network(client: FlaskClient, document):
    version = current_policy(DAY, document)
    answer = client.get(f"/en/{ADDRESSES[document]}/archive/{version.version}/file")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for text in version.texts.values():
        assert text.hash in answer.text and text.title in answer.text
        assert answer.text.count(f"<b>{text.clauses[-1].id}</b>") == 2
    assert not re.search(r'(src|href)="|@import|url\(', answer.text)


@pytest.mark.parametrize("document", list(FOLDERS))
def test_an_unknown_version_is_not_found(client: FlaskClient, document):
    for page in ("", "/text", "/file", "/changes"):
        assert client.get(f"/en/{ADDRESSES[document]}/archive/99{page}").status_code == 404


@pytest.mark.clause("6.3")
def test_a_version_that_is_announced_says_from_when_it_holds(author: Author, client: FlaskClient, clock):
    clock.freeze(datetime(2027, 2, 11, tzinfo=UTC))
    author.closing_within(24, effective="2027-03-01")
    author.publish(NEXT, datetime(2027, 2, 10, 3, tzinfo=UTC))
    page = client.get(f"/en/privacy/archive/{NEXT}").text
    assert f"Version {NEWEST} is in force until then." in page
    archive = client.get("/en/privacy/archive").text
    assert "not yet in force" in archive and "2027-02-10" in archive


def test_the_agreement_states_the_times_by_which_orders_go(app):
    manifest = current_policy(DAY, "agreement").manifest
    assert manifest.deadline("remittance.hold") == HOLDS[REMITTANCE]
    assert manifest.deadline("online.hold") == HOLDS[ONLINE]
    assert manifest.deadline("order.completes") == COMPLETES_AFTER
    assert manifest.deadline("balance.reminder") == REMIND_BALANCE_BEFORE
    assert (manifest.limit("orders.unpaid"), manifest.limit("units.unpaid")) == (MOST_ORDERS, UNITS_FOR_ANYONE)


def test_the_rules_state_the_times_by_which_cases_go(app):
    manifest = current_policy(DAY, "rules").manifest
    for kind in (trade_rules.REFUND_ONLY, trade_rules.RETURN, trade_rules.EXCHANGE, trade_rules.SHORT_HASHRATE):
        assert manifest.deadline(f"case.{kind}") == trade_rules.KINDS[kind].within
    for name, time in {
        "seller.answers": trade_rules.SELLER_ANSWERS,
        "buyer.answers": trade_rules.BUYER_ANSWERS,
        "buyer.sends_back": trade_rules.BUYER_SENDS_BACK,
        "goods.examined": trade_rules.GOODS_ARE_EXAMINED,
        "goods.sent": trade_rules.GOODS_ARE_SENT,
        "case.warning": trade_rules.WARN_BEFORE,
        "platform.decides": trade_rules.PLATFORM_DECIDES,
    }.items():
        assert manifest.deadline(name) == time
    assert manifest.limit("photographs") == trade_rules.MOST_PHOTOGRAPHS
    assert manifest.limit("tolerance.new_percent") * 10 == trade_rules.tolerance_of("new")
    assert manifest.limit("tolerance.used_percent") * 10 == trade_rules.tolerance_of("used")

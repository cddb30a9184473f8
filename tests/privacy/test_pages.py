"""The pages of the policy: open to everybody, whole, and what they say can be checked."""

import hashlib
import re

import pytest

from app.foundation.clock import today
from app.privacy.policy import current_policy
from app.privacy.proof import Outcome, ProofResult, clause_states, faults_of, write_result
from app.settings import current_settings

LANGUAGES = {"zh-cn": "zh", "en": "en"}
both = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.mark.clause("P.1")
@both
def test_the_policy_stands_whole_and_open_without_cookies(app, lang):
    answer = app.test_client(use_cookies=False).get(f"/{lang}/privacy")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    for clause in current_policy(today()).texts[LANGUAGES[lang]].clauses:
        assert f'id="{clause.anchor}"' in answer.text


@pytest.mark.clause("P.1")
@both
def test_the_digest_shown_is_that_of_the_text_served(client, lang):
    served = client.get(f"/{lang}/privacy/archive/{current_policy(today()).version}/text").data
    assert hashlib.sha256(served).hexdigest() in client.get(f"/{lang}/privacy").text.replace("\u200b", "").replace(
        "<wbr>", ""
    )


@pytest.mark.clause("P.1")
@both
@pytest.mark.parametrize("page", ["", "products", "search?q=s19", "cart", "register", "login", "contact", "help"])
def test_every_page_links_the_policy(client, lang, page):
    assert f'href="/{lang}/privacy"' in client.get(f"/{lang}/{page}").text


@pytest.mark.clause("6.3")
@both
def test_the_archive_lists_every_version_with_its_digest(client, lang):
    page = client.get(f"/{lang}/privacy/archive").text
    assert f"/{lang}/privacy/archive/1" in page
    assert client.get(f"/{lang}/privacy/archive/1").status_code == 200


@pytest.mark.parametrize("version", ["0", "99", "../1", "1e0", "x" * 300, "%00"])
def test_a_version_that_does_not_exist_is_not_found(client, version):
    assert client.get(f"/en/privacy/archive/{version}").status_code == 404


@pytest.mark.clause("3b")
@both
def test_the_cookie_page_names_every_cookie_and_what_stops_without_it(client, lang):
    page = client.get(f"/{lang}/privacy/cookies").text
    assert all(
        f"<code>{name}</code>" in page for name in ("sid", "device", "cart", "prefs", "choice", "visit", "promo")
    )


def test_the_cookie_page_decodes_what_this_browser_sent(client):
    client.get("/language/en?next=/en/help")
    assert "en" in re.sub(r"<[^>]+>", " ", client.get("/en/privacy/cookies").text)


@pytest.mark.clause("1")
@both
def test_every_personal_field_is_listed_with_its_reason(client, lang):
    from app.foundation.personal_data import REGISTER

    page = client.get(f"/{lang}/privacy/register").text
    declared = {field.table for field in REGISTER if not field.table.startswith("test_")}
    assert declared
    assert all(table in page for table in declared)


@both
def test_without_a_run_the_proof_page_says_so(client, lang):
    (current_settings().instance_dir / "proof.json").unlink(missing_ok=True)
    answer = client.get(f"/{lang}/privacy/proof")
    assert answer.status_code == 200
    assert "2026-11-23T" not in answer.text


def test_the_proof_page_shows_what_the_run_found(app, client):
    result = ProofResult("2026-11-23T10:00:00+00:00", "abc123", 3, {"1.1.1a": Outcome(2, 0), "P.1": Outcome(0, 1)})
    write_result(result, current_settings().instance_dir)
    page = client.get("/en/privacy/proof").text
    assert "abc123" in page
    assert re.findall(r'<h2 id="chapter-(\w)">', page) == ["P", *"1234567"]
    assert re.search(r'id="chapter-1">What we collect</h2>\s*<p>1 of \d+ clauses kept and proved.</p>', page)
    assert page.index('id="chapter-1"') < page.index(">1.1.1a<") < page.index('id="chapter-2"')


def test_a_run_that_names_an_unknown_clause_is_at_fault():
    result = ProofResult("2026-11-23T10:00:00+00:00", None, 1, {"9.9.9": Outcome(1, 0)})
    assert any("9.9.9" in fault for fault in faults_of(result))


def test_a_clause_kept_by_word_alone_is_at_fault():
    kept = [clause.id for clause in clause_states() if clause.is_kept]
    assert kept
    nothing = ProofResult("2026-11-23T10:00:00+00:00", None, 0, {})
    assert {fault.split(":")[0] for fault in faults_of(nothing)} == set(kept)


def test_a_damaged_result_is_no_result(client):
    (current_settings().instance_dir / "proof.json").write_text("{")
    assert client.get("/en/privacy/proof").status_code == 200

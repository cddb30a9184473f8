"""The edge: headers, origins, limits, error pages in both languages."""

import pytest
from flask import Flask, abort, request
from sqlalchemy.exc import OperationalError

from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed, make_token
from app.foundation.http_edge import from_anywhere


@pytest.fixture
def edge(site: Flask):
    @site.post("/<lang:lang>/send")
    def send() -> str:
        return "sent" if button_pressed("test.send") else "stale"

    @site.post("/gateway")
    @from_anywhere
    def gateway() -> str:
        return "ok"

    @site.get("/<lang:lang>/fail/<what>")
    def fail(what: str) -> str:
        if what.isdigit():
            abort(int(what))
        raise {
            "rule": BusinessError(),
            "store": OperationalError("SELECT", {}, Exception("database is locked")),
            "fault": RuntimeError("CANARY-IN-FAULT"),
        }[what]

    @site.post("/<lang:lang>/read")
    def read() -> str:
        return str(len(request.form))

    return site.test_client()


@pytest.mark.clause("1.2.1(1)")
@pytest.mark.clause("1.2.2(1)")
def test_browsers_are_told_to_deny_what_nobody_needs(edge):
    policy = edge.get("/healthz").headers["Permissions-Policy"]
    assert all(f"{name}=()" in policy for name in ("geolocation", "camera", "microphone", "usb"))


@pytest.mark.clause("1.1.2a")
def test_no_detailed_hints_are_asked_for(edge):
    headers = edge.get("/zh-cn/fail/404").headers
    assert "Accept-CH" not in headers
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_each_answer_has_a_request_id(edge):
    first, second = (edge.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_every_error_has_a_page_in_both_languages(edge, lang, status):
    answer = edge.get(f"/{lang}/fail/{status}")
    assert answer.status_code == status
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}"' in answer.text
    assert f"/{lang}/" in answer.text


def test_a_broken_rule_is_told_in_words(edge):
    answer = edge.get("/en/fail/rule")
    assert answer.status_code == 409
    assert "cannot be done" in answer.text


def test_a_locked_store_is_a_pause(edge):
    assert edge.get("/zh-cn/fail/store").status_code == 503


@pytest.mark.clause("2.3")
def test_a_fault_shows_a_reference_and_no_trace(edge):
    answer = edge.get("/zh-cn/fail/fault")
    assert answer.status_code == 500
    assert "CANARY" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_a_post_must_come_from_our_own_pages(edge, headers, status):
    assert edge.post("/en/send", headers=headers).status_code == status


def test_an_outside_party_with_a_signature_may_post_from_anywhere(edge):
    assert edge.post("/gateway", headers={"Origin": "https://bank.example"}).status_code == 200


def test_a_guests_token_lives_twelve_hours_and_serves_one_form(edge, site, clock):
    def send(token: str) -> str:
        return edge.post("/en/send", data={"form_token": token}).text

    with site.test_request_context():
        good, other = make_token("test.send"), make_token("test.other")
    assert send(good) == "sent"
    assert send(other) == "stale"
    assert send("") == send("zz.00") == send("1.é") == send(good[:-1] + "x") == "stale"
    clock.travel(hours=12, minutes=2)
    assert send(good) == "stale"


def test_a_body_of_ten_megabytes_of_text_is_refused_with_a_page(edge):
    answer = edge.post("/en/read", data={"text": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "<html" in answer.text


def test_the_wrong_method_names_the_right_one(edge):
    answer = edge.get("/en/send")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]

"""Requests that contradict the browser that they name are left out; no browser as people have it ever is."""

import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.agent import agent_of
from analytics.codes import LeftOut
from analytics.traffic import reason_to_leave_out
from tests.analytics import agents

LANGUAGE = {"HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9"}
FETCH = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_SEC_FETCH_MODE": "no-cors", "HTTP_SEC_FETCH_DEST": "image"}
HINTS = {"HTTP_SEC_CH_UA": '"Google Chrome";v="131", "Chromium";v="131"', "HTTP_SEC_CH_UA_MOBILE": "?0"}
CHROME = {**LANGUAGE, **FETCH, **HINTS, "HTTP_SEC_CH_UA_PLATFORM": '"Windows"'}


def reason(text: str, environ: dict[str, str], *, https: bool = True, is_image: bool = True, **more: bool):
    return reason_to_leave_out(agent_of(text), environ, https=https, is_image=is_image, **more)


@pytest.mark.clause("3.2(1)a")
@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (agents.WINDOWS, CHROME),
        (agents.UBUNTU, {**LANGUAGE, **FETCH}),
        (agents.MAC, LANGUAGE),
        (agents.IPHONE, LANGUAGE),
        (agents.IPHONE_CHROME, LANGUAGE),
        (agents.WECHAT, {}),
        (agents.FACEBOOK, {}),
        (agents.SLACK, {}),
        (agents.UC, LANGUAGE),
        (agents.QIHOO, LANGUAGE),
        (agents.OPERA_MINI, {}),
        ("", {}),
    ],
)
def test_a_browser_that_sends_what_its_family_sends_is_a_person(text, environ):
    assert reason(text, environ) is None


def test_chromium_with_its_client_hints_removed_is_a_person():
    assert reason(agents.WINDOWS, {**LANGUAGE, **FETCH}) is None


def test_over_http_a_browser_sends_less_and_is_a_person():
    assert reason(agents.WINDOWS, LANGUAGE, https=False) is None


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        (agents.PIXEL, "Android"),
        (agents.PIXEL.replace("Linux; Android 10; K", "X11; Linux x86_64"), "Android"),
        (agents.CHROMEBOOK, "Chrome OS"),
        (agents.HUAWEI, "Android"),
        (agents.WINDOWS, "Unknown"),
        (agents.WINDOWS, ""),
    ],
)
def test_a_platform_that_may_go_with_the_description_is_believed(text, platform):
    assert reason(text, {**CHROME, "HTTP_SEC_CH_UA_PLATFORM": f'"{platform}"'}) is None


@pytest.mark.clause("3.2(1)a")
@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (agents.WINDOWS, {}),
        (agents.WINDOWS, LANGUAGE),
        (agents.UBUNTU, LANGUAGE),
        (agents.WINDOWS, {**CHROME, "HTTP_ACCEPT_LANGUAGE": ""}),
        (agents.WINDOWS, {**CHROME, "HTTP_SEC_CH_UA_PLATFORM": '"Linux"'}),
        (agents.MAC, {**LANGUAGE, "HTTP_SEC_CH_UA_PLATFORM": '"Linux"'}),
        (agents.WINDOWS, {**CHROME, "HTTP_SEC_CH_UA": '"HeadlessChrome";v="131"'}),
        (agents.WINDOWS, {**CHROME, "HTTP_SEC_FETCH_DEST": "empty"}),
        (agents.WECHAT, {"HTTP_SEC_FETCH_DEST": "document"}),
    ],
)
def test_a_request_that_contradicts_its_description_is_left_out(text, environ):
    assert reason(text, environ) is LeftOut.CONTRADICTORY


def test_a_page_may_be_asked_for_as_a_document():
    assert reason(agents.WINDOWS, {**CHROME, "HTTP_SEC_FETCH_DEST": "document"}, is_image=False) is None


@pytest.mark.parametrize(
    ("text", "environ", "why"),
    [
        ("Googlebot/2.1", CHROME, LeftOut.ROBOT),
        ("Mozilla/5.0 (compatible; GPTBot/1.2)", CHROME, LeftOut.AI_TRAINING),
        ("Mozilla/5.0 (compatible; OAI-SearchBot/1.0)", CHROME, LeftOut.AI_SEARCH),
        ("Mozilla/5.0 (compatible; ChatGPT-User/1.0)", CHROME, LeftOut.AI_FETCH),
        (agents.WINDOWS, {**CHROME, "HTTP_SIGNATURE_AGENT": '"https://chatgpt.com"'}, LeftOut.AI_FETCH),
        (agents.WINDOWS, {**CHROME, "HTTP_FROM": "bingbot(at)microsoft.com"}, LeftOut.ROBOT),
    ],
)
def test_one_that_says_what_it_is_is_left_out_by_that_reason(text, environ, why):
    assert reason(text, environ) is why


def test_a_site_in_development_is_not_asked_for_headers():
    assert reason(agents.HEADLESS, {}, count_automated_browsers=True) is LeftOut.ROBOT
    assert reason(agents.WINDOWS, {}, count_automated_browsers=True) is None


@given(st.sampled_from(agents.PEOPLE), st.dictionaries(st.sampled_from(sorted(CHROME)), st.text(max_size=60)))
def test_no_header_breaks_the_question(text, environ):
    assert reason(text, environ) in (None, *LeftOut)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def asked() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The address of a page with an image, and the requests that came for both."""
    requests: list[dict[str, str]] = []

    def page(environ, start_response):
        requests.append(environ)
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b'<link rel="icon" href="data:,"><img src="/m/b.gif" alt="">']

    with make_server("127.0.0.1", 0, page, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", requests
        server.shutdown()


@pytest.mark.clause("3.2(1)a")
def test_a_real_chromium_is_a_person_and_one_that_wears_another_system_is_not(chromium, asked):
    """127.0.0.1 is trustworthy to browsers: they send it what they send over https."""
    address, requests = asked
    with chromium.new_context(user_agent=agents.UBUNTU_CHROME) as context:
        context.new_page().goto(address, wait_until="networkidle")
    page, image = requests[:2]
    assert image["PATH_INFO"] == "/m/b.gif" and image["HTTP_SEC_CH_UA_PLATFORM"] == '"Linux"'
    assert reason(page["HTTP_USER_AGENT"], page, is_image=False) is None
    assert reason(image["HTTP_USER_AGENT"], image) is None
    assert reason(agents.WINDOWS, image) is LeftOut.CONTRADICTORY

"""The pages of the end of the service in a real browser: announced, being called off, over. Clause 5.2.3."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.accounts.after_the_end import erase_everybody
from app.foundation.clock import now, today
from app.privacy.service_end import announce_end, propose_calling_off, propose_end
from tests.accounts.builders import a_staff_member, signed_in
from tests.accounts.test_after_the_end import the_end
from tests.browser.sights import AXE, FINDINGS, SPILL, WIDTHS
from tests.privacy.publishers import ANOTHER, ONE

pytestmark = [
    pytest.mark.part("chromium"),
    pytest.mark.clause("5.2.3"),
    pytest.mark.parametrize("lang", ["zh-cn", "en"]),
]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application behind a real server of its own: nobody else meets the end that is announced here."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def look(chromium: Any, url: str, said: str, cookies: list[dict[str, Any]] | None = None) -> None:
    """Nothing for axe in light and dark, nothing over the side at any width, and it says what it should."""
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 800}, bypass_csp=True)
        context.add_cookies(cookies or [])
        page = context.new_page()
        page.goto(url)
        assert said in page.inner_text("body"), url
        page.evaluate(AXE)
        assert page.evaluate(FINDINGS, None) == [], url
        for width in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(SPILL) <= 0, (url, width)
        context.close()


def test_the_announced_end_on_shop_desk_and_error_page(address: str, app: Flask, chromium: Any, lang: str):
    announce_end(propose_end(today() + timedelta(days=45), ONE, now()).id, ANOTHER, now())
    propose_calling_off(ONE, now())
    client = signed_in(app.test_client(), a_staff_member("manager", language=lang))
    cookies = [{"name": "sid", "value": client.get_cookie("sid").value, "url": address}]
    said = {"en": "Our service ends after", "zh-cn": "本店运营至"}[lang]
    for path in ("service-end", "desk/service-end", "no-such-page", "account/mail"):
        look(chromium, f"{address}/{lang}/{path}", said, cookies)


def test_the_one_notice_after_it(address: str, app: Flask, chromium: Any, lang: str, clock):
    the_end(clock)
    said = {"en": "This shop has closed", "zh-cn": "本店已停止运营"}[lang]
    look(chromium, f"{address}/{lang}/", said)
    erase_everybody()
    look(chromium, f"{address}/{lang}/products", said)

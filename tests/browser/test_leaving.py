"""A real browser leaves pages of the bakery: in view for a while, turned away from, by a link out, with a download."""

import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Response
from sqlalchemy import Table, select
from werkzeug.serving import make_server

from analytics.codes import Channel, Ending, Way, page_code, source_code
from analytics.example.bakery import bakery
from analytics.extension import Analytics
from analytics.reading import Range
from analytics.store import loads, outbound, page_times

pytestmark = pytest.mark.part("chromium")
POLICY = "default-src 'none'; script-src 'self'; img-src 'self'; connect-src 'self'"
FRONT, RYE = page_code(1), page_code(2, "rye")


class Shop:
    """The bakery behind a real server, with a policy that allows no inline script; and a browser in front of it."""

    def __init__(self, url: str, counting_house: Analytics, browser: Any) -> None:
        self.url, self.counting_house, self.browser = url, counting_house, browser
        self.faults: list[str] = []

    def visitor(self, **options: Any) -> Any:
        """A page of a new browser. What lies outside of the bakery answers nothing."""
        context = self.browser.new_context(**options)
        context.route(re.compile("^https:"), lambda route: route.fulfill(body="elsewhere", content_type="text/html"))
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def kept(self, table: Table, rows: int = 1) -> list[tuple[int, ...]]:
        """What is counted without its day, once so many rows are there; what a page sends on leaving arrives late."""
        deadline = time.monotonic() + 5
        while True:
            self.counting_house.fold()
            with self.counting_house.store.reading() as connection:
                found = [tuple(row)[1:] for row in connection.execute(select(table))]
            if len(found) >= rows or time.monotonic() > deadline:
                return sorted(found)
            time.sleep(0.05)

    def views(self) -> int:
        self.counting_house.fold()
        today = self.counting_house.today()
        return self.counting_house.reports.totals(Range(today, today)).views


@pytest.fixture
def shop(tmp_path, chromium: Any) -> Iterator[Shop]:
    app, house = bakery(tmp_path, time.time, count_automated_browsers=True)

    @app.after_request
    def forbid(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop = Shop(f"http://127.0.0.1:{server.server_port}", house, chromium)
    yield shop
    for context in chromium.contexts:
        context.close()
    server.shutdown()
    house.journal.close()
    house.store.engine.dispose()


@pytest.mark.clause("2.9")
def test_the_time_in_view_and_the_time_to_load_are_told_of_each_page(shop: Shop):
    page = shop.visitor()
    page.goto(f"{shop.url}/bread/rye")
    page.wait_for_timeout(2100)
    page.goto(shop.url)
    ((told, hits, seconds),) = shop.kept(page_times)
    assert (told, hits) == (RYE, 1) and 2 <= seconds <= 4
    assert [(kind, number) for kind, _, number in shop.kept(loads)] == [(2, 1)]
    assert shop.faults == []


def test_a_page_that_is_closed_or_come_back_to_tells_too(shop: Shop):
    page = shop.visitor()
    page.goto(f"{shop.url}/bread/rye")
    page.goto(shop.url)
    page.go_back()
    page.wait_for_timeout(300)
    page.close(run_before_unload=True)
    found = shop.kept(page_times, rows=2)
    assert [(told, hits >= 1) for told, hits, _ in found] == [(FRONT, True), (RYE, True)]
    assert shop.views() >= 2


@pytest.mark.clause("2.10")
def test_a_link_out_is_told_as_its_listed_host_and_a_download_as_its_ending(shop: Shop):
    page = shop.visitor()
    page.goto(shop.url)
    with page.expect_download():
        page.get_by_role("link", name="Prices").click()
    page.get_by_role("link", name="Find us").click()
    page.wait_for_url("https://www.google.com/**")
    google = source_code(Channel.SEARCH, "google")
    assert shop.kept(outbound, rows=2) == [(1, Way.LINK, google, 1), (1, Way.DOWNLOAD, Ending.CSV, 1)]


@pytest.mark.clause("3.2")
def test_without_script_the_visit_is_counted_all_the_same(shop: Shop):
    page = shop.visitor(java_script_enabled=False)
    page.goto(shop.url)
    page.goto(f"{shop.url}/bread/rye")
    page.wait_for_load_state("networkidle")
    page.close()
    assert (shop.views(), shop.kept(loads, rows=0), shop.kept(page_times, rows=0)) == (2, [], [])

"""One person's browser at the running shop: opens pages, presses what is seen, notes what a page must not do."""

import re
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OWN_COOKIES = {"sid", "device", "cart", "prefs", "choice", "visit", "promo"}
"""The whole list of the policy (3a); DESIGN.md says the same."""


_homes = count(1)


class Visitor:
    """A browser context of its own, at an address of its own, which has limits of its own.

    `faults` holds console errors, refused content, strangers and failures.
    """

    def __init__(self, browser: Any, url: str, lang: str = "zh-cn", **options: Any) -> None:
        self.url, self.lang = url, lang
        self.faults: list[str] = []
        options.setdefault("viewport", DESKTOP)
        options.setdefault("extra_http_headers", {"X-Forwarded-For": f"198.51.100.{next(_homes) % 250 + 1}"})
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(10_000)
        self.page = self.new_tab()

    def new_tab(self) -> Any:
        page = self.context.new_page()
        page.on("console", lambda said: said.type == "error" and self.faults.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", lambda request: self._note_request(request.url))
        page.on("response", lambda answer: answer.status >= 500 and self.faults.append(f"{answer.status} {answer.url}"))
        return page

    def open(self, path: str) -> Any:
        """Open a page of this visitor's language; `path` begins behind it. Gives the page."""
        answer = self.page.goto(f"{self.url}/{self.lang}{path}")
        assert answer.status == 200, f"{answer.status} at {path}"
        return self.page

    def press(self, button: str) -> None:
        """Press the first button of that name that can be seen, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).locator("visible=true").first.click()

    def follow(self, link: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link, exact=True).locator("visible=true").first.click()

    def send(self, action: str) -> None:
        """Press the button of the form that posts to an address ending in `action`."""
        with self.page.expect_navigation():
            self.page.locator(f'form[action$="{action}"] button[type=submit]').locator("visible=true").first.click()

    def switch_language(self) -> None:
        """As the link of the header does it; what the page shows must stay."""
        with self.page.expect_navigation():
            self.page.locator("header a[hreflang]").click()
        self.lang = "en" if self.lang == "zh-cn" else "zh-cn"
        assert urlsplit(self.page.url).path.startswith(f"/{self.lang}")

    @property
    def path(self) -> str:
        """Where the visitor is, behind the language."""
        return re.sub(r"^/(zh-cn|en)", "", urlsplit(self.page.url).path)

    @property
    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    @property
    def cookies(self) -> set[str]:
        return {cookie["name"] for cookie in self.context.cookies()}

    def close(self) -> None:
        self.context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _note_request(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.url).netloc and urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.faults.append(f"asked elsewhere: {url}")

"""Sample pages in a real browser, answered from templates and static files without a server, under a strict policy."""

from collections.abc import Callable
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from tests.look.rendering import STATIC, environment
from tests.look.sample_data import sample_context, sample_globals

SITE = "http://shop.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)


class Samples:
    """A browser context that knows the sample pages at /<lang>/<name>; `asked` lists every address asked for."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.asked: list[tuple[str, str]] = []
        self.complaints: list[str] = []
        self.answers: dict[str, Callable[[], str]] = {}
        self.context = browser.new_context(**options)
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self._note(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, name: str, lang: str = "en") -> Any:
        self.page.goto(f"{SITE}/{lang}/{name}")
        return self.page

    def __enter__(self) -> "Samples":
        return self

    def __exit__(self, *exception: object) -> None:
        self.context.close()

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _answer(self, route: Any) -> None:
        address = urlsplit(route.request.url)
        self.asked.append((route.request.method, address.path + (f"?{address.query}" if address.query else "")))
        if address.path.startswith("/static/"):
            file = STATIC / address.path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=guess_type(file.name)[0] or "text/javascript")
        else:
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=self._body(address.path), content_type="text/html; charset=utf-8", headers=headers)

    def _body(self, path: str) -> str:
        if path in self.answers:
            return self.answers[path]()
        lang, _, name = path.strip("/").partition("/")
        if lang not in ("zh-cn", "en") or not name:
            return "<!doctype html><title>elsewhere</title>"
        return environment(lang, **sample_globals(lang)).get_template(f"{name}.html").render(**sample_context(lang))

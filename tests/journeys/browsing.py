"""A visitor without script: opens pages, follows where answers lead, fills in the forms that the pages show."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from bench.html_forms import Page


class Visitor:
    """One browser. `page` is the page it looks at."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = Page("")
        self.at = ""

    def open(self, path: str) -> Page:
        return self._show(self.client.get(path))

    def send(self, action: str, **fields: Any) -> Page:
        """Fill in the form of this page that posts to `action`, press its button, and see where it leads."""
        form = self.page.form_to(action)
        typed = {name: value for name, value in fields.items() if isinstance(value, str)}
        files = {name: value for name, value in fields.items() if not isinstance(value, str)}
        data: dict[str, Any] = {**dict(form.filled(**typed)), **files}
        kind = "multipart/form-data" if files else None
        return self._show(self.client.post(form.action or self.at, data=data, content_type=kind))

    def _show(self, answer: TestResponse) -> Page:
        while answer.status_code in (302, 303):
            self.at = answer.headers["Location"]
            answer = self.client.get(self.at)
        assert answer.status_code == 200, f"{answer.status_code} at {answer.request.path}"
        self.at = answer.request.full_path.rstrip("?")
        self.page = Page(answer.text)
        return self.page

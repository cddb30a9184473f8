"""A visitor without script at the account pages: opens a page, types into its form, presses a button."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.html_forms import HtmlForm, Page

PASSWORD = "grey ferry lamp"


def form_of(answer: TestResponse, action: str) -> HtmlForm:
    return Page(answer.text).form_to(action)


def send(client: FlaskClient, path: str, page: TestResponse | None = None, **typed: Any) -> TestResponse:
    """Fill the form on `page` (or on the page at `path`) and send it. `agreed=True` ticks a box."""
    page = page or client.get(path)
    assert page.status_code in (200, 422, 429), page.status
    form = form_of(page, path.partition("?")[0])
    pressed = {"send": typed.pop("send")} if "send" in typed else {}
    values = {name: "y" if value is True else value for name, value in typed.items()}
    return client.post(path, data=dict([*form.filled(**values), *pressed.items()]))


def register(client: FlaskClient, number: str, *, name: str = "newcomer", **more: Any) -> TestResponse:
    """The whole way in: ask for the code, read it from the outbox, finish. Returns the last answer."""
    from tests.notifications.builders import code_sent_to

    path = f"/en/register{more.pop('query', '')}"
    asked = send(client, path, name=name, password=PASSWORD, mobile=number, agreed=True, send="code")
    assert asked.status_code == 200, errors_in(asked)
    return send(client, path, asked, code=more.pop("code", None) or code_sent_to(number), **more)


def errors_in(answer: TestResponse) -> list[str]:
    """What the page says is wrong, field by field."""
    found = re.findall(r'<p class="field__error"[^>]*>(.*?)</p>', answer.text, re.S)
    return [re.sub(r"<[^>]+>", "", text).replace("Error:", "").strip() for text in found]


def without_secrets(text: str) -> str:
    """A page without what is random or counts minutes in it: tokens of forms, nothing else."""
    text = re.sub(r'(name="(?:form_token|pending)"[^>]*value=")[^"]*', r"\1", text)
    return re.sub(r"[0-9a-f]+\.[0-9a-f]{32}", "", text)

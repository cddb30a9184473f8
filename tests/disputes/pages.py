"""Forms of the disputes' pages, filled in and sent as browsers do."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def fill(client: FlaskClient, where: str, action: str = "", **values: Any) -> TestResponse:
    """Open a page, and send its form whose address ends so with these values; "" is the form of the page itself."""
    form, address = _form(client.get(where).text, action)
    token = re.search(r'<input[^>]*name="((?:\w+-)?form_token)"[^>]*value="([^"]+)"', form)
    assert token
    return client.post(address or where, data={token[1]: token[2], **values}, follow_redirects=True)


def _form(page: str, action: str) -> tuple[str, str]:
    for form in page.partition("<main")[2].split("<form")[1:]:
        tag, _, content = form.partition(">")
        address = (re.search(r'action="([^"]+)"', tag) or ["", ""])[1]
        if address.endswith(f"/{action}") if action else not address:
            return content.partition("</form>")[0], address
    raise LookupError(f"no form leads to {action}")

"""Going through the checkout as a browser without script does."""

import re
from typing import Any

from flask.testing import FlaskClient

GOOD_ADDRESS = {
    "warehouse": "Ordos 1",
    "consignee": "Zhang San",
    "address": "广东省深圳市南山区 1 号",
    "mobile": "13800138000",
}
_FIELD = re.compile(r"<input\b[^>]*>")
_PART = re.compile(r'(\w+)="([^"]*)"')


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on a page that posts to `action`; "" is the page's own address."""
    start = page.index(f'action="{action}"') if action else page.index('<form method="post" novalidate')
    form = page[start : page.index("</form>", start)]
    fields = [dict(_PART.findall(tag)) for tag in _FIELD.findall(form)]
    return {field["name"]: field.get("value", "") for field in fields if field.get("type") == "hidden"}


def place_on_page(client: FlaskClient, lang: str = "en", **changed: Any) -> Any:
    """Open the review and press the button; `changed` fields replace what the page says."""
    page = client.get(f"/{lang}/checkout").text
    return client.post(f"/{lang}/checkout", data={**hidden_fields(page, f"/{lang}/checkout"), **changed})


def fill_in_address(client: FlaskClient, path: str = "/en/checkout/addresses/new", **fields: str) -> Any:
    """Send the form with the four fields; by default a good one."""
    page = client.get(path)
    return client.post(path, data={**hidden_fields(page.text, ""), **GOOD_ADDRESS, **fields})

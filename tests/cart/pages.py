"""Pressing buttons of the cart as a browser without script does: the token comes from the page."""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from app.catalog.models import Sku
from app.foundation.cookies import signed_facts


def token_for(
    client: FlaskClient, action: str, page: str = "/en/cart", headers: Mapping[str, str] | None = None
) -> str:
    """The form token of the form on `page` that posts to `action`."""
    text = client.get(page, headers=headers).text
    form = text[text.index(f'action="{action}"') :]
    found = re.search(r'name="form_token"[^>]*value="([^"]*)"', form)
    assert found, f"no token for {action}"
    return found[1]


def put_in(client: FlaskClient, sku: Sku, quantity: Any = 1, /, **more: Any) -> Any:
    """Add from the product page."""
    token = token_for(client, "/en/cart/lines", f"/en/products/{sku.product.slug}")
    return client.post("/en/cart/lines", data={"sku": sku.id, "quantity": quantity, "form_token": token, **more})


def press(client: FlaskClient, act: str, sku: Sku, **fields: Any) -> Any:
    """Press `quantity` or `removal` on the cart page."""
    token = token_for(client, f"/en/cart/{act}")
    return client.post(f"/en/cart/{act}", data={"sku": sku.id, "form_token": token, **fields})


def cookie_of(client: FlaskClient) -> dict[str, Any]:
    """What the guest's cart cookie holds; empty where there is none."""
    cookie = client.get_cookie("cart")
    return signed_facts("cart", cookie.value) if cookie else {}

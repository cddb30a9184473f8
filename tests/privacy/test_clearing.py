"""Cookies that were cleared are not restored: what they held was nowhere else. Clause 3.1.2c."""

import pytest
from flask.testing import FlaskClient

from tests.cart.pages import put_in
from tests.privacy.builders import make_token_for_guest, save_choices_in
from tests.stock.builders import a_stocked_sku


@pytest.mark.clause("3.1.2c")
@pytest.mark.parametrize("how", ["our button", "the browser's own menu"])
def test_after_clearing_a_guests_cart_and_choices_are_gone_and_come_back_by_nothing(client: FlaskClient, how: str):
    sku, _ = a_stocked_sku(5)
    fresh = client.get("/en/cart").text
    put_in(client, sku, 2)
    save_choices_in(client, "audience", "promotion")
    assert sku.product.slug in client.get("/en/cart").text
    assert "checked" in switch(client, "promotion")
    if how == "our button":
        token = make_token_for_guest("DeletionForm", client)
        client.post("/en/privacy/choices/deletion", data={"form_token": token, "choices_too": "y"})
    else:
        for name in {cookie.key for cookie in client._cookies.values()}:
            client.delete_cookie(name)
    for _ in range(2):
        again = client.get("/en/cart").text
        assert sku.product.slug not in again and ("Your cart is empty" in again) == ("Your cart is empty" in fresh)
        assert "checked" not in switch(client, "promotion")


def switch(client: FlaskClient, name: str) -> str:
    """The tick of a choice as the page shows it."""
    page = client.get("/en/privacy/choices").text
    at = page.index(f'name="{name}"')
    return page[page.rindex("<", 0, at) : page.index(">", at)]

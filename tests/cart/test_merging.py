"""A guest signs in: one function for every way, the larger quantity, once only, and it can be undone. FLOWS.md 7."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.models import Account
from app.cart.holding import MEMBER_LINES, GuestCart, MemberCart
from app.cart.merging import forget_merges, merge, undo_merge, undoable_merge
from app.cart.models import CartMerge
from app.foundation.clock import Clock, now
from app.foundation.database import db
from tests.accounts.builders import PASSWORD, an_account
from tests.cart.pages import cookie_of, put_in, token_for
from tests.catalog.builders import a_service
from tests.checkout.builders import in_cart
from tests.stock.builders import a_stocked_sku


def guest(*lines: tuple[int, int], reference: str = "a" * 32) -> GuestCart:
    return GuestCart(reference, dict(lines))


def cart_of(account: Account) -> dict[int, int]:
    return {line.sku_id: line.quantity for line in MemberCart(db.session(), account.id).lines()}


def test_of_two_quantities_the_larger_one_counts(app: Flask):
    first, second = a_stocked_sku(9)[0], a_stocked_sku(9)[0]
    member = an_account()
    in_cart(member, first, 5)
    in_cart(member, second, 1)
    assert merge(member.id, guest((first.id, 2), (second.id, 4)), now()) == "merged"
    assert cart_of(member) == {first.id: 5, second.id: 4}


def test_a_quantity_that_cannot_be_ordered_is_fitted_and_that_is_said(app: Flask):
    few, many = a_stocked_sku(3)[0], a_stocked_sku(9, moq=4)[0]
    member = an_account()
    assert merge(member.id, guest((few.id, 8), (many.id, 1)), now()) == "merged_fitted"
    assert cart_of(member) == {few.id: 3, many.id: 4}


def test_what_cannot_be_bought_any_more_is_left_out_and_that_is_said(app: Flask):
    gone, service = a_stocked_sku(0)[0], a_service()
    member = an_account()
    assert merge(member.id, guest((gone.id, 1), (10**15, 1), (service.id, 2)), now()) == "merged_fitted"
    assert cart_of(member) == {service.id: 2}


def test_a_cart_goes_in_once_however_often_it_is_sent(app: Flask):
    sku, _ = a_stocked_sku(9)
    member = an_account()
    merge(member.id, guest((sku.id, 2)), now())
    MemberCart(db.session(), member.id).remove([sku.id])
    assert merge(member.id, guest((sku.id, 2)), now()) is None
    assert cart_of(member) == {}


def test_undoing_brings_back_exactly_what_was_there(app: Flask):
    kept, raised, new = (a_stocked_sku(9)[0] for _ in range(3))
    member = an_account()
    in_cart(member, kept, 1)
    in_cart(member, raised, 2)
    merge(member.id, guest((raised.id, 5), (new.id, 1)), now())
    found = undoable_merge(db.session(), member.id, now())
    assert found
    for _ in range(2):
        undo_merge(found, member.id, now())
        assert cart_of(member) == {kept.id: 1, raised.id: 2}
    assert undoable_merge(db.session(), member.id, now()) is None


def test_nobody_undoes_the_merge_of_another_account_nor_an_old_one(app: Flask, clock: Clock):
    sku, _ = a_stocked_sku(9)
    member = an_account()
    merge(member.id, guest((sku.id, 2)), now())
    found = undoable_merge(db.session(), member.id, now())
    assert found
    undo_merge(found, an_account().id, now())
    clock.travel(hours=2)
    undo_merge(found, member.id, now())
    assert cart_of(member) == {sku.id: 2}


def test_a_full_cart_takes_no_further_lines(app: Flask):
    member = an_account()
    services = [a_service() for _ in range(MEMBER_LINES)]
    for service in services:
        in_cart(member, service)
    sku, _ = a_stocked_sku(9)
    assert merge(member.id, guest((sku.id, 1), (services[0].id, 3)), now()) == "merged_fitted"
    assert len(cart_of(member)) == MEMBER_LINES and cart_of(member)[services[0].id] == 3


def test_references_are_forgotten_when_no_cookie_can_hold_them(app: Flask, clock: Clock):
    sku, _ = a_stocked_sku(9)
    merge(an_account().id, guest((sku.id, 1)), now())
    clock.travel(days=32)
    forget_merges()
    assert db.session.query(CartMerge).count() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    mine=st.dictionaries(st.integers(0, 3), st.integers(1, 9)),
    theirs=st.dictionaries(st.integers(0, 3), st.integers(1, 9), min_size=1),
)
def test_merging_never_loses_a_line_of_the_member_and_never_exceeds_the_stock(app: Flask, mine, theirs):
    skus = [a_stocked_sku(6)[0] for _ in range(4)]
    member = an_account()
    for number, units in mine.items():
        in_cart(member, skus[number], units)
    merge(member.id, guest(*((skus[number].id, units) for number, units in theirs.items())), now())
    held = cart_of(member)
    assert set(held) == {skus[number].id for number in {*mine, *theirs}}
    for number in theirs:
        assert held[skus[number].id] == min(6, max(mine.get(number, 0), theirs[number]))


@pytest.mark.clause("3.1.1a")
def test_signing_in_on_the_page_takes_the_cart_along_and_drops_the_cookie(client: FlaskClient):
    sku, _ = a_stocked_sku(9)
    member = an_account(name="buyer-with-cart")
    put_in(client, sku, 2)
    token = token_for(client, "/en/login", "/en/login")
    fields = {"name": "buyer-with-cart", "password": PASSWORD, "form_token": token}
    answer = client.post("/en/login", data=fields)
    assert answer.status_code == 303, answer.text
    assert "done=merged" in answer.headers["Location"]
    assert cookie_of(client) == {} and cart_of(member) == {sku.id: 2}
    assert "Your carts were put together" in client.get("/en/cart").text

"""The accounts of one company share what may be held unpaid, however they write its name. FLOWS.md 1."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Account
from app.checkout.limits import (
    MOST_ORDERS,
    MOST_ORDERS_OF_COMPANY,
    UNITS_FOR_ANYONE,
    TooManyUnpaidOrdersOfCompany,
    TooManyUnpaidUnits,
)
from app.companies.declaring import withdraw_company
from app.foundation.clock import now
from app.foundation.database import db
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order
from tests.accounts.builders import signed_in
from tests.checkout.at_once import all_at_once
from tests.checkout.builders import a_buyer, an_order, in_cart, place
from tests.checkout.pages import place_on_page
from tests.companies.builders import with_company
from tests.stock.builders import a_stocked_sku

NAMES = ("上海云算力（集团）有限公司", "上海云算力(集团)有限责任公司 ")


def of_the_company(number: int = 0) -> Account:
    return with_company(a_buyer(), NAMES[number % 2])


def with_all_orders_but(free: int) -> list[Account]:
    """Accounts of the company that together may place so many more."""
    sku, _ = a_stocked_sku(500)
    accounts = [of_the_company(number) for number in range(MOST_ORDERS_OF_COMPANY // MOST_ORDERS + 2)]
    for number in range(MOST_ORDERS_OF_COMPANY - free):
        an_order(sku, account=accounts[number // MOST_ORDERS])
    return accounts


def test_a_company_has_so_many_unpaid_orders_over_all_its_accounts(app: Flask):
    *_, late, later = with_all_orders_but(1)
    last = an_order(account=late)
    with pytest.raises(TooManyUnpaidOrdersOfCompany):
        an_order(account=later)
    an_order(account=a_buyer())
    cancel(last.id, Actor("buyer", late.audit_ref), now())
    an_order(account=later)


def test_units_of_one_kind_are_counted_over_the_company_too(app: Flask):
    sku, _ = a_stocked_sku(UNITS_FOR_ANYONE + 5)
    an_order(sku, quantity=UNITS_FOR_ANYONE - 1, account=of_the_company(0))
    other = of_the_company(1)
    with pytest.raises(TooManyUnpaidUnits):
        an_order(sku, quantity=2, account=other)
    withdraw_company(other)
    assert place(other).lines[0].quantity == 2


def test_the_page_says_so_and_keeps_the_cart(app: Flask, client):
    late = with_all_orders_but(0)[-1]
    sku, _ = a_stocked_sku(5)
    in_cart(late, sku)
    answer = place_on_page(signed_in(client, late))
    assert answer.status_code == 409 and "The accounts of your company have 15 unpaid orders" in answer.text


def check_accounts_at_once(app: Flask) -> None:
    """Of several accounts that order at the same moment only as many get in as the company has room for."""
    late = with_all_orders_but(1)[-2:]
    sku, _ = a_stocked_sku(50)

    def ordering(account: Account) -> Callable[[], str]:
        account_id = account.id
        in_cart(account, sku)
        return lambda: place(db.session.get_one(Account, account_id)).number

    answers = all_at_once(app, [ordering(account) for account in late])
    assert answers.count(TooManyUnpaidOrdersOfCompany) == 1
    assert len(db.session.scalars(db.select(Order)).all()) == MOST_ORDERS_OF_COMPANY


def test_accounts_of_one_company_at_once(app: Flask):
    check_accounts_at_once(app)


@pytest.mark.part("postgresql")
def test_accounts_of_one_company_at_once_on_postgresql(pg_shop: Flask):
    check_accounts_at_once(pg_shop)

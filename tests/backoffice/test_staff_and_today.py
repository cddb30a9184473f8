"""The manager's list of staff, the ledger's page, what needs doing today, and the desks at the side."""

import pytest
from sqlalchemy import select

from app.accounts.models import OPEN, SHUT_OUT, Account
from app.accounts.securing import change_password
from app.accounts.signing_in import WrongSignIn, account_of_password
from app.backoffice.today import TASKS, how_much
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.permissions import ROLES
from tests.accounts.builders import PASSWORD, a_staff_member, an_account, signed_in
from tests.backoffice.builders import Desk, a_paid_order
from tests.checkout.builders import an_order
from tests.stock.builders import a_stocked_sku


def state_of(account: Account) -> str:
    db.session.expire_all()
    return db.session.get_one(Account, account.id).state


def press(desk: Desk, account: Account, what: str):
    return desk.post(f"/staff/{account.id}/{what}", "backoffice.staff")


def test_the_list_names_staff_with_role_and_masked_number_and_no_buyer(app):
    buyer, clerk, desk = an_account(name="thebuyer"), a_staff_member("clerk", name="theclerk"), Desk(app, "manager")
    page = desk.get("/staff").get_data(as_text=True)
    assert "theclerk" in page and "thebuyer" not in page
    assert clerk.phone_index != buyer.phone_index
    assert "139****" in page


@pytest.mark.clause("5.1.1e")
def test_somebody_shut_out_is_out_at_the_next_request_and_stays_out_with_a_new_password(app):
    clerk, desk = a_staff_member("clerk", name="leaver"), Desk(app, "manager")
    browser = signed_in(app.test_client(), clerk)
    assert browser.get("/en/desk").status_code == 200
    assert press(desk, clerk, "exclusion").status_code == 303
    assert "/login" in browser.get("/en/desk").headers["Location"]
    change_password(db.session.get_one(Account, clerk.id), "a new long password 77")
    assert state_of(clerk) == SHUT_OUT
    with pytest.raises(WrongSignIn):
        account_of_password("leaver", "a new long password 77", address_key="here")


def test_shutting_out_is_on_the_ledger_and_can_be_undone(app):
    clerk, desk = a_staff_member("clerk", name="back"), Desk(app, "manager")
    press(desk, clerk, "exclusion")
    press(desk, clerk, "admission")
    assert state_of(clerk) == OPEN
    assert account_of_password("back", PASSWORD, address_key="here").id == clerk.id
    rows = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event.startswith("staff."))).all()
    assert {(row.event, row.actor, row.subject) for row in rows} == {
        ("staff.shut_out", desk.account.audit_ref, clerk.audit_ref),
        ("staff.let_in", desk.account.audit_ref, clerk.audit_ref),
    }


@pytest.mark.clause("5.1.1e")
def test_nobody_does_it_to_themselves(app):
    desk = Desk(app, "manager")
    assert press(desk, desk.account, "exclusion").status_code == 409
    assert press(desk, desk.account, "admission").status_code == 409
    assert state_of(desk.account) == OPEN


def test_a_buyer_is_not_staff_and_a_button_needs_its_token(app):
    buyer, clerk, desk = an_account(), a_staff_member("clerk"), Desk(app, "manager")
    assert press(desk, buyer, "exclusion").status_code == 404
    assert desk.post(f"/staff/{clerk.id}/exclusion", "another.form").status_code == 400
    assert (state_of(buyer), state_of(clerk)) == (OPEN, OPEN)


@pytest.mark.parametrize("role", ["clerk", "finance", "manager"])
def test_the_desks_at_the_side_are_those_that_the_role_may_open(app, role):
    page = Desk(app, role).get("").get_data(as_text=True)
    for path, permission in (("orders", "orders.read"), ("goods", "goods.edit"), ("staff", "staff.manage")):
        assert (f'href="/en/desk/{path}"' in page) is (permission in ROLES[role]), path
    assert ('href="/en/dashboard"' in page) is ("dashboard.read" in ROLES[role])


def test_today_counts_what_there_is_to_do(app):
    an_order()
    a_paid_order()
    a_stocked_sku(2)
    counted = {task.endpoint: count for task, count in how_much(db.session(), list(TASKS), now()) if not task.values}
    assert counted["backoffice.remittances"] == 1
    assert counted["backoffice.low_stock"] == 1
    to_ship = next(
        count for task, count in how_much(db.session(), list(TASKS), now()) if task.permission == "orders.ship"
    )
    assert to_ship == 1


def test_today_shows_only_what_the_role_may_do(app):
    order = an_order()
    page = Desk(app, "finance").get("").get_data(as_text=True)
    assert order.spoken_number in page
    assert "Parts to ship" not in page and "SKUs running low" not in page


@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_an_empty_shop_has_desks_too(app, lang):
    desk = Desk(app, "manager")
    for path in ("", "/orders", "/remittances", "/goods", "/goods/low-stock", "/warehouses", "/staff", "/ledger"):
        assert desk.get(path, lang).status_code == 200, path


def test_the_ledger_finds_what_happened_to_an_order(app):
    order, other, desk = a_paid_order(), an_order(), Desk(app, "manager")
    page = desk.get(f"/ledger?q={order.number}").get_data(as_text=True)
    assert "order.pay" in page and other.number not in page
    assert "order.pay" not in desk.get("/ledger?q=stock").get_data(as_text=True)

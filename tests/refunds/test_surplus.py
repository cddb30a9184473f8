"""What arrived and no order used goes back; and to whose account. FLOWS.md 2, 3."""

import pytest
from flask import Flask

from app.foundation.clock import now, today
from app.foundation.database import db, new_id, transaction
from app.foundation.errors import NotFound
from app.foundation.money import ZERO, Money
from app.foundation.personal_data import Purpose, purpose
from app.orders.cancelling import cancel
from app.payments.applying import NotThatMuch, record
from app.payments.approving import use
from app.payments.models import BY_CHINABANK, BY_REMITTANCE, Receipt
from app.payments.queries import unapplied
from app.payments.reconciling import reconcile
from app.refunds.approving import refuse
from app.refunds.asking import ask
from app.refunds.errors import NotThatMuchPaid, PaidOtherwise, PayeeMissing
from app.refunds.models import Refund
from app.refunds.payees import Account, give_payee
from app.refunds.paying import pay_by_transfer
from app.refunds.queries import count_by_state, refund_numbered, refunds_in, refunds_of
from app.refunds.surplus import ask_surplus
from app.refunds.vocabulary import PRICE
from tests.accounts.builders import an_account
from tests.checkout.builders import an_address, an_order
from tests.companies.builders import with_company
from tests.payments.builders import FINANCE, MANAGER, pay
from tests.refunds.builders import BUYER, CLERK, THEIR_ACCOUNT, a_paid_order, approved, ask_for, send_back

HUNDRED = Money.yuan("100.00")


def a_receipt(channel: str = BY_REMITTANCE, meant_for: int | None = None) -> Receipt:
    with transaction() as session:
        return record(session, channel, f"R{new_id():X}", HUNDRED, today(), FINANCE, now(), meant_for=meant_for)


def asked(receipt: Receipt, amount: Money = HUNDRED, payee: Account | None = THEIR_ACCOUNT) -> Refund:
    with transaction() as session:
        return ask_surplus(session, receipt.id, amount, CLERK, now(), payee=payee)


def rest(receipt: Receipt) -> Money:
    return db.session.get_one(Receipt, receipt.id, populate_existing=True).rest


def test_money_that_no_order_used_goes_back(app: Flask):
    receipt = a_receipt()
    refund = send_back(approved(asked(receipt, Money.yuan("60.00"))))
    assert (refund.state, refund.reason, rest(receipt)) == ("paid", "surplus", Money.yuan("40.00"))
    assert [each.rest for each in db.session.scalars(unapplied())] == [Money.yuan("40.00")]
    assert reconcile(db.session()).is_sound


def test_what_is_to_go_back_pays_for_no_order_meanwhile(app: Flask):
    receipt, order = a_receipt(), an_order()
    refund = asked(receipt)
    with pytest.raises(NotThatMuch):
        use(receipt.id, order.id, Money(1), FINANCE, now())
    with pytest.raises(NotThatMuchPaid):
        asked(receipt, Money(1))
    refuse(refund.id, MANAGER, now())
    assert rest(receipt) == HUNDRED and reconcile(db.session()).is_sound


@pytest.mark.parametrize("fen", [0, -1, 10001])
def test_not_more_than_is_left_and_never_nothing(app: Flask, fen: int):
    with pytest.raises(NotThatMuchPaid):
        asked(a_receipt(), Money(fen))


def test_nobodys_receipt_is_not_found(app: Flask):
    with pytest.raises(NotFound), transaction() as session:
        ask_surplus(session, 1, HUNDRED, CLERK, now())


def test_what_came_for_an_order_that_ended_goes_back_and_its_timeline_says_so(app: Flask):
    order = an_order()
    cancel(order.id, BUYER, now())
    receipt = pay(order).receipt
    send_back(approved(asked(receipt, receipt.rest)))
    db.session.refresh(order)
    assert [event.name for event in order.events][-3:] == ["refund_asked", "refund_approved", "refund_paid"]
    assert rest(receipt) == ZERO


def test_an_account_may_be_given_later_and_is_read_for_service_only(app: Flask):
    refund = approved(asked(a_receipt(), payee=None))
    with pytest.raises(PayeeMissing):
        send_back(refund)
    give_payee(refund.id, THEIR_ACCOUNT, MANAGER, now())
    found = refund_numbered(db.session(), refund.number)
    with purpose(Purpose.SERVICE):
        assert found.payee and found.payee.account_number == THEIR_ACCOUNT.number
    assert (found.payee.is_of_company, found.payee_id, found.payee.given_at <= now()) == (None, found.payee.id, True)
    send_back(found)
    with pytest.raises(PaidOtherwise):
        give_payee(refund.id, THEIR_ACCOUNT, FINANCE, now())


@pytest.mark.parametrize(("name", "matches"), [("上海云算力(集团)有限公司", True), ("张三丰", False)])
def test_the_holder_is_held_against_the_declared_company(app: Flask, name: str, matches: bool):
    account = an_account()
    an_address(account)
    with_company(account, "上海云算力（集团）有限责任公司")
    order = an_order(account=account)
    pay(order)
    refund = ask_for(order, 1, payee=Account(name, "测试银行", "6222000011112222"))
    assert refund.payee and refund.payee.is_of_company is matches


def test_what_the_institution_takes_back_no_more_goes_by_transfer(app: Flask):
    refund = approved(asked(a_receipt(BY_CHINABANK), payee=None))
    payout = refund.payouts[0]
    assert payout.way == BY_CHINABANK
    pay_by_transfer(payout.id, FINANCE, now())
    with pytest.raises(PayeeMissing):
        send_back(refund)
    give_payee(refund.id, THEIR_ACCOUNT, MANAGER, now())
    send_back(refund)
    with pytest.raises(PaidOtherwise):
        pay_by_transfer(payout.id, FINANCE, now())


def test_the_desk_finds_refunds_by_state_number_and_order(app: Flask):
    order = a_paid_order()
    first, second = ask_for(order, 1), ask_for(order, amount="1.00", reason=PRICE)
    approved(second)
    session = db.session()
    assert [row.id for row in session.scalars(refunds_in("asked"))] == [first.id]
    assert count_by_state(session) == {"asked": 1, "approved": 1, "paid": 0, "refused": 0}
    assert [row.id for row in refunds_of(session, [order.id])] == [first.id, second.id]
    with pytest.raises(NotFound):
        refund_numbered(session, order.number)


def test_no_reason_but_those_of_the_list_is_taken(app: Flask):
    order = a_paid_order()
    for reason in ("surplus", "whim"):
        with pytest.raises(ValueError), transaction() as session:
            ask(session, order.id, [], {}, reason, CLERK, now())

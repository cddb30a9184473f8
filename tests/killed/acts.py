"""The acts that are killed: how the shop stands before, and what somebody does then."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from app.foundation.audit import chain_new_entries, record
from app.foundation.chain_check import check_ledger, verify_chain
from app.foundation.chain_heads import heads_file, heads_in, keep_head
from app.foundation.clock import application_clock, now, today
from app.foundation.database import db, transaction
from app.foundation.money import ZERO, Money
from app.orders.cancelling import expire_holds
from app.orders.lifecycle import HOLDS, REMITTANCE
from app.orders.models import Order
from app.payments.chinabank.simulator import form_body
from app.privacy.acceptance import accept_all
from app.privacy.keeping import enforce, past_its_time
from app.refunds.models import Refund
from app.stock.receiving import receive
from bench.html_forms import HtmlForm, Page
from tests.accounts.builders import a_staff_member, an_account, signed_in
from tests.checkout.builders import a_buyer, an_order
from tests.payments.bank.builders import a_row
from tests.payments.builders import pay
from tests.payments.online import an_attempt, an_online_order, notify, said_about, the_order
from tests.refunds.builders import THEIR_ACCOUNT, a_paid_order, approved, ask_for
from tests.shipping.builders import send_all, serials
from tests.stock.builders import a_stocked_sku

Facts = dict[str, Any]
LONG_AGO = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Act:
    """`prepare` brings the shop to where it begins and gives facts; `do` does it and gives the answer.

    `later`: it is done so long after. `repeats` are tables in which a second time leaves more, as it should. It dies
    around each commit, and before each statement, or each `nth` where there are hundreds.
    """

    prepare: Callable[[Flask], Facts]
    do: Callable[[Flask, Facts], str]
    later: timedelta = timedelta(0)
    repeats: Collection[str] = field(default_factory=tuple)
    nth: int = 1


def press(app: Flask, facts: Facts) -> str:
    """Send the form that was found while preparing."""
    client = app.test_client()
    client.set_cookie("sid", facts["sid"])
    answer = client.post(facts["path"], data=facts["fields"])
    return f"{answer.status_code} {answer.headers.get('Location')}"


def a_form(app: Flask, who: Any, page: str, action: str, **typed: str) -> Facts:
    """The form of a page that somebody signed in is about to send."""
    client = signed_in(app.test_client(), who)
    form = Page(client.get(page).text).form_to(action)
    cookie = client.get_cookie("sid")
    assert cookie
    return {"sid": cookie.value, "path": form.action or page, "fields": filled(form, typed)}


def filled(form: HtmlForm, typed: dict[str, str]) -> dict[str, str]:
    """Fields by the end of their names, whatever their prefix."""
    names = {name for name, _ in form.fields} | form.typed
    return dict(form.filled(**{next(name for name in names if name.endswith(end)): typed[end] for end in typed}))


def placing(app: Flask) -> Facts:
    """Two machines from two warehouses."""
    buyer = a_buyer(a_stocked_sku(5)[0], a_stocked_sku(3)[0], quantity=2)
    return a_form(app, buyer, "/en/checkout", "/en/checkout")


def cancelling(app: Flask) -> Facts:
    """An order that is paid in part: its money becomes free."""
    buyer = a_buyer()
    order = an_order(a_stocked_sku(5)[0], account=buyer)
    pay(order, Money(100))
    return a_form(app, buyer, f"/en/orders/{order.number}", "/cancellation")


def expiring(app: Flask) -> Facts:
    """Two orders whose time is over, one of them paid in part."""
    pay(an_order(a_stocked_sku(5)[0]), Money(100))
    an_order(a_stocked_sku(5)[0])
    return {}


def expire(app: Flask, facts: Facts) -> str:
    expire_holds()
    return ""


def noticing(app: Flask) -> Facts:
    return said_about(an_attempt())


def notice(app: Flask, facts: Facts) -> str:
    return notify(app.test_client(), form_body(facts, "gbk"))


def confirming(app: Flask) -> Facts:
    """A clerk of finance types in a transfer of more than the order needs."""
    order = an_order(a_stocked_sku(5)[0])
    return a_form(app, a_staff_member("finance"), order_desk(order), "/payment", **a_transfer_of(order, Money(50)))


def asking_for_a_second_person(app: Flask) -> Facts:
    """More money than one person may move."""
    order = an_order(a_stocked_sku(5, price=Money.yuan(120_000))[0])
    return a_form(app, a_staff_member("finance"), order_desk(order), "/payment", **a_transfer_of(order))


def giving_approval(app: Flask) -> Facts:
    """The second person confirms what the first has asked for."""
    press(app, asking_for_a_second_person(app))
    return a_form(app, a_staff_member("manager"), "/en/desk/approvals", "/confirmation")


def applying_a_row(app: Flask) -> Facts:
    """One row of the bank's statement pays for two orders."""
    orders = [an_order(a_stocked_sku(5)[0]) for _ in range(2)]
    row = a_row(Money.total(order.total for order in orders))
    lines = "\n".join(f"{order.spoken_number}  {order.total}" for order in orders)
    return a_form(app, a_staff_member("finance"), f"/en/desk/bank/rows/{row.id}", "/application", orders=lines)


def using_a_receipt(app: Flask) -> Facts:
    """Money that one order left over goes to another one."""
    paid, open_order = an_order(a_stocked_sku(5)[0]), an_order(a_stocked_sku(5)[0])
    receipt = pay(paid, paid.total + open_order.total).receipt
    typed = {"number": open_order.spoken_number, "amount": str(open_order.total)}
    return a_form(app, a_staff_member("finance"), f"/en/desk/receipts/{receipt.id}", "/allocations", **typed)


def shipping(app: Flask) -> Facts:
    """The last parcel of a part, machines by their numbers."""
    order = a_paid_order(2)
    typed = {"carrier": "sf", "tracking_number": "SF1234567890"}
    facts = a_form(app, a_staff_member("clerk"), order_desk(order), "/shipment", **typed)
    facts["fields"] |= {
        name: "\n".join(serials(2)) if "serials" in name else "2"
        for name in facts["fields"]
        if "serials" in name or "quantity" in name
    }
    return facts


def receiving(app: Flask) -> Facts:
    """The buyer has the goods."""
    buyer = a_buyer()
    order = an_order(a_stocked_sku(5)[0], account=buyer)
    pay(order)
    send_all(order)
    return a_form(app, buyer, f"/en/orders/{order.number}", "/receipt")


def asking_back(app: Flask) -> Facts:
    """The buyer calls off one of two units and says where the money goes."""
    buyer = a_buyer()
    order = an_order(a_stocked_sku(5)[0], quantity=2, account=buyer)
    pay(order)
    account = {"account_name": THEIR_ACCOUNT.name, "account_bank": THEIR_ACCOUNT.bank}
    typed = {f"units{order.lines[0].id}": "1", **account, "account_number": THEIR_ACCOUNT.number}
    return a_form(app, buyer, f"/en/orders/{order.number}/refund", "", **typed)


def promising_back(app: Flask) -> Facts:
    """A manager approves: units back to stock, money out of two transfers."""
    order = an_order(a_stocked_sku(5)[0], quantity=2)
    for amount in (Money(100), order.total - Money(100)):
        pay(order, amount)
    refund = ask_for(order, 2)
    return a_form(app, a_staff_member("manager"), refund_desk(refund), "/approval")


def promising_back_online(app: Flask) -> Facts:
    return a_form(app, a_staff_member("manager"), refund_desk(ask_for(paid_online(app), 1)), "/approval")


def paying_back(app: Flask) -> Facts:
    """Finance has sent the money by transfer, which settles the refund."""
    return a_payout_form(app, approved(ask_for(a_paid_order(), 1)), "/number", reference="P20261130-78")


def paying_back_online(app: Flask) -> Facts:
    """Finance has given the refund at the institution's back office."""
    return a_payout_form(app, approved(ask_for(paid_online(app), 1)), "/number", reference="P20261130-79")


def paying_back_otherwise(app: Flask) -> Facts:
    """The institution refuses, so its money goes by transfer."""
    return a_payout_form(app, approved(ask_for(paid_online(app), 1)), "/transfer")


def taking_delivery(app: Flask) -> Facts:
    """The first unit of a lot that opens: the SKU is on sale again."""
    sku, [place] = a_stocked_sku(0)
    typed = {"warehouse": str(place.id), "quantity": "7", "reason": "container 12", "lot": "C-12"}
    return a_form(app, a_staff_member("manager"), f"/en/desk/goods/skus/{sku.id}/stock", "/receipts", **typed)


def moving(app: Flask) -> Facts:
    sku, [here, there] = a_stocked_sku(5, 0)
    typed = {"warehouse": str(here.id), "target": str(there.id), "quantity": "3", "reason": "nearer"}
    return a_form(app, a_staff_member("manager"), f"/en/desk/goods/skus/{sku.id}/stock", "/moves", **typed)


def with_a_delivery_on_its_way(app: Flask) -> Facts:
    sku, [place] = a_stocked_sku(0)
    return {"sku": sku.id, "place": place.id}


def write_delivery_down(app: Flask, facts: Facts) -> str:
    """Careless: two transactions, and nothing by which a second time would be known."""
    for units in (3, 4):
        receive(facts["sku"], facts["place"], units, now(), lot="C-12", reason="container 12")
    return ""


def paid_online(app: Flask) -> Order:
    """Two units, paid at the institution."""
    attempt = an_attempt(an_online_order(a_stocked_sku(5)[0], a_stocked_sku(5)[0]))
    notify(app.test_client(), said_about(attempt))
    return the_order(attempt)


def a_payout_form(app: Flask, refund: Refund, action: str, **typed: str) -> Facts:
    return a_form(app, a_staff_member("finance"), refund_desk(refund), action, **typed)


def refund_desk(refund: Refund) -> str:
    return f"/en/desk/refunds/{refund.number}"


def order_desk(order: Order) -> str:
    return f"/en/desk/orders/{order.number}"


def a_transfer_of(order: Order, too_much: Money = ZERO) -> dict[str, str]:
    """What a clerk types for an order's money."""
    amount, day = order.total + too_much, today().isoformat()
    ticked = {"differs": "y"} if too_much else {}
    return {"reference": "B20261130-77", "amount": str(amount), "received_on": day, **ticked}


def with_an_old_ledger(app: Flask) -> Facts:
    """Three years later the worker has chained, kept a head outside and walked along."""
    moment = now()
    application_clock.freeze(moment - LONG_AGO)
    with transaction() as session:
        for number in range(3):
            record("test.happened", number=number)
        accept_all(session, an_account().audit_ref, "zh", now())
    chain_new_entries()
    application_clock.freeze(moment)
    keep_head()
    assert check_ledger(now()).is_sound
    return {}


def cut_the_ledger(app: Flask, facts: Facts) -> str:
    """The file of heads keeps each line, whatever dies afterwards."""
    enforce(now(), "ledger")
    found = verify_chain(db.session(), heads_in(heads_file()))
    return "ok" if found.is_sound and not past_its_time(db.session(), now())["ledger"] else "not cut"


ACTS: dict[str, Act] = {
    "placing an order": Act(placing, press),
    "cancelling": Act(cancelling, press),
    "two orders expire": Act(expiring, expire, later=HOLDS[REMITTANCE] + timedelta(seconds=1)),
    "a notice of the institution": Act(noticing, notice, repeats=["gateway_messages"]),
    "confirming a remittance": Act(confirming, press),
    "asking for a second person": Act(asking_for_a_second_person, press),
    "giving approval": Act(giving_approval, press),
    "applying a row of the statement": Act(applying_a_row, press),
    "using a receipt": Act(using_a_receipt, press),
    "shipping a parcel": Act(shipping, press),
    "confirming receipt": Act(receiving, press),
    "asking for a refund": Act(asking_back, press),
    "approving a refund": Act(promising_back, press),
    "approving a refund online": Act(promising_back_online, press),
    "sending money back": Act(paying_back, press),
    "sending money back online": Act(paying_back_online, press),
    "sending money back otherwise": Act(paying_back_otherwise, press),
    "taking delivery of stock": Act(taking_delivery, press),
    "moving stock": Act(moving, press),
    "cutting the ledger": Act(with_an_old_ledger, cut_the_ledger),
}
CARELESS = "careless"
TO_BE_FOUND_OUT: dict[str, Act] = {CARELESS: Act(with_a_delivery_on_its_way, write_delivery_down)}

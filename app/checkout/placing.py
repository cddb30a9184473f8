"""Placing an order: everything in one transaction, or nothing. Clauses 1.1.3a-c; FLOWS.md 1.

Prices, stock and freight are the server's own of this moment. The form's key makes a second submit the same order.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Table, bindparam, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.known_browsers import Browser
from app.accounts.models import Account
from app.accounts.telling import addressee_of
from app.cart.contents import Contents, contents_of
from app.cart.holding import MemberCart
from app.checkout.addresses import address_of
from app.checkout.limits import MOST_ORDERS, TooManyUnpaidOrders, check_company, check_units
from app.checkout.quoting import Quote, QuotedPart, quote
from app.companies.declaring import company_key_of, lock_company
from app.foundation.appending import append
from app.foundation.clock import SHANGHAI
from app.foundation.database import db, new_id, transaction
from app.foundation.encryption import keyed_digest
from app.foundation.errors import BusinessError, NotFound
from app.foundation.personal_data import Purpose, purpose
from app.notifications.notifying import Addressee
from app.orders.checking import address_key_of, known_of, mark, tell_of_check
from app.orders.lifecycle import AWAITING_PAYMENT, HOLDS, REMITTANCE, Actor
from app.orders.messages import tell_buyer
from app.orders.models import Order, OrderLine, OrderPart
from app.orders.moving import note
from app.orders.numbers import new_order_number
from app.payments.expecting import expect_remittance
from app.privacy.service_end import refuse_beginnings
from app.shipping.provinces import province_in
from app.stock.taking import take

TRIES = 3

_ORDERS: Table = inspect(Order).local_table
_OF_FORM_OR_UNPAID: Select[Any] = select(*_ORDERS.c["id", "placing_key", "placing_digest"]).where(
    _ORDERS.c.account_id == bindparam("account"),
    (_ORDERS.c.placing_key == bindparam("key")) | (_ORDERS.c.state == AWAITING_PAYMENT),
)


class NothingToOrder(BusinessError):
    """The cart is empty, or a line cannot be ordered as it stands; the cart page shows which."""

    message = _l("Something in your cart changed. Please look at the marked lines.")


class PricesChanged(BusinessError):
    """What would be placed is not what the buyer was shown."""

    message = _l("Prices, freight or your cart changed since this page was shown. Please check the new amounts.")


class FormUsedForAnotherOrder(BusinessError):
    """The form's key belongs to an order with other contents."""

    message = _l("This form was used for another order already. Please check your cart and order from there.")


@dataclass(frozen=True)
class Buyer:
    """Who orders, and on which browser, where there is one."""

    account_id: int
    subject_id: int
    audit_ref: int
    browser: Browser | None = None

    @property
    def actor(self) -> Actor:
        return Actor("buyer", self.audit_ref)


def place_order(
    buyer: Buyer, address_id: int, key: str, shown: str, at: datetime, *, method: str = REMITTANCE
) -> Order:
    """Order the cart to one of the buyer's addresses. `shown` is the fingerprint of the quote they agreed to.

    `method` is the way of payment, which decides for how long the goods are held.

    Repeating a call returns the same order. Raises OutOfStock, PricesChanged, NothingToOrder, TooManyUnpaidOrders,
    TooManyUnpaidUnits, FormUsedForAnotherOrder, ServiceEnds, NotFound; then nothing was changed.
    """
    for _ in range(TRIES - 1):
        try:
            return _place(buyer, address_id, key, shown, method, at)
        except IntegrityError:  # somebody has that very order number or code: draw again
            continue
    return _place(buyer, address_id, key, shown, method, at)


def _place(buyer: Buyer, address_id: int, key: str, shown: str, method: str, at: datetime) -> Order:
    digest = keyed_digest("placing", str(address_id), shown, method)
    consignee, to = _consignee(buyer, address_id), _addressee(buyer)
    address_key = address_key_of(consignee["address"] if consignee else "")
    company_key = company_key_of(db.session(), buyer.account_id)
    known = known_of(db.session(), buyer.account_id, address_key, buyer.browser, at)
    with transaction() as session:
        _lock_buyer(session, buyer)
        if before := _before(session, buyer, key, digest):
            return before
        refuse_beginnings()
        if company_key:
            lock_company(session, company_key)
            check_company(session, company_key)
        if consignee is None:
            raise NotFound
        cart = MemberCart(session, buyer.account_id)
        contents = contents_of(session, cart.lines())
        order_id = new_id()
        offer = _take_and_quote(session, contents, order_id, consignee["address"], at)
        check_units(session, buyer.account_id, company_key, offer.units)
        if offer.fingerprint != shown:
            raise PricesChanged
        order = _order(buyer, order_id, consignee, offer, method, key, digest, at)
        order.address_key = address_key
        mark(order, known)
        append(session, order, *order.parts, *order.lines)
        if method == REMITTANCE:
            expect_remittance(session, order)
        note(session, order, "place", buyer.actor, at)
        tell_buyer(session, order, "order.placed" if method == REMITTANCE else "order.placed_online", to=to)
        tell_of_check(session, order, to)
        cart.remove([item.sku.id for item in contents.available])
    return order


def _lock_buyer(session: Session, buyer: Buyer) -> None:
    """One order of a buyer at a time, so that key and cap are decided on what is committed (no-op on SQLite)."""
    if session.connection().dialect.name != "sqlite":
        session.execute(select(Account.id).where(Account.id == buyer.account_id).with_for_update())


def _before(session: Session, buyer: Buyer, key: str, digest: str) -> Order | None:
    """The order that this very form made before. Raises FormUsedForAnotherOrder, TooManyUnpaidOrders."""
    rows = session.execute(_OF_FORM_OR_UNPAID, {"account": buyer.account_id, "key": key}).all()
    for order_id, placing_key, placing_digest in rows:
        if placing_key == key:
            if placing_digest != digest:
                raise FormUsedForAnotherOrder
            return session.get_one(Order, order_id)
    if len(rows) >= MOST_ORDERS:
        raise TooManyUnpaidOrders
    return None


def _consignee(buyer: Buyer, address_id: int) -> dict[str, str] | None:
    """Read before the transaction, which others wait for: what counts is the address that the buyer saw."""
    try:
        address = address_of(db.session(), buyer.account_id, address_id)
    except NotFound:
        return None
    with purpose(Purpose.SERVICE):
        return dict(address.consignee)


def _addressee(buyer: Buyer) -> Addressee:
    """Who is told of the order; read before the transaction too."""
    return addressee_of(db.session.get_one(Account, buyer.account_id))


def _take_and_quote(session: Session, contents: Contents, order_id: int, address: str, at: datetime) -> Quote:
    """Hold the units first: what they cost depends on where they lie."""
    if not contents.can_be_ordered:
        raise NothingToOrder
    wants = {item.sku.id: item.quantity for item in contents.available}
    seen = {item.sku.id: contents.places(item) for item in contents.available}
    taken = take(session, wants, order_id, at, seen=seen)
    try:
        return quote(contents, taken, province_in(address))
    except KeyError:  # another warehouse than the review could have shown
        raise PricesChanged from None


def _order(
    buyer: Buyer,
    order_id: int,
    consignee: dict[str, str],
    offer: Quote,
    method: str,
    key: str,
    digest: str,
    at: datetime,
) -> Order:
    return Order(
        id=order_id,
        number=new_order_number(),
        account_id=buyer.account_id,
        subject_id=buyer.subject_id,
        consignee=consignee,
        payment_method=method,
        goods=offer.goods,
        freight=offer.freight,
        total=offer.total,
        deposit=offer.deposit,
        balance_due_on=offer.balance_due_on,
        placing_key=key,
        placing_digest=digest,
        placed_at=at,
        hold_until=at + HOLDS[method],
        parts=[_part(order_id, part, position) for position, part in enumerate(offer.parts, 1)],
    )


def _part(order_id: int, part: QuotedPart, position: int) -> OrderPart:
    part_id = new_id()
    lines = [
        OrderLine(
            part_id=part_id,
            position=number,
            sku_id=line.sku.id,
            sku_code=line.sku.code,
            slug=line.slug,
            name_zh=line.name("zh"),
            name_en=line.name("en"),
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            vat_percent=line.vat_percent,
            condition=line.sku.condition,
            hashrate=line.sku.hashrate,
            hashrate_unit=line.sku.hashrate_unit,
            power_mw=line.sku.power_mw,
        )
        for number, line in enumerate(part.lines, 1)
    ]
    return OrderPart(
        id=part_id,
        order_id=order_id,
        position=position,
        warehouse_id=part.warehouse.id if part.warehouse else None,
        delivery=part.delivery,
        delivery_month=part.delivery_month,
        goods=part.goods,
        freight=part.freight_amount,
        terms_id=part.terms_id,
        late_from=_late_from(part),
        lines=lines,
    )


def _late_from(part: QuotedPart) -> datetime | None:
    """The midnight in China from which shipping is late; only terms promise anything."""
    if part.terms is None or part.delivery_month is None:
        return None
    return datetime.combine(part.terms.promised_by(part.delivery_month) + timedelta(days=1), time(), SHANGHAI)

"""Buyers and clerks at work without end in the instance folder given as argument, telling each act on a line."""

import random
import sys
import threading
from pathlib import Path

from flask import Flask

from app.cart.holding import MemberCart
from app.catalog.models import Sku
from app.checkout.placing import Buyer, place_order
from app.checkout.reviewing import review
from app.factory import create_app
from app.foundation.clock import now, today
from app.foundation.database import db, new_id
from app.foundation.errors import BusinessError
from app.orders.cancelling import cancel
from app.orders.lifecycle import AWAITING_SHIPMENT, Actor
from app.orders.models import Order
from app.payments.confirming import confirm_remittance
from app.settings import Settings
from app.shipping.handing_over import Packed, ship
from app.shipping.queries import machine_lines
from app.stock.models import StockLevel
from app.stock.moving import move
from app.stock.queries import open_warehouses
from app.stock.receiving import receive

FINANCE, CLERK = Actor("finance", 1), Actor("clerk", 2)


def shop_in(folder: Path) -> Flask:
    return create_app(Settings.from_environment({"INSTANCE_DIR": str(folder), "RATE_LIMITS": "off"}))


def main(folder: Path) -> None:
    from app.accounts.models import Account

    app = shop_in(folder)
    with app.app_context():
        accounts = db.session.query(Account).all()
        buyers = [Buyer(each.id, each.subject_id, each.audit_ref) for each in accounts]
        skus = [sku.id for sku in db.session.query(Sku).filter(Sku.moq == 1, Sku.available) if sku.is_on_sale]
        db.session.remove()
    acts = [threading.Thread(target=buy, args=(app, buyer, skus), daemon=True) for buyer in buyers]
    for thread in [*acts, threading.Thread(target=keep_stock, args=(app, skus), daemon=True)]:
        thread.start()
    for thread in acts:
        thread.join()


def tell(what: str, number: str) -> None:
    sys.stdout.write(f"{what} {number}\n")
    sys.stdout.flush()


def buy(app: Flask, buyer: Buyer, skus: list[int]) -> None:
    """Order by order: cancelled, or paid in part or whole and sent parcel by parcel."""
    dice = random.Random()  # noqa: S311 - what happens next, not a secret
    while True:
        with app.app_context():
            try:
                live(buyer, dice.sample(skus, 2), dice)
            except BusinessError:  # sold out, or changed under the buyer's hands: the next order
                db.session.rollback()
            db.session.remove()


def live(buyer: Buyer, skus: list[int], dice: random.Random) -> None:
    """The life of one order."""
    cart = MemberCart(db.session(), buyer.account_id)
    for line in cart.lines():
        cart.remove([line.sku_id])
    for sku_id in skus:
        cart.put(sku_id, dice.randint(1, 2), None, now())
    seen = review(db.session(), buyer.account_id, None)
    if seen.offer is None or seen.address is None:
        return
    order = place_order(buyer, seen.address.id, f"{new_id():x}", seen.offer.fingerprint, now())
    tell("placed", order.number)
    if dice.random() < 0.3:
        cancel(order.id, buyer.actor, now())
        tell("cancelled", order.number)
        return
    for _ in range(2 if dice.random() < 0.7 else 1):
        if due := order.due_now:
            confirm_remittance(order.id, f"B{new_id():X}", due, today(), FINANCE, now())
            db.session.refresh(order)
    tell("paid", order.number)
    leave(order, dice)
    if order.state != AWAITING_SHIPMENT:
        tell("shipped", order.number)
    elif not order.unpaid:
        raise RuntimeError("a paid order did not leave")


def leave(order: Order, dice: random.Random) -> None:
    """Each part whose money is there, line by line in parcels of its own."""
    machines = machine_lines(db.session(), order)
    for part in order.parts:
        if part.terms and order.unpaid:
            continue
        for line in part.lines:
            units = line.to_ship
            serials = tuple(f"B{new_id():016X}" for _ in range(units)) if line.id in machines else ()
            number = f"SF{dice.randrange(10**12):012d}"
            ship(part.id, "sf", number, CLERK, now(), [Packed(line.id, units, serials)])
        db.session.refresh(order)


def keep_stock(app: Flask, skus: list[int]) -> None:
    """The goods desk: deliveries come in, and free units go from one warehouse to another."""
    dice = random.Random()  # noqa: S311
    while True:
        with app.app_context():
            places = [place.id for place in db.session.scalars(open_warehouses())]
            sku_id = dice.choice(skus)
            try:
                receive(sku_id, dice.choice(places), 3, now(), lot=f"L{dice.randrange(4)}", reason="bench")
                level = db.session.query(StockLevel).filter_by(sku_id=sku_id).first()
                if level is not None:
                    target = dice.choice(places)
                    move(sku_id, level.warehouse_id, target, 1, now(), lot=level.lot.code, reason="bench")
            except BusinessError:  # nothing free there, or no move at all
                db.session.rollback()
            db.session.remove()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

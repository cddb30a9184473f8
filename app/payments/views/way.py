"""The button by which an unpaid order is paid another way. Owner only, else 404."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.errors import BusinessError
from app.foundation.forms import button_pressed
from app.foundation.http_edge import limiter
from app.foundation.idempotency import once, this_sending
from app.orders.lifecycle import Actor
from app.orders.queries import own_order
from app.payments.changing_way import HoldWouldBeOver, pay_another_way
from app.payments.views import bp
from app.payments.ways import payment_page


@bp.post("/orders/<number>/way/<any(online, remittance):way>")
@login_required
@limiter.limit("20/minute")
def change_way(number: str, way: str) -> ResponseReturnValue:
    order = own_order(db.session(), current_user.id, number)
    if not button_pressed("payments.change_way"):
        return redirect(payment_page(order, done="stale"), 303)
    buyer = Actor("buyer", current_user.audit_ref)

    def changing() -> str:
        pay_another_way(order.id, way, buyer, now())
        return payment_page(own_order(db.session(), current_user.id, number), done="way_changed")

    try:
        return redirect(once(this_sending(), changing, now()), 303)
    except HoldWouldBeOver:
        return redirect(payment_page(order, done="online_too_late"), 303)
    except BusinessError:
        return redirect(url_for("orders.order", number=order.number, done="order_moved"), 303)

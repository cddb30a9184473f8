"""Orders and cancels without end in the instance folder given as argument, telling each on a line, until killed."""

import sys
from pathlib import Path

from app.accounts.models import Account
from app.catalog.models import Sku
from app.factory import create_app
from app.foundation.clock import now
from app.foundation.database import db
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from tests.checkout.builders import in_cart, place
from tests.conftest import settings_for


def main(folder: Path) -> None:
    app = create_app(settings_for(folder))
    with app.app_context():
        buyer, sku = db.session.query(Account).one(), db.session.query(Sku).one()
        while True:
            in_cart(buyer, sku, 2)
            order = place(buyer)
            print("placed", order.number, flush=True)
            cancel(order.id, Actor("buyer", buyer.audit_ref), now())
            print("cancelled", order.number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

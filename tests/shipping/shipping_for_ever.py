"""Parcels of one unit without end in the instance folder given as argument, telling each on a line, until killed."""

import sys
from pathlib import Path

from app.factory import create_app
from app.foundation.clock import now
from app.foundation.database import db, new_id
from app.orders.models import Order
from app.shipping.handing_over import Packed, ship
from tests.conftest import settings_for
from tests.shipping.builders import CLERK


def main(folder: Path) -> None:
    app = create_app(settings_for(folder))
    with app.app_context():
        order = db.session.query(Order).one()
        part, line = order.parts[0].id, order.lines[0].id
        while True:
            label = f"SF{new_id():X}"
            ship(part, "sf", label, CLERK, now(), [Packed(line, 1, (f"HTM{new_id():X}",))])
            print("shipped", label, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

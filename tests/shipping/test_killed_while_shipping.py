"""The process dies at any instant: a parcel has left whole or not at all, and no told one is lost. Clause 1.1.5a."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.factory import create_app
from app.foundation import data_keys
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.orders.models import Order
from app.shipping.models import Parcel
from app.stock.models import StockLevel
from app.stock.queries import levels_off_ledger
from tests.checkout.test_killed_while_placing import KILLS, told_until_killed
from tests.conftest import settings_for
from tests.shipping.test_handing_over import a_paid_order
from tests.stock.builders import a_stocked_sku

BOUGHT = 4000


@pytest.mark.clause("1.1.5a")
def test_whoever_kills_the_shop_finds_every_parcel_whole_and_every_told_one(tmp_path: Path):
    shop: Flask = create_app(settings_for(tmp_path))
    with shop.app_context():
        db.create_all()
        data_keys.metadata.create_all(shop.extensions["data_keys"].engine)
        sku, _ = a_stocked_sku(2 * BOUGHT)
        order_id = a_paid_order(sku, quantity=BOUGHT).id
        db.session.remove()
        told = [
            label for _ in range(KILLS) for _, label in told_until_killed(tmp_path, "tests.shipping.shipping_for_ever")
        ]
        parcels = db.session.scalars(select(Parcel)).all()
        assert len(told) >= KILLS and set(told) <= {parcel.tracking_number for parcel in parcels}
        assert all(len(parcel.units) == 1 and list(parcel.quantities.values()) == [1] for parcel in parcels)
        line = db.session.get_one(Order, order_id).lines[0]
        assert line.shipped == len(parcels)
        left = db.session.execute(select(StockLevel.on_hand, StockLevel.held)).one()
        assert tuple(left) == (2 * BOUGHT - len(parcels), BOUGHT - len(parcels))
        assert levels_off_ledger(db.session()) == []
        said = select(func.count()).where(OutboxMessage.code == "order.shipped", OutboxMessage.channel == "site")
        assert db.session.scalar(said) == len(parcels)
        db.session.remove()
        db.engine.dispose()

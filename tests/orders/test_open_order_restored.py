"""A restored backup in which an order of somebody erased was still open: keys go at once, rows wait (decision 14)."""

import pytest
from sqlalchemy import insert, select

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.data_keys import KeyDestroyed, data_keys, subject_keys
from app.foundation.database import Base, db
from app.foundation.personal_data import Purpose, purpose
from app.orders.anonymising import OrderStillOpen
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.orders.models import Order
from app.privacy.erasing import replay
from tests.checkout.builders import a_buyer, an_order
from tests.privacy.closures import erased


def backup_of(subject_id):
    """Rows of all tables, and the person's wrapped key."""
    rows = {table: db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    with data_keys().engine.connect() as connection:
        key = connection.execute(select(subject_keys).where(subject_keys.c.subject_id == subject_id)).one()
    return rows, dict(key._mapping)


def restore(backup):
    rows, key = backup
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        for table, found in rows.items():
            if found:
                connection.execute(table.insert(), [dict(row._mapping) for row in found])
    with data_keys().engine.begin() as connection:
        connection.execute(insert(subject_keys).values(**key))
    db.session.expire_all()


@pytest.mark.clause("5.2.2b")
def test_an_order_that_a_backup_brings_back_open_keeps_its_rows_unreadable_until_it_has_ended(app):
    account = a_buyer()
    order = an_order(account=account)
    subject_id, audit_ref, order_id = account.subject_id, account.audit_ref, order.id
    backup = backup_of(subject_id)
    cancel(order_id, Actor("buyer", audit_ref), now())
    erased(account)
    restore(backup)
    with pytest.raises(OrderStillOpen):
        replay()
    db.session.remove()  # a session keeps the keys that it has opened, until its request ends
    assert data_keys().load([subject_id]) == {}
    back = db.session.get_one(Order, order_id, populate_existing=True)
    with pytest.raises(KeyDestroyed), purpose(Purpose.SERVICE):
        assert back.consignee
    cancel(order_id, Actor("clerk", 7), now())
    replay()
    db.session.remove()
    assert db.session.scalar(select(Account.id).where(Account.audit_ref == audit_ref)) is None
    assert db.session.get_one(Order, order_id, populate_existing=True).account_id is None

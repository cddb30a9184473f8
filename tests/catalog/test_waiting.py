"""Tell me when it is back: asked for once, told once, forgotten."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.catalog.models import WITHDRAWN
from app.catalog.versions import bump
from app.catalog.waiting import BackInStockWish, tell_who_waited, wish_for
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.stock.receiving import receive
from tests.accounts.builders import an_account
from tests.catalog.builders import a_product, a_sku
from tests.stock.builders import a_warehouse

pytestmark = pytest.mark.usefixtures("app")


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(BackInStockWish)) or 0


def messages() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "stock.back")))


def test_asking_twice_is_asking_once():
    alice, sku = an_account(), a_sku()
    wish_for(alice, sku.id, now())
    wish_for(alice, sku.id, now())
    assert waiting() == 1


def test_nobody_is_told_while_none_is_left():
    wish_for(an_account(), a_sku().id, now())
    assert tell_who_waited() == 0
    assert waiting() == 1


@pytest.mark.clause("2.1")
def test_who_waited_is_told_once_with_the_name_of_the_machine_and_forgotten_here():
    alice, sku = an_account(), a_sku()
    name = sku.full_name("zh")
    wish_for(alice, sku.id, now())
    receive(sku.id, a_warehouse().id, 3, now(), reason="delivery")
    assert tell_who_waited() == 1
    assert tell_who_waited() == 0
    assert waiting() == 0
    with purpose(Purpose.SERVICE):
        assert {message.values["machine"] for message in messages()} == {name}


def test_nobody_is_told_of_a_machine_that_was_withdrawn():
    sku = a_sku()
    wish_for(an_account(), sku.id, now())
    receive(sku.id, a_warehouse().id, 3, now(), reason="delivery")
    with transaction() as session:
        sku.product.state = WITHDRAWN
        bump(session)
    tell_who_waited()
    assert messages() == []


def test_one_cannot_wait_for_what_is_not_shown():
    sku = a_product(state=WITHDRAWN).skus[0]
    with pytest.raises(NotFound):
        wish_for(an_account(), sku.id, now())


def test_a_guest_is_led_to_sign_in(client: FlaskClient):
    answer = client.post("/en/wishes", data={"sku": str(a_sku().id)})
    assert answer.status_code == 302
    assert "/en/login" in answer.headers["Location"]

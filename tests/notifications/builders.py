"""A real SMS simulator on a free port, and readers of what was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.foundation.data_keys import create_subject
from app.foundation.database import db, transaction
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.notifications.notifying import Addressee, notify
from app.notifications.simulator import Simulator, serve
from app.settings import current_settings
from tests.standing_in import listening


@contextmanager
def a_running_simulator(app: Flask, **settings: Any) -> Iterator[Simulator]:
    """The simulator behind real HTTP, and the application told where it is."""
    before = current_settings()
    simulator = Simulator(before.sms_access_key, before.sms_secret, before.sms_sign_name, **settings)
    server = serve(simulator, 0)
    with listening(app, server, sms_endpoint=f"http://localhost:{server.server_address[1]}/"):
        yield simulator


def an_addressee(**more: Any) -> Addressee:
    values = {"language": "zh-cn", "number": "+8613800000000", "account_id": 1, "audit_ref": 7, **more}
    return Addressee(**{"subject_id": create_subject(), **values})


def told(to: Addressee, code: str, /, **values: str) -> list[OutboxMessage]:
    """Messages written in a transaction of their own."""
    with transaction() as session:
        return notify(session, to, code, **values)


def an_sms(code: str = "order.expired", /, **values: str) -> OutboxMessage:
    """One SMS waiting in the outbox."""
    facts = values or ({"code": "123456"} if code.startswith("code.") else {"order": "A-1"})
    return next(each for each in told(an_addressee(), code, **facts) if each.channel == "sms")


def fresh(message: OutboxMessage) -> OutboxMessage:
    """The row as the store has it now."""
    return db.session.get_one(OutboxMessage, message.id, populate_existing=True)


def sms_texts_to(number: str) -> list[tuple[str, dict[str, Any]]]:
    """Code and values of every SMS written to a number, oldest first, whether sent or not."""
    to = OutboxMessage.number_index == OutboxMessage.number.index_of(number)
    query = select(OutboxMessage).where(to).order_by(OutboxMessage.created_at)
    with purpose(Purpose.SERVICE):
        return [(row.code, row.facts()) for row in db.session.scalars(query.execution_options(populate_existing=True))]


def code_sent_to(number: str) -> str:
    """The last one-time code written to a number. Fails where the last SMS holds none."""
    code, values = sms_texts_to(number)[-1]
    assert code.startswith("code."), code
    return str(values["code"])

"""Every way to reach us makes a ticket: the hotline and letters through the desk. Clause 7.1."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.clock import now, today
from app.foundation.database import db
from app.support.models import Ticket
from tests.backoffice.builders import Desk

CALL = {
    "channel": "hotline",
    "kind": "complaint",
    "topic": "delivery",
    "text": "三天没有消息",
    "contact": "13900139000",
}


@pytest.mark.clause("7.1")
@pytest.mark.parametrize(("channel", "days"), [("hotline", 0), ("letter", 3)])
def test_a_call_and_a_letter_become_tickets_whose_clock_runs_from_receipt(app, channel, days):
    received = today() - timedelta(days=days)
    sent = Desk(app, "clerk").post(
        "/questions/new", "TypedTicketForm", {**CALL, "channel": channel, "received_on": received.isoformat()}
    )
    ticket = db.session.scalars(select(Ticket)).one()
    assert sent.status_code == 303 and ticket.number.startswith("W")
    assert (ticket.kind, ticket.channel, ticket.due_at - ticket.opened_at) == ("complaint", channel, timedelta(days=10))
    assert timedelta(days=days) <= now() - ticket.opened_at < timedelta(days=days + 1)


@pytest.mark.parametrize(
    "fault",
    [{"text": ""}, {"contact": ""}, {"channel": "pigeon"}, {"kind": "x"}, {"received_on": "soon"},
     {"received_on": (today() + timedelta(days=2)).isoformat()}],
)  # fmt: skip
def test_what_is_typed_wrongly_is_refused_at_the_field_and_kept(app, fault):
    fields = {**CALL, "received_on": today().isoformat(), **fault}
    answer = Desk(app, "clerk").post("/questions/new", "TypedTicketForm", fields)
    assert answer.status_code == 422 and "-error" in answer.text
    assert not db.session.scalars(select(Ticket)).all()


@pytest.mark.clause("5.1.1e")
def test_money_types_no_questions(app):
    assert Desk(app, "finance").get("/questions/new").status_code == 403


@pytest.mark.clause("7.1")
@pytest.mark.parametrize("lang", ["zh-cn", "en"])
def test_the_contact_page_names_the_addresses_of_the_policy(app, lang):
    client, operator = app.test_client(use_cookies=False), app.extensions["settings"].operator
    pages = [client.get(f"/{lang}/{path}").text for path in ("contact", "privacy")]
    for address in (operator.contact_mail, operator.hotline, operator.address):
        assert address and all(address in page for page in pages)

"""The clock of every ticket: warned on day 7 and 9, held on day 10, reset by nothing. Clause 7.2a."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from app.foundation.alarms import Alarm
from app.foundation.clock import Clock, now
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.support.answering import answer_ticket
from app.support.asking import Question, ask_review, open_ticket
from app.support.clocks import ALARM, watch_clocks
from app.support.figures import Answers, answers_lately
from app.support.models import Ticket
from tests.accounts.builders import a_staff_member, an_account

DAY = timedelta(days=1)


def a_ticket(asker=None, **more) -> Ticket:
    return open_ticket(Question("delivery", "到哪了？", **more), asker, now())


def told(account) -> list[str]:
    said = select(OutboxMessage.code).where(OutboxMessage.account_id == account.id, OutboxMessage.channel == "site")
    return [code for code in db.session.scalars(said.order_by(OutboxMessage.id)) if code.startswith("ticket.")]


@pytest.mark.clause("7.2a")
def test_managers_are_warned_on_day_7_and_9_and_once_each(app, clock: Clock):
    manager, ticket = a_staff_member("manager"), a_ticket()
    for days, warnings in ((6, 0), (1, 1), (1, 1), (1, 2), (0, 2)):
        clock.travel(days=days)
        watch_clocks()
        assert ticket.warnings == warnings
    assert told(manager) == ["ticket.due_soon", "ticket.due_soon"]


@pytest.mark.clause("7.2a")
def test_on_day_10_a_holding_answer_with_a_new_day_goes_out_by_itself_and_the_alarm_stands(app, client, clock: Clock):
    asker, manager = an_account(), a_staff_member("manager")
    ticket, of_a_guest = a_ticket(asker), a_ticket()
    due = ticket.due_at
    clock.travel(days=10)
    assert watch_clocks() == 2
    assert (told(asker), told(manager)) == (["ticket.held"], ["ticket.overdue"] * 2)
    assert (ticket.held_at, ticket.due_at, ticket.promised_at) == (ticket.held_at, due, ticket.held_at + 10 * DAY)
    assert db.session.get_one(Alarm, ALARM).facts == {"tickets": 2}
    assert "Holding answer of" in client.get(f"/en/contact/{of_a_guest.key}").text
    assert watch_clocks() == 0


@pytest.mark.clause("7.2a")
def test_the_alarm_falls_with_the_last_overdue_answer(app, clock: Clock):
    ticket = a_ticket()
    clock.travel(days=11)
    watch_clocks()
    answer_ticket(ticket, "答复", a_staff_member(), now())
    watch_clocks()
    assert db.session.get(Alarm, ALARM) is None


@pytest.mark.clause("7.2a")
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_each_ticket_has_an_answer_or_a_holding_answer_on_day_10(app, clock: Clock, seed):
    chance, clerks = Random(seed), [a_staff_member(), a_staff_member()]
    tickets = []
    for _ in range(20):
        if chance.random() < 0.6:
            tickets.append(a_ticket(kind=chance.choice(["question", "complaint", "leak", "data"])))
        waiting = [ticket for ticket in tickets if ticket.answered_at is None]
        if waiting and chance.random() < 0.4:
            ticket = chance.choice(waiting)
            clerk = next(each for each in clerks if each.audit_ref != ticket.not_by)
            answer_ticket(ticket, "答复", clerk, now())
            if ticket.is_reviewable and chance.random() < 0.5:
                tickets.append(ask_review(ticket, "不满意", now()))
        clock.travel(days=chance.randrange(1, 4))
        watch_clocks()
        for ticket in tickets:
            assert ticket.due_at == ticket.opened_at + 10 * DAY
            assert now() < ticket.due_at or ticket.answered_at or ticket.held_at
            assert ticket.held_at is None or ticket.held_at >= ticket.due_at


@pytest.mark.clause("7.2a")
def test_the_figures_stand_on_the_page_of_status(app, client, clock: Clock):
    first, second, third, _ = a_ticket(), a_ticket(), a_ticket(), a_ticket()
    clerk = a_staff_member()
    answer_ticket(first, "答复", clerk, now() + timedelta(hours=2))
    answer_ticket(second, "答复", clerk, now() + timedelta(hours=5))
    clock.travel(days=11)
    watch_clocks()
    answer_ticket(third, "答复", clerk, now())
    found = answers_lately(db.session(), now())
    assert (found.answered, found.in_time, found.held) == (3, 2, 2)
    assert found == Answers(3, 2, second.answer_seconds, 2)
    line = client.get("/status", headers={"Accept": "application/json"}).json["replies"]
    assert line["well"] is False


def test_the_clocks_run_alike_on_postgresql(pg_shop, clock: Clock):
    with pg_shop.app_context():
        ticket = a_ticket()
        clock.travel(days=10)
        assert watch_clocks() == 1
        answer_ticket(ticket, "答复", a_staff_member(), now())
        assert answers_lately(db.session(), now()).held == 1

"""The outbox: nothing said is lost, nothing is said for an act that failed, nothing leaves but through the gate."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text

from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.jobs import DUTIES
from app.foundation.outbound import Disclosure
from app.foundation.personal_data import Purpose, purpose
from app.notifications import sweeping
from app.notifications.delivering import claim
from app.notifications.models import OutboxMessage
from app.notifications.notifying import UnknownMessage, notify
from app.notifications.sweeping import sweep
from app.privacy.keeping import enforce
from tests.notifications.builders import a_running_simulator, an_addressee, an_sms, fresh, told


@pytest.fixture
def simulator(app):
    with a_running_simulator(app, slow_seconds=0.2) as simulator:
        yield simulator


def test_a_message_leaves_once_and_is_marked(simulator):
    message = an_sms()
    assert (sweep(), sweep()) == (1, 0)
    assert (fresh(message).state, len(simulator.listed())) == ("sent", 1)


def test_a_message_of_an_act_that_failed_is_never_sent(simulator):
    with pytest.raises(RuntimeError), transaction() as session:
        notify(session, an_addressee(), "order.expired", order="A-1")
        raise RuntimeError
    assert sweep() == 0
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_the_recipients_language_decides_the_text_of_the_sms(simulator):
    told(an_addressee(language="en"), "order.expired", order="A-1")
    sweep()
    assert "Order A-1 expired" in simulator.listed()[0]["text"]


@pytest.mark.parametrize("fault", ["dead", "limit", "refused", "garbage"])
def test_a_message_outlives_an_outage_of_the_service(simulator, clock, fault):
    message = an_sms()
    simulator.mode, simulator.times = fault, 2
    assert sweep() == 0
    assert fresh(message).state == "waiting"
    clock.travel(minutes=2)
    assert sweep() == 0
    clock.travel(minutes=2)
    assert sweep() == 1
    assert len(simulator.listed()) == 1


@pytest.mark.clause("1.1.1b")
@pytest.mark.parametrize("fault", ["none", "dead", "garbage"])
def test_no_log_holds_a_number_or_a_code(simulator, caplog, fault):
    caplog.set_level("DEBUG")
    simulator.mode = fault
    an_sms("code.register")
    sweep()
    lines = [record.getMessage() for record in caplog.records]
    assert any("postponed" in line for line in lines) == (fault != "none")
    assert not any(secret in line for line in lines for secret in ("13800000000", "123456"))


def test_tries_come_with_growing_pauses_and_end(app, clock):
    message, pauses = an_sms(), []
    while fresh(message).state == "waiting":
        clock.freeze(fresh(message).next_try_at)
        sweep(sweeping.SmsService("http://localhost:9/", "k", "s", "n"))
        if fresh(message).next_try_at:
            pauses.append((fresh(message).next_try_at - now()).total_seconds())
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == 3600
    assert (fresh(message).state, fresh(message).tries) == ("failed", 16)


def test_a_number_the_service_calls_wrong_is_not_tried_again(simulator):
    with transaction() as session:
        notify(session, an_addressee(number="+8612"), "order.expired", order="A-1")
    sweep()
    message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "sms")).one()
    assert (message.state, message.problem) == ("failed", "isv.MOBILE_NUMBER_ILLEGAL")


def test_a_code_that_came_too_late_is_not_sent(simulator, clock):
    message = an_sms("code.register")
    clock.travel(minutes=6)
    assert sweep() == 0
    assert (fresh(message).state, simulator.listed()) == ("stale", [])


@pytest.mark.clause("1.1.1b")
def test_a_code_is_wiped_from_the_outbox_once_it_was_sent(simulator):
    message = an_sms("code.register")
    sweep()
    with purpose(Purpose.SECURITY):
        assert fresh(message).facts() == {}


@pytest.mark.clause("5.1.1c")
def test_the_outbox_holds_no_plain_number_and_no_plain_code(app):
    an_sms("code.register")
    rows = db.session.execute(text("SELECT * FROM outbox_messages")).mappings().all()
    assert rows and not any(secret in repr(dict(row)) for row in rows for secret in ("13800000000", "123456"))


@pytest.mark.clause("4.1.1")
def test_the_disclosure_is_written_before_the_number_leaves_and_names_exactly_what_left(simulator):
    simulator.mode, simulator.times = "dead", 1
    an_sms()
    sweep()
    share = db.session.scalars(select(Disclosure)).one()
    assert (share.recipient, share.subject, share.about) == ("sms", 7, "order.expired")
    assert share.fields == ["number", "template", "values"]


@pytest.mark.clause("5.2.2b")
def test_an_erased_person_gets_no_message(simulator):
    message = an_sms()
    data_keys().destroy(message.subject_id)
    db.session.info.clear()
    db.session.expunge_all()
    assert sweep() == 0
    assert (fresh(message).state, fresh(message).problem) == ("failed", "erased")


def test_two_sweepers_at_once_send_each_message_once(app, simulator):
    for _ in range(6):
        an_sms()
    gate, sent = Barrier(3), []

    def work() -> None:
        with app.app_context():
            gate.wait()
            sent.append(sweep())

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (sum(sent), len(simulator.listed())) == (6, 6)


def test_a_process_that_dies_while_sending_leaves_the_message_to_the_next(simulator, clock):
    message = an_sms()
    assert claim(message.id, sweeping.CLAIM)
    assert sweep() == 0
    clock.travel(seconds=61)
    assert sweep() == 1


def test_a_slow_service_does_not_hold_up_the_workers_other_duties():
    assert DUTIES["notifications.sweep"].apart


def test_messages_go_after_thirty_days(app, clock):
    old = an_sms()
    clock.travel(days=29)
    enforce(now())
    assert fresh(old)
    clock.travel(days=2)
    enforce(now())
    assert db.session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize(
    ("code", "values"), [("no.such", {}), ("order.expired", {}), ("order.expired", {"order": "1", "x": "2"})]
)
def test_only_texts_of_the_table_can_be_said(app, code, values):
    with pytest.raises(UnknownMessage):
        told(an_addressee(), code, **values)

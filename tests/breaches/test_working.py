"""A breach from its opening to its end: two people, a drill that touches nobody, and times that pass. Clause 5.1.5b."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.accounts.models import OPEN as ACCOUNT_OPEN
from app.accounts.models import SHUT_OUT, Account
from app.breaches.acting import (
    NotOverYet,
    ask_release,
    close,
    due_at,
    figures_at_desk,
    note_containment,
    note_report,
    open_breach,
    progress_of,
    release,
    reword,
    tell_affected,
    watch,
)
from app.breaches.affected import readers_in_role, tables_of_people
from app.breaches.models import Breach, BreachPerson
from app.breaches.states import ASKED, CLOSED, OPEN, RELEASED
from app.foundation.alarms import standing
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.two_people import NotAllowed, NotWaiting, SamePerson
from app.notifications.models import OutboxMessage
from app.orders.lifecycle import Actor
from app.privacy.policy import deadline
from tests.accounts.builders import a_staff_member, an_account
from tests.breaches.builders import JOHN, MARY, TEXTS, leak, let_go, read_by
from tests.checkout.builders import an_address

pytestmark = pytest.mark.clause("5.1.5b")


def fresh(breach: Breach) -> Breach:
    return db.session.get_one(Breach, breach.id, populate_existing=True)


def a_breach(**options) -> Breach:
    an_address(an_account())
    return open_breach(leak(tables=("addresses",)), now(), **options)


def test_one_person_asks_for_the_notices_and_another_lets_them_go(app):
    breach = a_breach(by=MARY)
    with pytest.raises(NotWaiting):
        release(breach.number, JOHN, now())
    ask_release(breach.number, MARY, now())
    with pytest.raises(SamePerson):
        release(breach.number, MARY, now())
    assert tell_affected() == 0
    release(breach.number, JOHN, now())
    assert (tell_affected(), tell_affected()) == (1, 0)
    with pytest.raises(NotWaiting):
        release(breach.number, JOHN, now())
    told = db.session.scalars(select(LedgerEntry.actor).where(LedgerEntry.event == "breach.released")).all()
    assert told == [JOHN.audit_ref] and fresh(breach).asked_by == MARY.audit_ref


def test_two_people_who_press_at_once_let_them_go_once(pg_shop):
    breach = a_breach()
    ask_release(breach.number, Actor("manager", 1), now())
    gate, went = threading.Barrier(4), []

    def press(number: int) -> None:
        with pg_shop.app_context():
            gate.wait()
            try:
                release(breach.number, Actor("manager", 10 + number), now())
                went.append(number)
            except NotWaiting:
                pass

    threads = [threading.Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(went) == 1 and fresh(breach).released_by == 10 + went[0]


@pytest.mark.parametrize("role", ["clerk", "finance", "marketer", "buyer"])
def test_nobody_without_the_permission_does_any_of_it(app, role):
    breach, stranger = a_breach(), Actor(role, 7)
    acts = (
        lambda: open_breach(leak(tables=("addresses",)), now(), by=stranger),
        lambda: note_containment(breach.number, "x", stranger, now()),
        lambda: reword(breach.number, TEXTS, stranger, now()),
        lambda: ask_release(breach.number, stranger, now()),
        lambda: release(breach.number, stranger, now()),
        lambda: note_report(breach.number, "x", stranger, now()),
        lambda: close(breach.number, stranger, now()),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert fresh(breach).state == OPEN


def test_other_words_take_two_people_anew_and_nobody_changes_them_once_people_are_told(app):
    breach = a_breach()
    ask_release(breach.number, MARY, now())
    other = {lang: {**texts, "cause": "another cause"} for lang, texts in TEXTS.items()}
    reword(breach.number, other, JOHN, now())
    assert (fresh(breach).state, fresh(breach).asked_by) == (OPEN, None)
    let_go(breach)
    with pytest.raises(NotWaiting):
        reword(breach.number, TEXTS, JOHN, now())
    assert fresh(breach).texts == other


def test_it_is_closed_when_everybody_who_can_be_reached_is_told_and_the_report_has_gone(app):
    breach = a_breach()
    let_go(breach)
    note_report(breach.number, "网信办", MARY, now())
    assert progress_of(db.session(), breach) == {"told": 0, "waiting": 1}
    with pytest.raises(NotOverYet):
        close(breach.number, MARY, now())
    tell_affected()
    assert progress_of(db.session(), breach) == {"told": 1, "waiting": 0}
    close(breach.number, MARY, now())
    assert fresh(breach).state == CLOSED


def test_without_the_report_nothing_is_closed(app):
    breach = a_breach()
    let_go(breach)
    tell_affected()
    with pytest.raises(NotOverYet):
        close(breach.number, MARY, now())
    assert fresh(breach).state == RELEASED


def test_a_drill_is_worked_through_and_shuts_out_tells_and_publishes_nobody(app, client, clock):
    clerk, alice = a_staff_member("clerk"), an_account()
    read_by(clerk, alice)
    drill = open_breach(leak(readers=(clerk.audit_ref,)), now(), by=MARY, is_drill=True)
    assert (drill.persons, figures_at_desk(db.session(), drill)["persons"]) == (1, 1)
    let_go(drill)
    assert tell_affected() == 0 and db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert db.session.get(Account, clerk.id, populate_existing=True).state == ACCOUNT_OPEN
    assert drill.number not in client.get("/en/privacy/breaches").text
    clock.travel(days=9)
    assert watch() == []
    note_report(drill.number, "nobody", MARY, now())
    close(drill.number, MARY, now())
    assert db.session.scalars(select(BreachPerson.told_at)).all() == [None]


def test_what_leaked_with_a_role_is_what_each_of_it_read_and_all_of_them_are_shut_out(app):
    clerks, finance = [a_staff_member("clerk") for _ in range(2)], a_staff_member("finance")
    people = [an_account() for _ in range(3)]
    for reader, person in zip((*clerks, finance), people, strict=True):
        read_by(reader, person)
    readers = tuple(readers_in_role(db.session(), "clerk"))
    breach = open_breach(leak(readers=readers), now())
    affected = db.session.scalars(select(BreachPerson.audit_ref).where(BreachPerson.breach_id == breach.id)).all()
    assert sorted(affected) == sorted(person.audit_ref for person in people[:2])
    states = {each.id: db.session.get(Account, each.id, populate_existing=True).state for each in (*clerks, finance)}
    assert [states[each.id] for each in clerks] == [SHUT_OUT] * 2 and states[finance.id] == ACCOUNT_OPEN
    assert readers_in_role(db.session(), "buyer") == []


def test_with_the_keys_leaks_what_is_sealed_of_everybody(app):
    people = [an_account() for _ in range(3)]
    breach = open_breach(leak(tables=tables_of_people()), now())
    affected = set(db.session.scalars(select(BreachPerson.audit_ref).where(BreachPerson.breach_id == breach.id)))
    assert affected == {person.audit_ref for person in people} and "accounts.phone" in breach.kinds


def test_the_inner_time_runs_from_when_it_was_found_and_an_alarm_stands_until_all_went(app, clock):
    an_address(an_account())
    found = replace(leak(tables=("addresses",)), found_at=now() - deadline("breach.alarm") / 2)
    breach = open_breach(found, now())
    assert due_at(breach) == found.found_at + deadline("breach.alarm")
    assert watch() == []
    clock.travel(hours=13)
    assert watch() == [breach.number] and "breaches" in [alarm.name for alarm in standing(db.session())]
    let_go(breach)
    assert watch() == [breach.number], "the report is still missing"
    note_report(breach.number, "网信办", MARY, now())
    assert watch() == [] and standing(db.session()) == []
    assert fresh(breach).state != ASKED

"""Nothing is kept past its time, and every field about a person has a time. Clause 5.1.3b."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from app.foundation.alarms import Alarm
from app.foundation.clock import now
from app.foundation.database import Base, db, transaction
from app.foundation.outbound import Disclosure
from app.foundation.personal_data import Keep, PersonalData
from app.foundation.web_session import LoginSession
from app.privacy.keeping import RULES, Rule, enforce, keep, last_look, past_its_time, too_late
from app.privacy.register import linked
from tests.accounts.builders import an_account, signed_in


def models_with_personal_fields():
    mapped = [mapper.class_ for mapper in Base.registry.mappers]
    return [model for model in mapped if issubclass(model, PersonalData) and model._personal]


def a_disclosure():
    with transaction() as session:
        session.add(Disclosure(at=now(), recipient="sms", ground="4.1.1(4)", purpose="2.1", fields=["number"]))


def how_many(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.clause("5.1.3b")
def test_every_field_about_a_person_has_a_rule_that_ends_its_keeping(app):
    """A model of yours stands here? Say beside it when its rows are past their time: `app.privacy.keeping.keeps`."""
    with_rule = {model for rule in RULES.values() for model in rule.covers}
    elsewhere = {Keep.UNTIL_CLOSED}
    without = [
        f"{field.table}.{field.name}"
        for model in models_with_personal_fields()
        for field in model._personal
        if field.keep not in elsewhere and model not in with_rule
    ]
    assert without == []


@pytest.mark.clause("5.1.3b")
def test_every_table_of_evidence_about_a_person_has_a_rule_that_ends_it(app):
    """Its rows, or those that they hang on and go with."""
    covered = {model.__tablename__ for rule in RULES.values() for model in rule.covers}
    at_work = {line.keep for line in linked()} - {Keep.UNTIL_CLOSED, Keep.ORDERS, Keep.ACCOUNTING}
    without = {line.table for line in linked() if line.keep in at_work} - covered
    assert without == set()


@pytest.mark.clause("5.1.3b")
def test_a_session_is_forgotten_seven_days_after_its_end(app, client, clock):
    signed_in(client, an_account())
    clock.travel(days=7)
    enforce(now(), "sessions")
    assert how_many(LoginSession) == 1
    clock.travel(days=1, hours=1)
    enforce(now(), "sessions")
    assert how_many(LoginSession) == 0


@pytest.mark.clause("5.1.3b")
def test_disclosures_are_forgotten_after_three_years(app, clock):
    a_disclosure()
    clock.travel(days=3 * 365)
    assert past_its_time(db.session(), now())["disclosures"] == 0
    clock.travel(days=2)
    assert past_its_time(db.session(), now())["disclosures"] == 1
    enforce(now())
    assert how_many(Disclosure) == 0 and not any(past_its_time(db.session(), now()).values())


@pytest.fixture
def planted(monkeypatch):
    """A rule whose act fails for as long as it is told to; it stands before all others."""
    fails = {"it": True}

    def let_go(session, ids, at):
        if fails["it"]:
            raise ZeroDivisionError
        session.execute(delete(LoginSession))

    faulty = Rule("planted", "sessions", (), RULES["sessions"].overdue, let_go)
    monkeypatch.setattr("app.privacy.keeping.RULES", {"planted": faulty, "disclosures": RULES["disclosures"]})
    return fails


def test_what_the_duty_failed_to_end_is_an_alarm_until_it_is_gone(client, clock, planted):
    signed_in(client, an_account())
    clock.travel(days=9)
    keep()
    assert too_late(db.session(), now()) == {"planted": 1}
    assert db.session.get(Alarm, "retention").facts == {"planted": 1}
    assert last_look(db.session()).late == 1
    planted["it"] = False
    keep()
    assert db.session.get(Alarm, "retention") is None and last_look(db.session()).late == 0


def test_a_rule_that_fails_holds_up_no_other(client, clock, planted):
    signed_in(client, an_account())
    a_disclosure()
    clock.travel(days=4 * 365)
    keep()
    assert (how_many(LoginSession), how_many(Disclosure)) == (1, 0)


@pytest.mark.clause("5.1.3b")
def test_the_command_ends_and_reports(app, client, clock):
    signed_in(client, an_account())
    clock.travel(days=9)
    runner = app.test_cli_runner()
    assert "past its time: 1" in runner.invoke(args=["retention", "report"]).output
    done = runner.invoke(args=["retention", "run"])
    assert done.exit_code == 0 and "sessions: 1 gone, 0 left" in done.output and "past its time: 0" in done.output


def test_a_moment_before_its_time_nothing_goes(app, client, clock):
    signed_in(client, an_account())
    (row,) = db.session.scalars(select(LoginSession))
    assert past_its_time(db.session(), row.ends_at + timedelta(days=7))["sessions"] == 0
    assert past_its_time(db.session(), row.ends_at + timedelta(days=7, seconds=1))["sessions"] == 1

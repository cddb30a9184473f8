"""Every account is told of the end once, on two channels, and the end waits for that. Clause 5.2.3."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import ending
from app.accounts.ending import ServiceEndDelivery, announce_to_all, people_told
from app.accounts.giving_mail import give_address
from app.foundation.database import db
from app.notifications.mail.sending import mail
from app.notifications.models import OutboxMessage
from app.privacy.service_end import announce_end, announced_end, propose_calling_off
from tests.accounts.builders import a_staff_member, an_account
from tests.accounts.test_mail_address import a_confirmed
from tests.notifications.mailing import a_running_relay
from tests.privacy.publishers import ANOTHER, ONE
from tests.privacy.test_service_end import AT, an_announced_end

pytestmark = pytest.mark.clause("5.2.3")


def told() -> Counter[tuple[int, str]]:
    return Counter((row.account_ref, row.channel) for row in db.session.scalars(select(ServiceEndDelivery)))


def both(*accounts) -> dict[tuple[int, str], int]:
    return {(account.audit_ref, channel): 1 for account in accounts for channel in ("site", "sms")}


def test_nobody_is_told_before_two_people_announced_it(app: Flask):
    an_account()
    assert announce_to_all() == 0 and told() == {}


def test_each_account_is_told_once_on_two_channels(app: Flask, clock):
    clock.freeze(AT)
    people = [an_account(language="en"), an_account(language="zh-cn"), a_staff_member()]
    end = an_announced_end()
    assert [announce_to_all(), announce_to_all()] == [3, 0]
    assert told() == both(*people) and people_told(db.session(), end.id) == {"site": 3, "sms": 3}
    sent = db.session.scalars(select(OutboxMessage.channel).where(OutboxMessage.code == "service.ends")).all()
    assert sorted(sent) == ["site"] * 3 + ["sms"] * 3


def test_whoever_confirmed_a_mail_address_is_told_by_mail_as_well(app: Flask, clock):
    clock.freeze(AT)
    plain, mailed, unconfirmed = an_account(), a_confirmed(language="en"), an_account()
    give_address(unconfirmed, "li@example.com", AT)
    end = an_announced_end()
    announce_to_all()
    assert told() == {**both(plain, mailed, unconfirmed), (mailed.audit_ref, "mail"): 1}
    assert people_told(db.session(), end.id) == {"site": 3, "sms": 3, "mail": 1}
    with a_running_relay(app) as relay:
        mail()
        by_subject = {got["subject"]: got for got in relay.inbox}
    assert by_subject["Our service ends"]["to"] == "wang@example.com"
    assert end.last_day.isoformat() in by_subject["Our service ends"]["text"]


def test_what_is_called_off_is_told_to_whoever_was_told_of_it(app: Flask, clock):
    clock.freeze(AT)
    before = [an_account(), a_confirmed()]
    an_announced_end()
    announce_to_all()
    later = an_account()
    off = announce_end(propose_calling_off(ONE, AT).id, ANOTHER, AT)
    assert announced_end() is None and [announce_to_all(), announce_to_all()] == [2, 0]
    wanted = select(ServiceEndDelivery.account_ref, ServiceEndDelivery.channel).where(
        ServiceEndDelivery.end_id == off.id
    )
    channels = {(before[0].audit_ref, "site"), (before[0].audit_ref, "sms")}
    channels |= {(before[1].audit_ref, channel) for channel in ("site", "sms", "mail")}
    assert {tuple(row) for row in db.session.execute(wanted)} == channels
    said = select(OutboxMessage.account_id).where(OutboxMessage.code == "service.goes_on")
    assert later.id not in set(db.session.scalars(said)) and announce_to_all() == 0


def test_what_is_called_off_meanwhile_is_told_to_nobody_any_more(app: Flask, clock, monkeypatch):
    clock.freeze(AT)
    monkeypatch.setattr(ending, "AT_ONCE", 2)
    for _ in range(5):
        an_account()
    end = an_announced_end()
    assert ending._tell_some(end.id) == 2
    announce_end(propose_calling_off(ONE, AT).id, ANOTHER, AT)
    assert ending._tell_some(end.id) == 0 and announce_to_all() == 2


def test_a_later_day_is_told_again(app: Flask, clock):
    clock.freeze(AT)
    an_account()
    an_announced_end(40)
    announce_to_all()
    an_announced_end(50)
    assert announce_to_all() == 1


def test_killed_in_the_middle_it_goes_on_where_it_stood(app: Flask, monkeypatch, clock):
    clock.freeze(AT)
    monkeypatch.setattr(ending, "AT_ONCE", 3)
    people = [an_account() for _ in range(8)]
    an_announced_end()
    whole, calls = ending.notify, iter(range(100))

    def dying(*args, **values):
        if next(calls) == 4:
            raise KeyboardInterrupt
        return whole(*args, **values)

    with monkeypatch.context() as planted:
        planted.setattr(ending, "notify", dying)
        with pytest.raises(KeyboardInterrupt):
            announce_to_all()
    assert len(told()) == 6 and announced_end().over_from is None
    announce_to_all()
    assert told() == both(*people)


def test_the_end_waits_until_everybody_was_told_and_had_the_time_promised(app: Flask, clock):
    clock.freeze(AT)
    an_announced_end()
    long_after = AT + timedelta(days=400)
    assert not announced_end().is_over(long_after)
    clock.freeze(AT + timedelta(days=5))
    announce_to_all()
    assert not announced_end().is_over(AT + timedelta(days=35, seconds=-1))
    assert announced_end().is_over(AT + timedelta(days=35))

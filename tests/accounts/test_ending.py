"""Every account is told of the end once, on two channels, and the end waits for that. Clause 5.2.3."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import ending
from app.accounts.ending import ServiceEndDelivery, announce_to_all, people_told
from app.foundation.database import db
from app.notifications.models import OutboxMessage
from app.privacy.service_end import announced_end
from tests.accounts.builders import a_staff_member, an_account
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

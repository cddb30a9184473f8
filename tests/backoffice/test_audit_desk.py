"""The page of those who audit: walks along the chain, and who reads how much. Clause 5.1.1f."""

import pytest
from flask import Flask

from app.foundation.alarms import standing
from app.foundation.audit import chain_new_entries
from app.foundation.chain_check import check_ledger
from app.foundation.chain_heads import keep_head
from app.foundation.clock import now
from app.foundation.database import db
from app.foundation.unusual_reading import watch_readings
from tests.accounts.builders import a_staff_member
from tests.backoffice.builders import Desk
from tests.checkout.builders import an_order
from tests.foundation.test_audit import entry_of_link, tamper

pytestmark = pytest.mark.clause("5.1.1f")


def read_consignees(desk: Desk, times: int) -> None:
    order = an_order()
    for _ in range(times):
        answer = desk.post(f"/orders/{order.number}/consignee", "UnmaskForm", {"reason": "delivery"}, "unmask-")
        assert answer.status_code == 200


def names_of_alarms() -> list[str]:
    db.session.rollback()
    return [alarm.name for alarm in standing(db.session())]


def test_two_hundred_readings_in_an_hour_raise_an_alarm_that_names_the_reader(app: Flask, clock):
    clerk = Desk(app, "clerk")
    read_consignees(clerk, 200)
    assert watch_readings()
    (alarm,) = standing(db.session())
    assert (alarm.name, alarm.facts["readings"]) == ("unusual_reading", 200)
    assert alarm.facts["people"] == [f"{clerk.account.audit_ref:x}"[:8]]
    page = Desk(app, "manager").get("/audit").get_data(as_text=True)
    assert "Staff read more whole personal data" in page
    assert clerk.account.id
    clock.travel(hours=2)
    watch_readings()
    assert names_of_alarms() == ["unusual_reading"]


def test_a_usual_day_raises_none(app: Flask, clock):
    clerk = Desk(app, "clerk")
    for _ in range(3):
        read_consignees(clerk, 15)
        assert not watch_readings()
        clock.travel(minutes=61)
        clerk = Desk(app, "clerk")
    assert names_of_alarms() == []


def test_the_alarm_ends_when_an_auditor_has_looked_and_what_was_read_before_does_not_raise_it_again(app: Flask, clock):
    clerk = Desk(app, "clerk")
    read_consignees(clerk, 60)
    watch_readings()
    manager = Desk(app, "manager")
    clock.travel(seconds=1)
    assert manager.post("/audit/readings", "audit.looked_into").status_code == 303
    assert (watch_readings(), names_of_alarms()) == (False, [])
    clock.travel(seconds=1)
    read_consignees(clerk, 60)
    assert watch_readings()


def test_the_page_shows_damage_in_both_languages(app: Flask):
    an_order()
    a_staff_member("clerk")
    chain_new_entries()
    keep_head()
    check_ledger(now())
    manager = Desk(app, "manager")
    assert "Whole" in manager.get("/audit").get_data(as_text=True)
    tamper(f"DELETE FROM ledger_entries WHERE id = {entry_of_link(1)}")
    check_ledger(now())
    assert "Entry 1 was changed, deleted or moved." in manager.get("/audit").get_data(as_text=True)
    assert "第 1 条被修改、删除或调换过。" in manager.get("/audit", "zh-cn").get_data(as_text=True)

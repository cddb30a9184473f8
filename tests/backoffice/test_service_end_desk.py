"""The desk where two managers end the service, each with a fresh second factor. Clause 5.2.3."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.clock import now, today
from app.foundation.database import db
from app.privacy.service_end import ServiceEnd, announce_end, announced_end, propose_end, proposed_ends
from tests.accounts.builders import a_factor_of
from tests.backoffice.builders import Desk
from tests.privacy.publishers import ANOTHER, ONE

pytestmark = pytest.mark.clause("5.2.3")


def proposed(desk: Desk, day: date | str) -> Any:
    return desk.post("/service-end", "LastDayForm", {"last_day": str(day), "code": a_factor_of(desk.account)})


def test_two_managers_announce_it(app: Flask):
    one, another, day = Desk(app, "manager"), Desk(app, "manager"), today() + timedelta(days=45)
    assert proposed(one, day).headers["Location"].endswith("done=desk_end_proposed")
    proposal = db.session.scalars(proposed_ends()).one()
    assert proposal.proposed_by == one.account.audit_ref and "another person confirms" in one.get("/service-end").text
    assert "Ends of the service to confirm" in another.get("").text
    path = f"/service-end/{proposal.id}/announcement"
    wrong = another.post(path, "AnnounceEndForm", {"code": "000000"}, "announce-")
    assert wrong.status_code == 422 and 'id="announce-code-error"' in wrong.text and announced_end() is None
    right = another.post(path, "AnnounceEndForm", {"code": a_factor_of(another.account)}, "announce-")
    assert right.headers["Location"].endswith("done=desk_end_announced")
    assert announced_end().last_day == day and "Everybody told on" in one.get("/service-end").text


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30", str(today() + timedelta(days=29))])
def test_a_day_that_cannot_be_is_refused_at_the_field_and_kept(app: Flask, typed):
    answer = proposed(Desk(app, "manager"), typed)
    assert answer.status_code == 422 and 'id="last_day-error"' in answer.text and f'value="{typed}"' in answer.text
    assert db.session.scalars(select(ServiceEnd)).all() == []


def test_a_proposal_is_withdrawn(app: Flask):
    desk = Desk(app, "manager")
    proposed(desk, today() + timedelta(days=45))
    proposal = db.session.scalars(proposed_ends()).one()
    assert desk.post(f"/service-end/{proposal.id}/withdrawal", "end.withdraw").status_code == 303
    assert db.session.scalars(proposed_ends()).all() == []


def test_two_managers_call_it_off(app: Flask):
    one, another, day = Desk(app, "manager"), Desk(app, "manager"), today() + timedelta(days=45)
    announce_end(propose_end(day, ONE, now()).id, ANOTHER, now())
    wrong = one.post("/service-end/calling-off", "AnnounceEndForm", {"code": "000000"}, "off-")
    assert wrong.status_code == 422 and 'id="off-code-error"' in wrong.text
    right = one.post("/service-end/calling-off", "AnnounceEndForm", {"code": a_factor_of(one.account)}, "off-")
    assert right.headers["Location"].endswith("done=desk_calling_off_proposed")
    proposal = db.session.scalars(proposed_ends()).one()
    assert "The service goes on" in another.get("/service-end").text
    path = f"/service-end/{proposal.id}/announcement"
    other = another.post(path, "AnnounceEndForm", {"code": a_factor_of(another.account)}, "announce-")
    assert other.status_code == 303 and announced_end() is None
    nothing = one.post("/service-end/calling-off", "AnnounceEndForm", {"code": a_factor_of(one.account, 1)}, "off-")
    assert nothing.status_code == 409 and "could still be called off" in nothing.text


@pytest.mark.parametrize("role", ["clerk", "finance", "marketer"])
def test_others_neither_see_nor_end_it(app: Flask, role):
    desk = Desk(app, role)
    assert desk.get("/service-end").status_code == 403
    assert desk.post("/service-end", "LastDayForm", {"last_day": "2030-01-01"}).status_code == 403
    assert desk.post("/service-end/calling-off", "AnnounceEndForm", {"code": "1"}, "off-").status_code == 403

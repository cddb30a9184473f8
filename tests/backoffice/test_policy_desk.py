"""The desk of new versions: what the comparison found, two people, and how many were told. Clauses P.3, 6.2."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.database import db
from app.privacy.publications import PolicyPublication
from app.privacy.publishing import propose
from tests.backoffice.builders import Desk
from tests.privacy.later_versions import NEXT, Author, author

__all__ = ["author"]
AT = datetime(2027, 2, 10, 3, tzinfo=UTC)


@pytest.fixture
def proposal(author: Author, clock) -> PolicyPublication:
    clock.freeze(AT)
    author.closing_within(72, effective="2027-03-01")
    return propose("policy", NEXT, AT)


def state() -> str:
    db.session.expire_all()
    return str(db.session.scalars(select(PolicyPublication.state).where(PolicyPublication.version == NEXT)).one())


@pytest.mark.clause("P.3")
def test_two_managers_read_what_changes_and_publish(app: Flask, proposal):
    one, another = Desk(app, "manager"), Desk(app, "manager")
    page = one.get("/policy").text
    assert "Reduction of rights" in page and "closure.decision" in page and "72 hours" in page
    assert "Time of review changes" in page and "审核期限改变" in page
    path = f"/policy/{proposal.id}/approval"
    assert one.post(path, "policy.approve").status_code == 303
    assert state() == "proposed" and "another person approves too" in one.get("/policy").text
    refused = one.post(path, "policy.approve")
    assert refused.status_code == 403 and state() == "proposed"
    assert another.post(path, "policy.approve").status_code == 303
    assert state() == "published" and "No new version waits" in another.get("/policy").text


def test_a_manager_withdraws(app: Flask, proposal):
    desk = Desk(app, "manager")
    assert desk.post(f"/policy/{proposal.id}/withdrawal", "policy.withdraw").status_code == 303
    assert state() == "withdrawn"


@pytest.mark.parametrize("role", ["clerk", "finance", "marketer"])
def test_others_neither_read_nor_approve(app: Flask, proposal, role):
    desk = Desk(app, role)
    assert desk.get("/policy").status_code == 403
    assert desk.post(f"/policy/{proposal.id}/approval", "policy.approve").status_code == 403
    assert state() == "proposed"


def test_files_that_changed_while_they_waited_are_said_and_can_be_withdrawn(app: Flask, proposal, author: Author):
    file = author.home / NEXT / "en.toml"
    file.write_text(file.read_text() + "\n# later\n")
    desk = Desk(app, "manager")
    page = desk.get("/policy")
    assert page.status_code == 200 and "The files have changed since this was proposed" in page.text
    assert desk.post(f"/policy/{proposal.id}/approval", "policy.approve").status_code == 409
    assert desk.post(f"/policy/{proposal.id}/withdrawal", "policy.withdraw").status_code == 303


def test_what_waits_stands_on_the_desk_of_today(app: Flask, proposal):
    assert "New versions to approve" in Desk(app, "manager").get("").text

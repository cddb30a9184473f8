"""Whoever of the staff sees whole personal data has signed for it and was trained; else masks only. Clause 5.1.2b."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.undertakings import StaffUndertaking
from app.backoffice.unmasking import Reader, unmask
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.permissions import NotUndertaken
from tests.accounts.builders import a_staff_member, sign, signed_in
from tests.backoffice.builders import Desk
from tests.backoffice.test_unmasking import ask, readings, shows_all
from tests.checkout.builders import an_order

pytestmark = pytest.mark.clause("5.1.2b")
PDF = b"%PDF-1.7 signed"


class Unsigned(Desk):
    """Somebody at a desk who has signed nothing yet."""

    def __init__(self, app: Flask, role: str) -> None:
        self.app, self.account = app, a_staff_member(role, has_signed=False)
        self.client = signed_in(app.test_client(), self.account)


def undertaking(desk: Desk, member: Any, **changes: Any) -> Any:
    days = {"signed_on": today(), "trained_on": today(), "ends_on": today() + timedelta(days=365)}
    fields = {"scan": (io.BytesIO(PDF), "scan.pdf"), **{name: day.isoformat() for name, day in days.items()}, **changes}
    return desk.post(f"/staff/{member.id}/undertakings", "UndertakingForm", fields)


def test_without_an_undertaking_the_desk_shows_masks_only(app):
    order, clerk = an_order(), Unsigned(app, "clerk")
    page = clerk.get(f"/orders/{order.number}").get_data(as_text=True)
    assert "/consignee" not in page
    answer = ask(clerk, order, reason="delivery")
    assert (answer.status_code, shows_all(answer), readings()) == (403, False, [])
    assert "confidentiality undertaking is missing" in answer.get_data(as_text=True)
    assert clerk.get("/questions").status_code == 403
    assert clerk.get("/remittances").status_code == 403
    with pytest.raises(NotUndertaken):
        unmask(order, Reader(clerk.account.audit_ref, now()), "delivery", now(), subject=None)


def test_once_it_is_recorded_the_reason_is_asked_for_as_ever(app):
    order, clerk, manager = an_order(), Unsigned(app, "clerk"), Desk(app, "manager")
    assert undertaking(manager, clerk.account).status_code == 303
    assert shows_all(ask(clerk, order, reason="delivery"))
    assert len(readings()) == 1


def test_after_its_last_day_the_console_shows_masks_only_and_before_it_the_desk_warns(app, clock):
    order, clerk = an_order(), Unsigned(app, "clerk")
    sign(clerk.account, days=40)
    assert "undertaking ends on" not in clerk.get("").get_data(as_text=True)
    clock.travel(days=15)
    signed_in(clerk.client, clerk.account)
    assert "undertaking ends on" in clerk.get("").get_data(as_text=True)
    clock.travel(days=25)
    signed_in(clerk.client, clerk.account)
    assert clerk.get("/questions").status_code == 200
    clock.travel(days=1)
    signed_in(clerk.client, clerk.account)
    assert "undertaking is missing or has ended" in clerk.get("").get_data(as_text=True)
    assert clerk.get("/questions").status_code == 403
    assert clerk.get(f"/orders/{order.number}").status_code == 200


def test_a_signature_without_training_does_not_count_before_the_training(app, clock):
    clerk, manager = Unsigned(app, "clerk"), Desk(app, "manager")
    assert undertaking(manager, clerk.account, trained_on="").status_code == 422
    assert undertaking(manager, clerk.account, trained_on=(today() + timedelta(days=1)).isoformat()).status_code == 422
    assert clerk.get("/questions").status_code == 403


def test_nobody_records_their_own(app):
    manager = Unsigned(app, "manager")
    assert undertaking(manager, manager.account).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(StaffUndertaking)) == 0


def test_a_manager_ends_it_at_once(app):
    clerk, manager = Desk(app, "clerk"), Desk(app, "manager")
    assert clerk.get("/questions").status_code == 200
    path = f"/staff/{clerk.account.id}/undertakings/withdrawal"
    assert manager.post(path, "staff.undertakings").status_code == 303
    assert clerk.get("/questions").status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"scan": (io.BytesIO(b""), "scan.pdf")},
        {"scan": (io.BytesIO(b"MZ"), "scan.pdf")},
        {"signed_on": "yesterday"},
        {"ends_on": "2001-01-01"},
        {"ends_on": "2099-01-01"},
    ],
)
def test_a_paper_that_is_none_is_refused_at_its_field(app, changes):
    clerk, manager = Unsigned(app, "clerk"), Desk(app, "manager")
    answer = undertaking(manager, clerk.account, **changes)
    assert (answer.status_code, "-error" in answer.get_data(as_text=True)) == (422, True)
    assert clerk.get("/questions").status_code == 403


def test_the_first_manager_of_a_shop_is_recorded_on_the_command_line(app, tmp_path):
    manager, scan = Unsigned(app, "manager"), tmp_path / "scan.pdf"
    scan.write_bytes(PDF)
    day, name = today().isoformat(), _name_of(manager)
    args = ["staff", "undertaking", name, "--scan", str(scan), "--signed", day, "--trained", day, "--ends", day]
    assert app.test_cli_runner().invoke(args=args).exit_code == 0
    assert manager.get("/questions").status_code == 200


def _name_of(desk: Desk) -> str:
    from app.foundation.personal_data import Purpose, purpose

    with purpose(Purpose.SECURITY):
        return desk.account.name


def test_buyers_and_unknown_accounts_have_no_such_page(app):
    manager = Desk(app, "manager")
    assert manager.get("/staff/7/undertakings").status_code == 404

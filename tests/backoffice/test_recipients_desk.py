"""Papers of recipients: one person records, another confirms; without them nothing goes. Clauses 4.1.3a, 4.1.4."""

import io
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.alarms import standing
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.outbound import Ground, Share, ShareRefused, disclose
from app.foundation.personal_data import Purpose
from app.foundation.recipients import ImpactAssessment, RecipientAgreement, papers_of
from app.foundation.two_people import NotAllowed
from app.privacy.partners import _at_high_risk as at_high_risk
from app.privacy.partners import record_agreement, watch_recipients, when_high_risk
from tests.backoffice.builders import CLERK, Desk
from tests.papers import no_papers, papers_in_order

PDF = b"%PDF-1.7 signed"
CODE = "kuaidi100"


def agreement(desk: Desk, *, content: bytes = PDF, code: str = CODE, **changes: Any) -> Any:
    days = {"starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=364)).isoformat()}
    fields = {"scan": (io.BytesIO(content), "scan.pdf"), "instructions": "1", **days, **changes}
    return desk.post(f"/recipients/{code}/agreements", "AgreementForm", fields, "agreement-")


def assessment(desk: Desk, result: str = "low", **changes: Any) -> Any:
    fields = {"report": (io.BytesIO(PDF), "report.pdf"), "result": result, "assessed_on": today().isoformat()}
    return desk.post(f"/recipients/{CODE}/assessments", "AssessmentForm", {**fields, **changes}, "assessment-")


def decide(desk: Desk, paper: Any, what: str = "confirmation") -> Any:
    papers = "agreements" if isinstance(paper, RecipientAgreement) else "assessments"
    return desk.post(f"/recipients/{CODE}/{papers}/{paper.id}/{what}", "recipients.paper")


def newest(model: type[Any]) -> Any:
    db.session.rollback()
    return db.session.scalars(select(model).where(model.recipient == CODE).order_by(model.proposed_at.desc())).first()


def goes() -> bool:
    share = Share(CODE, Ground.CORE, Purpose.SERVICE, {"carrier": "sf"}, subject=1, about="sms code")
    try:
        disclose(share)
    except ShareRefused:
        return False
    return True


@pytest.fixture
def managers(app: Flask) -> tuple[Desk, Desk]:
    no_papers()
    return Desk(app, "manager"), Desk(app, "manager")


@pytest.mark.clause("4.1.4")
@pytest.mark.clause("4.1.3a")
def test_two_people_make_a_recipient_active_and_either_paper_alone_does_not(managers):
    first, second = managers
    assert agreement(first).status_code == 303
    assert decide(first, newest(RecipientAgreement)).status_code == 403
    assert not goes()
    assert decide(second, newest(RecipientAgreement)).status_code == 303
    assert not goes()
    assessment(second)
    assert decide(second, newest(ImpactAssessment)).status_code == 403
    assert not goes()
    decide(first, newest(ImpactAssessment))
    assert goes()
    assert newest(RecipientAgreement).scan_hash == sha256(PDF).hexdigest()


@pytest.mark.clause("4.1.4")
def test_after_the_last_day_nothing_goes_and_the_alarm_stands_thirty_days_before(managers, clock):
    no_papers()
    papers_in_order()
    assert watch_recipients() == []
    _set_last_day(today() + timedelta(days=30))
    assert watch_recipients() == []
    clock.travel(days=1)
    assert watch_recipients() == [CODE]
    assert goes()
    clock.travel(days=29)
    assert goes()
    clock.travel(days=1)
    assert not goes()
    assert watch_recipients() == [CODE]
    assert [(each.name, each.facts) for each in standing(db.session())] == [("recipients", {"recipients": [CODE]})]


def _set_last_day(day: Any) -> None:
    with db.engine.connect() as other:
        table = RecipientAgreement.__table__
        other.execute(table.update().where(table.c.recipient == CODE).values(ends_on=day))
        other.commit()
    db.session.expire_all()


@pytest.mark.clause("4.1.4")
def test_a_recipient_that_is_needed_and_has_no_papers_is_an_alarm(managers):
    assert watch_recipients() == ["chinabank", "mail", "sms"]


@pytest.mark.clause("6.2(5)")
def test_a_high_risk_stops_every_share_at_once_and_another_person_takes_it_back(managers):
    first, second = managers
    papers_in_order()
    told: list[str] = []
    when_high_risk(lambda session, row, at: told.append(row.recipient))
    assert goes()
    assessment(first, "high")
    at_high_risk.pop()
    assert (goes(), told) == (False, [CODE])
    assert decide(first, newest(ImpactAssessment), "withdrawal").status_code == 403
    assert decide(second, newest(ImpactAssessment), "withdrawal").status_code == 303
    assert goes()


def test_one_person_ends_an_agreement_at_once(managers):
    first, _ = managers
    papers_in_order()
    assert decide(first, newest(RecipientAgreement), "withdrawal").status_code == 303
    assert not goes()
    assert decide(first, _withdrawn(), "withdrawal").status_code == 409


def _withdrawn() -> RecipientAgreement:
    return db.session.scalars(select(RecipientAgreement).where(RecipientAgreement.state == "withdrawn")).one()


@pytest.mark.parametrize(
    "changes",
    [
        {"content": b""},
        {"content": b"GIF89a"},
        {"instructions": ""},
        {"starts_on": "2026-13-45"},
        {"ends_on": ""},
        {"ends_on": "2001-01-01"},
        {"starts_on": "2023-01-01", "ends_on": "2024-01-01"},
        {"instructions": "<script>" * 9},
    ],
)
def test_a_paper_that_is_none_is_refused_at_its_field_and_nothing_is_kept(managers, changes):
    answer = agreement(managers[0], **changes)
    assert answer.status_code == 422
    assert "-error" in answer.get_data(as_text=True)
    assert papers_of(db.session(), CODE).agreements == []


def test_an_assessment_of_tomorrow_is_refused(managers):
    answer = assessment(managers[0], assessed_on=(today() + timedelta(days=2)).isoformat())
    assert answer.status_code == 422
    assert papers_of(db.session(), CODE).assessments == []


def test_a_form_sent_twice_records_once(managers):
    first, _ = managers
    token = first.token("AgreementForm")
    for _ in range(2):
        fields = {
            "agreement-scan": (io.BytesIO(PDF), "scan.pdf"), "agreement-instructions": "1",
            "agreement-starts_on": today().isoformat(), "agreement-ends_on": today().isoformat(),
            "agreement-form_token": token,
        }  # fmt: skip
        assert first.client.post(f"/en/desk/recipients/{CODE}/agreements", data=fields).status_code == 303
    assert len(papers_of(db.session(), CODE).agreements) == 1


def test_the_rule_holds_at_the_act_too(app):
    with pytest.raises(NotAllowed):
        record_agreement(CODE, None, CLERK, now())


def test_the_desk_shows_every_recipient_in_both_languages_and_unknown_ones_nowhere(managers):
    first, _ = managers
    page = first.get("/recipients").get_data(as_text=True)
    assert "SF Express" in page and "No confidentiality agreement is in force" in page
    assert "顺丰速运" in first.get("/recipients", "zh-cn").get_data(as_text=True)
    assert first.get("/recipients/carrier.sf", "zh-cn").status_code == 200
    assert first.get("/recipients/nobody").status_code == 404
    assert agreement(first, code="nobody").status_code in (404, 409)

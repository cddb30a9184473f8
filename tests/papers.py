"""Papers of recipients, in order: what most tests take for granted, written as rows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from app.foundation.clock import now, today
from app.foundation.database import db, new_id, transaction
from app.foundation.recipients import CONFIRMED, LOW, RECIPIENTS, ImpactAssessment, RecipientAgreement

SIGNED_DAYS_AGO, LASTS_DAYS = 4000, 40_000


def papers_in_order(*codes: str) -> None:
    """An agreement and an assessment, long in force, for the recipients named, or for all that are declared."""
    wanted = codes or tuple(RECIPIENTS)
    with transaction() as session:
        session.execute(insert(RecipientAgreement), [_row(code, **_agreement(code)) for code in wanted])
        judged = {"report_hash": "0" * 64, "result": LOW, "assessed_on": today() - timedelta(days=SIGNED_DAYS_AGO)}
        session.execute(insert(ImpactAssessment), [_row(code, **judged) for code in wanted])


def _agreement(code: str) -> dict[str, Any]:
    first = today() - timedelta(days=SIGNED_DAYS_AGO)
    purposes = sorted(RECIPIENTS[code].purposes)
    lasts = {"starts_on": first, "ends_on": first + timedelta(LASTS_DAYS)}
    return {"scan_hash": "0" * 64, "instructions": "1", "purposes": purposes, **lasts}


def _row(code: str, **facts: Any) -> dict[str, Any]:
    decided = {"proposed_by": 1, "proposed_at": now(), "decided_by": 2, "decided_at": now(), "state": CONFIRMED}
    return {"id": new_id(), "recipient": code, **decided, **facts}


def no_papers() -> None:
    """As before anybody signed anything."""
    with transaction() as session:
        for model in (RecipientAgreement, ImpactAssessment):
            session.execute(db.delete(model))

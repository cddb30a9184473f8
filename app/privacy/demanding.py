"""A high risk demands a new version: it stands on the desk until the risk is decided. Clause 6.2(5).

The gate refuses the processing meanwhile (`partners`). What is demanded is read from the assessments themselves, so it
can neither be lost nor outlive them.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.recipients import HIGH, WITHDRAWN, ImpactAssessment
from app.privacy.partners import when_high_risk


def demanded_changes() -> Select[ImpactAssessment]:
    """Assessments of high risk that nobody has decided, the oldest first."""
    high = (ImpactAssessment.result == HIGH, ImpactAssessment.state != WITHDRAWN)
    return select(ImpactAssessment).where(*high).order_by(ImpactAssessment.proposed_at)


@when_high_risk
def open_draft(session: Session, assessment: ImpactAssessment, at: datetime) -> None:
    """Leave evidence that a major change was called for."""
    record("policy.draft_opened", actor=assessment.proposed_by, recipient=assessment.recipient, at=at.isoformat())

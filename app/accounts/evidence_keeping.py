"""When deliveries of notices and undertakings of the staff go. Clause 5.1.3b.

A delivery says too that somebody was told: while nothing else does, and the account stands, it stays, or they would be
told once more.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from app.accounts.announcing import PolicyDelivery
from app.accounts.ending import ServiceEndDelivery
from app.accounts.people import AccountPeople
from app.accounts.undertakings import StaffUndertaking
from app.foundation.clock import SHANGHAI
from app.privacy.acceptance import PolicyAcceptance
from app.privacy.evidence_keeping import EVIDENCE
from app.privacy.keeping import began_before, rows_over
from app.privacy.service_end import ANNOUNCED, ServiceEnd


def _told_of_versions(at: datetime) -> Select[Any]:
    """Whoever agreed since is not told again."""
    row, of_same = PolicyDelivery, PolicyAcceptance.account_ref == PolicyDelivery.account_ref
    agreed = exists().where(
        of_same, PolicyAcceptance.document == row.document, PolicyAcceptance.at > row.at
    )  # fmt: skip
    is_gone = row.account_ref.not_in(AccountPeople().refs())
    return select(row.id).where(row.at < began_before(EVIDENCE, at), or_(agreed, is_gone))


def _told_of_the_end(at: datetime) -> Select[Any]:
    row, announced = ServiceEndDelivery, select(ServiceEnd.id).where(ServiceEnd.state == ANNOUNCED)
    is_needed = and_(row.account_ref.in_(AccountPeople().refs()), row.end_id.in_(announced))
    return select(row.id).where(row.at < began_before(EVIDENCE, at), ~is_needed)


def _undertakings_over(at: datetime) -> Select[Any]:
    limit, row = began_before(EVIDENCE, at), StaffUndertaking
    return select(row.id).where(or_(row.withdrawn_at < limit, row.ends_on < limit.astimezone(SHANGHAI).date()))


rows_over("policy_deliveries", EVIDENCE, PolicyDelivery, _told_of_versions)
rows_over("service_end_deliveries", EVIDENCE, ServiceEndDelivery, _told_of_the_end)
rows_over("undertakings", EVIDENCE, StaffUndertaking, _undertakings_over)

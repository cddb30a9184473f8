"""What the policy knows of the grounds of a share: live consents, accepted clauses, sums that isolate nobody.

Clauses 4.1.1(1), (6), (7).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.grounds import (
    AcceptedClause,
    Share,
    ShareRefused,
    Sums,
    case_of,
    check_always,
    check_of,
    needs_two,
)
from app.foundation.recipients import Ground, Recipient
from app.privacy.acceptance import PolicyAcceptance
from app.privacy.agreed_terms import manifest_for
from app.privacy.consenting import live_consent
from app.privacy.manifest import Manifest
from app.privacy.policy import UnknownVersion, current_policy, policy_version, versions


def is_named(code: str, mine: Manifest) -> bool:
    """Whether a version has recipients of the type that the code belongs to."""
    kind = next((kind for each in reversed(versions()) if (kind := each.manifest.type_of(code))), None)
    return kind is not None and kind in mine.recipients


@check_always
def _is_named_in_the_policy(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    """The version that the person runs under has recipients of this type: one of a later version gets nothing before
    it is in force, and nothing of who has not agreed to it. 6.2(3), 6.1a.
    """
    on = at.astimezone(SHANGHAI).date()
    mine = manifest_for(session, share.subject, on) if share.subject else current_policy(on).manifest
    if not is_named(recipient.code, mine):
        raise ShareRefused(f"{recipient.code} is no recipient of the policy that binds us towards this person")


@check_of(Ground.CONSENT)
def _agreed(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    """A consent for this very recipient and purpose stands at this moment."""
    if share.subject is None or live_consent(session, share.subject, recipient.code, share.purpose) is None:
        raise ShareRefused(f"the person has not agreed that {recipient.code} gets anything for {share.purpose}")


@check_of(Ground.AGREEMENT)
def _accepted(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    """The person accepted a version that has the clause."""
    if not isinstance(share.basis, AcceptedClause):
        raise ShareRefused("the ground of an agreement names a clause that the person accepted")
    must_have_accepted(session, share.subject, share.basis)


def must_have_accepted(session: Session, account_ref: int | None, clause: AcceptedClause) -> None:
    """Raises ShareRefused unless the version has the clause, and the person accepted it."""
    must_be_a_clause(clause)
    mine = have_accepted(clause).where(PolicyAcceptance.account_ref == account_ref)
    if session.scalar(mine.limit(1)) is None:
        raise ShareRefused(f"the person has not accepted version {clause.version}")


def must_be_a_clause(clause: AcceptedClause | None) -> None:
    """Raises ShareRefused unless it is a clause of a version that was published."""
    try:
        text = policy_version(clause.version, clause.document).texts["zh"] if clause else None
    except (UnknownVersion, KeyError):
        text = None
    if clause is None or text is None:
        raise ShareRefused(f"there is no {clause and clause.number}")
    if clause.clause not in {each.id for each in text.clauses}:
        raise ShareRefused(f"version {clause.version} has no clause {clause.clause}")


def have_accepted(clause: AcceptedClause) -> Select[int]:
    """Audit references of those who accepted the version that a clause stands in."""
    return select(PolicyAcceptance.account_ref).where(
        PolicyAcceptance.document == clause.document, PolicyAcceptance.version == clause.version
    )


@check_of(Ground.RESEARCH)
def _sums_only(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    """Tables of sums, each zero or at least the floor and rounded to it; nobody's, and of no person.

    For a request that two people approved, with its paper and purpose.
    """
    if share.subject is not None:
        raise ShareRefused("research is given sums, never anything about one person")
    case = case_of(share, at)
    needs_two(case)
    if not (case.document and case.authority and case.reason):
        raise ShareRefused("a request of research needs its paper, the institution and the purpose")
    floor = current_policy(at.astimezone(SHANGHAI).date()).manifest.limit("outside.floor")
    for value in share.fields.values():
        if not isinstance(value, Sums):
            raise ShareRefused("research is given tables of sums and nothing else")
        if not all(_is_safe(cell, floor) for _, *cells in value.rows for cell in cells):
            raise ShareRefused(f"each sum is zero or at least {floor}, and rounded to {floor}")


def _is_safe(cell: Any, floor: int) -> bool:
    return type(cell) is int and cell >= 0 and cell % floor == 0

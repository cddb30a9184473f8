"""When evidence goes, and what of the ledger is needed for longer. Clauses 5.1.3b, 5.1.1f; docs/decisions/0015.

Evidence is kept for its time from the moment when it was written or, where it goes on proving something, from the
moment when that ended: what a person agreed to from the day when another agreement took its place or the account went.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.foundation.audit import LedgerCut, LedgerEntry, LedgerLink, LedgerWaiting
from app.foundation.chain_cuts import Evidence, cut_before, cuts_before, needs_evidence
from app.foundation.clock import SHANGHAI
from app.foundation.outbound import Disclosure
from app.foundation.recipients import CONFIRMED, WITHDRAWN, ImpactAssessment, RecipientAgreement
from app.privacy.acceptance import PolicyAcceptance
from app.privacy.acknowledging import PolicyAcknowledgement
from app.privacy.closures import APPROVED, ERASED, REFUSED, Closure
from app.privacy.closures import WITHDRAWN as CLOSURE_WITHDRAWN
from app.privacy.consenting import ShareConsent
from app.privacy.holding import ACCOUNTING, Hold
from app.privacy.keeping import began_before, keeps, rows_go, rows_over
from app.privacy.people import people
from app.privacy.policy import versions
from app.privacy.texts import FOLDERS

EVIDENCE = "evidence"
PUBLISHED = frozenset({"policy.published", "policy.founded"})
"""Which texts there were: the archive shows every version for good (6.3)."""

rows_go("disclosures", EVIDENCE, Disclosure, Disclosure.at)
rows_go("consents", EVIDENCE, ShareConsent, ShareConsent.withdrawn_at)


def _written(at: datetime) -> Select[Any]:
    return select(LedgerEntry.id).where(LedgerEntry.at < _limit(at))


@keeps("ledger", EVIDENCE, LedgerEntry, LedgerLink, LedgerWaiting, overdue=_written)
def cut_ledger(session: Session, ids: list[int], at: datetime) -> None:
    """From the chain's beginning, whichever entries were found: none is taken out of its middle."""
    cut_before(session, _limit(at), at)


def _old_cuts(at: datetime) -> Select[Any]:
    return cuts_before(_limit(at))


rows_over("ledger_cuts", EVIDENCE, LedgerCut, _old_cuts)


def _agreements_over(at: datetime) -> Select[Any]:
    """Agreed to long ago, and another agreement or the account's end followed as long ago."""
    limit, mine, later = _limit(at), PolicyAcceptance, aliased(PolicyAcceptance)
    same = and_(later.account_ref == mine.account_ref, later.document == mine.document, later.at > mine.at)
    replaced = exists().where(same, later.at < limit)
    return select(mine.id).where(mine.at < limit, or_(replaced, _is_gone(mine.account_ref, limit)))


rows_over("acceptances", EVIDENCE, PolicyAcceptance, _agreements_over)


def _seen_long_ago(at: datetime) -> Select[Any]:
    """Of the newest version of a document it is known for as long as the account stands: else the hint came back."""
    limit, row = _limit(at), PolicyAcknowledgement
    newest = or_(*(and_(row.document == name, row.version == versions(name)[-1].version) for name in FOLDERS))
    return select(row.id).where(row.at < limit, or_(~newest, _is_gone(row.account_ref, limit)))


rows_over("acknowledgements", EVIDENCE, PolicyAcknowledgement, _seen_long_ago)


def _applied_long_ago(at: datetime) -> Select[Any]:
    ended = Closure.state.in_((ERASED, REFUSED, CLOSURE_WITHDRAWN))
    return select(Closure.id).where(ended, func.coalesce(Closure.erased_at, Closure.decided_at) < _limit(at))


rows_over("closures", EVIDENCE, Closure, _applied_long_ago)


def _papers_over(at: datetime) -> Select[Any]:
    """The first confirmed agreement stays while there is a later one: by it purposes are the first ones or later."""
    limit, row, other = _limit(at), RecipientAgreement, aliased(RecipientAgreement)
    limit_day = limit.astimezone(SHANGHAI).date()
    of_same = and_(other.recipient == row.recipient, other.state == CONFIRMED, other.id != row.id)
    before = or_(other.starts_on < row.starts_on, and_(other.starts_on == row.starts_on, other.id < row.id))
    has_earlier = exists().where(of_same, before)
    is_alone = ~exists().where(of_same, other.ends_on >= limit_day)
    ended = or_(row.ends_on < limit_day, and_(row.state == WITHDRAWN, row.decided_at < limit))
    return select(row.id).where(row.proposed_at < limit, ended, or_(row.state != CONFIRMED, has_earlier, is_alone))


rows_over("agreements", EVIDENCE, RecipientAgreement, _papers_over)


def _assessed_long_ago(at: datetime) -> Select[Any]:
    """The newest that two people confirmed goes on counting, however old it is."""
    limit, row, later = _limit(at), ImpactAssessment, aliased(ImpactAssessment)
    of_same = and_(later.recipient == row.recipient, later.state == CONFIRMED, later.decided_at < limit)
    replaced = exists().where(of_same, later.assessed_on >= row.assessed_on, later.proposed_at > row.proposed_at)
    taken_back = and_(row.state == WITHDRAWN, row.decided_at < limit)
    return select(row.id).where(row.proposed_at < limit, or_(replaced, taken_back))


rows_over("assessments", EVIDENCE, ImpactAssessment, _assessed_long_ago)


@needs_evidence
def agreements_that_bind(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
    """What somebody with an account agreed to last, of each document: it must be provable for as long as it binds."""
    agreed = [each for each in entries if each.event in {f"{document}.accepted" for document in FOLDERS}]
    theirs = (_among(PolicyAcceptance.account_ref, agreed), PolicyAcceptance.account_ref.in_(people().refs()))
    mine = select(PolicyAcceptance).where(*theirs).order_by(PolicyAcceptance.at)
    last = {(row.account_ref, f"{row.document}.accepted"): row.version for row in session.scalars(mine)}
    yield from (each for each in agreed if last.get((each.subject or 0, each.event)) == each.facts["version"])


@needs_evidence
def consents_that_stand(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
    """A consent holds until it is withdrawn."""
    given = [each for each in entries if each.event == "consent.given"]
    live = select(ShareConsent).where(_among(ShareConsent.account_ref, given), ShareConsent.withdrawn_at.is_(None))
    standing = {(row.account_ref, row.recipient, row.purpose) for row in (session.scalars(live) if given else ())}
    yield from (each for each in given
                if (each.subject, each.facts["recipient"], each.facts["purpose"]) in standing)  # fmt: skip


@needs_evidence
def what_is_held(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
    """Of somebody in a dispute, or whom an authority asks for, everything; else what says that something is held."""
    held = select(Hold.audit_ref, Hold.ground).where(_among(Hold.audit_ref, entries), Hold.until > at)
    holds = {(row.audit_ref, row.ground) for row in session.execute(held)}
    everything = {ref for ref, ground in holds if ground != ACCOUNTING}
    for each in entries:
        is_of_hold = each.event.startswith("hold.") and (each.subject, each.facts.get("ground")) in holds
        if is_of_hold or each.subject in everything:
            yield each


@needs_evidence
def published_texts(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
    yield from (each for each in entries if each.event in PUBLISHED)


@needs_evidence
def papers_on_file(session: Session, entries: Sequence[Evidence], at: datetime) -> Iterator[Evidence]:
    """Who recorded and confirmed the papers of a recipient that still has some."""
    of_papers = [each for each in entries if each.event.startswith(("agreement.", "assessment."))]
    told = [each for each in of_papers if "recipient" in each.facts]  # people accept an agreement too
    on_file = set(session.scalars(select(RecipientAgreement.recipient).distinct())) if told else set()
    yield from (each for each in told if each.facts["recipient"] in on_file)


def _limit(at: datetime) -> datetime:
    return began_before(EVIDENCE, at)


def _is_gone(ref: Any, limit: datetime) -> ColumnElement[bool]:
    """Whether the account behind an audit reference is gone, and was by then."""
    lately = exists().where(Closure.audit_ref == ref, or_(Closure.state == APPROVED, Closure.erased_at >= limit))
    return and_(ref.not_in(people().refs()), ~lately)


def _among(column: Any, entries: Iterable[Evidence]) -> ColumnElement[bool]:
    named: ColumnElement[bool] = column.in_({each.subject for each in entries if each.subject is not None})
    return named

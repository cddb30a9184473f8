"""Whom a transfer concerns, by its kind, and what the gate asks of each of them. Clauses 4.2.1 to 4.2.4.

The package is made of the first; the gate asks the second once more of every single person, in the transaction that
writes the ledger. Whoever withdrew, closed the account or was told too lately fails both.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from app.accounts.models import CLOSED, Account
from app.foundation.clock import SHANGHAI
from app.foundation.grounds import Share, ShareRefused, case_of, check_of, needs_two
from app.foundation.recipients import Recipient, TransferGround
from app.privacy.closures import WAITING, Closure
from app.privacy.consenting import ShareConsent, live_consent
from app.privacy.grounds import have_accepted, must_have_accepted
from app.transfers.deciding import may_be_made_from, notice
from app.transfers.models import TransferCase, TransferPerson
from app.transfers.switch import are_on


def concerned(case: TransferCase, at: datetime) -> Select[Account]:
    """Accounts whose data go in this case at a moment, in the order of their references.

    Nobody who has closed the account, and nobody who has applied for that, but for what the law demands.
    """
    everybody = select(Account).where(Account.state != CLOSED).order_by(Account.audit_ref)
    if case.names_people:
        return everybody.where(_has_row(case))
    everybody = everybody.where(~_is_leaving())
    if case.rests_on_a_clause:
        everybody = everybody.where(Account.audit_ref.in_(have_accepted(case.accepted)))
    if case.tells_all:
        everybody = everybody.where(_has_row(case, TransferPerson.announced_at <= at - notice()))
    if case.needs_agreement_on(at.astimezone(SHANGHAI).date()):
        everybody = everybody.where(Account.audit_ref.in_(agreeing(case)))
    return everybody


def not_announced_to(case: TransferCase) -> Select[Account]:
    """Accounts that have not been told of the new holder."""
    return select(Account).where(Account.state != CLOSED, ~_has_row(case))


def agreeing(case: TransferCase) -> Select[int]:
    """Audit references of those whose agreement to this very transferee stands."""
    return select(ShareConsent.account_ref).where(
        ShareConsent.recipient == case.recipient,
        ShareConsent.purpose == case.ground,
        ShareConsent.withdrawn_at.is_(None),
    )


def _has_row(case: TransferCase, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(TransferPerson.case_id == case.id, TransferPerson.audit_ref == Account.audit_ref, *more)


def _is_leaving() -> ColumnElement[bool]:
    return exists().where(Closure.account_id == Account.id, Closure.state == WAITING)


def _transfer_of(share: Share, at: datetime) -> TransferCase:
    """The case of a transfer, with what each of the four grounds needs. Raises ShareRefused."""
    if not are_on(at):
        raise ShareRefused("transfers are switched off")
    case = case_of(share, at)
    needs_two(case)
    if not isinstance(case, TransferCase) or share.recipient != case.recipient:
        raise ShareRefused("the case names another transferee")
    if case.asked_by in case.approvers:
        raise ShareRefused("whoever recorded a transfer does not approve it")
    if not case.document:
        raise ShareRefused("a transfer needs its paper")
    return case


@check_of(TransferGround.CONSENT)
def _agreed(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    _must_have_agreed(session, share, _transfer_of(share, at))


@check_of(TransferGround.LAW)
def _is_ordered(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    if not _transfer_of(share, at).legal_basis:
        raise ShareRefused("what the law demands needs its legal basis")


@check_of(TransferGround.AGREEMENT)
def _accepted(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    must_have_accepted(session, share.subject, _transfer_of(share, at).accepted)


@check_of(TransferGround.MERGER)
def _was_told_and_is_bound_or_agreed(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    case = _transfer_of(share, at)
    free_from = may_be_made_from(case)
    mine = select(TransferPerson.announced_at).where(
        TransferPerson.case_id == case.id, TransferPerson.audit_ref == share.subject
    )
    told_at = session.scalar(mine)
    if free_from is None or at < free_from or told_at is None or at < told_at + notice():
        raise ShareRefused("the notice that the person was promised is not over")
    if case.needs_agreement_on(at.astimezone(SHANGHAI).date()):
        _must_have_agreed(session, share, case)


def _must_have_agreed(session: Session, share: Share, case: TransferCase) -> None:
    if share.subject is None or live_consent(session, share.subject, case.recipient, case.ground) is None:
        raise ShareRefused("the person has not agreed to this transferee")

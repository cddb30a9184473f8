"""The eight grounds of 4.1.1 and the four of 4.2, and what each needs before the gate opens.

A share names its ground and brings what the ground rests on. Checks are registered by whoever knows the matter
(consents and accepted agreements are the policy's); a ground without a check refuses. Cases are kept by slices above:
the gate asks of them what `Case` says and nothing else.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.foundation.personal_data import Purpose
from app.foundation.recipients import AnyGround, Ground, Recipient


class ShareRefused(PermissionError):
    """The gate did not let a share through; the message says which rule."""


class Case(Protocol):
    """A case on which a share may rest: 4.1.1(2), (3), (5) and (8), and every transfer (4.2).

    `approvers` are audit references of those who approved it. `document` is the digest of the paper that asks for it.
    `review_due_at` is until when it must have been looked at again; None where no review is due. `requested_by` is the
    person who opened a dispute. `why_not_sums` says why persons are needed for the public interest. `undertaking` is
    the key of what the recipient signed for this very case; None where its papers or the law bind it.
    """

    @property
    def number(self) -> str: ...
    @property
    def ground(self) -> AnyGround: ...
    @property
    def approvers(self) -> Collection[int]: ...
    @property
    def authority(self) -> str: ...
    @property
    def legal_basis(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def document(self) -> str | None: ...
    @property
    def fields(self) -> Collection[str]: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def review_due_at(self) -> datetime | None: ...
    @property
    def requested_by(self) -> int | None: ...
    @property
    def why_not_sums(self) -> str: ...
    @property
    def undertaking(self) -> int | None: ...

    def is_open(self) -> bool:
        """Whether it stands: approved and not closed."""

    def covers(self, subject: int | None) -> bool:
        """Whether the person with this audit reference is in its scope."""


@dataclass(frozen=True)
class AcceptedClause:
    """A clause of an agreement that the person accepted: 4.1.1(6)."""

    document: str
    version: str
    clause: str

    @property
    def number(self) -> str:
        return f"{self.document} {self.version} #{self.clause}"


@dataclass(frozen=True)
class Sums:
    """A table of sums about many: 4.1.1(7). Each row begins with its label; the rest are whole numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Share:
    """What is to be given to whom. `fields` holds the values, by the names on the recipient's list.

    `subject` is the audit reference of the person whose data it is, `about` the order or request that a "core" share
    serves, `basis` what another ground rests on, `until` when its use ends, if earlier than is usual for the recipient.
    """

    recipient: str
    ground: AnyGround
    purpose: Purpose
    fields: Mapping[str, Any]
    subject: int | None = None
    about: str | None = None
    basis: Case | AcceptedClause | None = None
    until: datetime | None = None


Check = Callable[[Session, Share, Recipient, datetime], None]
Owner = Callable[[Session, str], int | None]
_checks: dict[AnyGround, Check] = {}
_always: list[Check] = []
_owners: list[tuple[re.Pattern[str], Owner | None]] = []


def check_of(ground: AnyGround) -> Callable[[Check], Check]:
    """Register what a ground needs: a function that raises ShareRefused."""

    def register(check: Check) -> Check:
        _checks[ground] = check
        return check

    return register


def check_always(check: Check) -> Check:
    """Register what every share to a recipient that is not named by a case needs, whatever its ground."""
    _always.append(check)
    return check


def declare_request(pattern: str, owner: Owner | None) -> None:
    """Say whose an order or request is whose name (`Share.about`) looks like `pattern`.

    `owner` gives the audit reference of the person, None for a request that does not exist. Where a request names
    nobody but the person addressed (a code by SMS), `owner` is None and any person's own data may go.
    """
    _owners.append((re.compile(pattern), owner))


def is_request(about: str) -> bool:
    """Whether somebody can say whose order or request this is."""
    return any(pattern.fullmatch(about) for pattern, _ in _owners)


def check_ground(ground: AnyGround, session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    """Raises ShareRefused unless what the ground needs is there, and what every share needs."""
    for always in () if recipient.by_case else _always:
        always(session, share, recipient, at)
    check = _checks.get(ground)
    if check is None:
        raise ShareRefused(f"nobody can say whether ground {ground} holds")
    check(session, share, recipient, at)


@check_of(Ground.CORE)
def _serves_a_request_of_that_person(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    if not share.about:
        raise ShareRefused("the core ground needs the order or request that it serves")
    for pattern, owner in _owners:
        if pattern.fullmatch(share.about):
            if owner is not None and owner(session, share.about) != share.subject:
                raise ShareRefused("the order or request is not that person's")
            return
    raise ShareRefused(f"{share.about} is no order or request")


def case_of(share: Share, at: datetime) -> Case:
    """The open case that a share rests on, with its scope checked. Raises ShareRefused."""
    case = share.basis
    if case is None or isinstance(case, AcceptedClause) or case.ground is not share.ground:
        raise ShareRefused(f"ground {share.ground} needs a case of its kind")
    if not case.is_open():
        raise ShareRefused("the case is not open")
    if case.expires_at is not None and at >= case.expires_at:
        raise ShareRefused("the case has expired")
    if not case.covers(share.subject):
        raise ShareRefused("the person is not in the scope of the case")
    if extra := set(share.fields) - set(case.fields):
        raise ShareRefused(f"the scope of the case has no {', '.join(sorted(extra))}")
    return case


def needs_two(case: Case) -> None:
    """Raises ShareRefused."""
    if len(set(case.approvers)) < 2:
        raise ShareRefused("the case needs two approvers")


@check_of(Ground.LAW)
def _is_ordered(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    case = case_of(share, at)
    needs_two(case)
    if not (case.document and case.authority and case.legal_basis):
        raise ShareRefused("an order needs its document, the authority and the legal basis")


@check_of(Ground.PROTECTION)
def _averts_harm(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    case = case_of(share, at)
    needs_two(case)
    _is_limited(case, at)
    if not case.reason:
        raise ShareRefused("protection needs a written reason")


@check_of(Ground.PUBLIC_INTEREST)
def _serves_the_public(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    case = case_of(share, at)
    needs_two(case)
    _is_limited(case, at)
    if not case.legal_basis:
        raise ShareRefused("the public interest needs a legal basis")
    if not case.why_not_sums and not all(isinstance(value, Sums) for value in share.fields.values()):
        raise ShareRefused("say why sums would not do")


def _is_limited(case: Case, at: datetime) -> None:
    if case.expires_at is None:
        raise ShareRefused("the case needs an end")
    if case.review_due_at is not None and at >= case.review_due_at:
        raise ShareRefused("the case was not reviewed in time")


@check_of(Ground.DISPUTE)
def _settles_a_dispute(session: Session, share: Share, recipient: Recipient, at: datetime) -> None:
    if case_of(share, at).requested_by is None:
        raise ShareRefused("a dispute is opened by the person")

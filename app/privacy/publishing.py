"""Publishing a new version: proposed from its files, approved by two different people. Clauses P.3, 6.1b, 6.2.

The class of the change is found by comparison with the last published version, whatever its author thinks of it. The
second approval publishes; the version takes effect on its day, not earlier than the notice that people were promised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, starts_at
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.two_people import NotWaiting, Person, SamePerson, who_may
from app.privacy import texts
from app.privacy.checking import faults_in
from app.privacy.comparing import WORDING, Finding, class_of, compare_versions
from app.privacy.differences import changes_between
from app.privacy.founding import found
from app.privacy.policy import current_policy, versions
from app.privacy.publications import (
    PROPOSED,
    PUBLISHED,
    WITHDRAWN,
    PolicyPublication,
    known_publications,
    operator_as_data,
)
from app.privacy.texts import Version, digests_of, files_of, pins_of, read_version
from app.settings import current_settings

PERMISSION = "policy.publish"


class ProposedAlready(BusinessError):
    """One proposal of a document at a time, and no version twice."""

    message = _l("A new version of this document waits already, or this version is published. Decide that one first.")


class NotPublishable(BusinessError):
    """The files do not make a version that may be published; `faults` says why, for its author."""

    message = _l("This version cannot be published as its files are.")
    status = 422

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(self.faults)


class NoticeTooShort(BusinessError):
    """It would take effect before people were given the notice that they were promised."""

    status = 422

    def __init__(self, days: int) -> None:
        self.days = days

    @property
    def text(self) -> LazyString:
        return _l("Between publication and effect lie at least %(days)s days. Set a later day.", days=self.days)


class FilesChanged(BusinessError):
    """The files are no longer those that were proposed."""

    message = _l("The files have changed since this was proposed. Withdraw it and propose it again.")


@dataclass(frozen=True)
class Proposal:
    """What waits for approval: the row, the version, the one it follows, and what the comparison found."""

    row: PolicyPublication
    version: Version
    before: Version
    findings: list[Finding]


def propose(document: str, version: str, at: datetime) -> PolicyPublication:
    """Ask for approval of the version that lies in the document's folder.

    Raises NotPublishable, NoticeTooShort, ProposedAlready.
    """
    new = _read_for_publishing(document, version)
    with transaction() as session:
        found(session, at)
        before = versions(document)[-1]
        findings = _checked(before, new)
        _check_notice(new, at)
        row = PolicyPublication(
            document=document, version=version, state=PROPOSED, change_class=class_of(findings).code,
            digests=digests_of(texts.FOLDERS[document] / version),
            hashes={lang: new.hash(lang) for lang in texts.LANGUAGES},
            operator=operator_as_data(new.operator), effective=new.effective, proposed_at=at,
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            raise ProposedAlready from None
        record("policy.proposed", document=document, version=version, change_class=row.change_class)
    known_publications().forget()
    return row


def approve(publication_id: int, by: Person, at: datetime) -> PolicyPublication:
    """The first person approves; another one, approving too, publishes.

    Raises SamePerson, NotWaiting, FilesChanged, NoticeTooShort, NotAllowed, NotFound.
    """
    person = who_may(by, PERMISSION)
    with transaction() as session:
        row = _lock(session, publication_id)
        if row.first_by == person:
            raise SamePerson
        proposal = proposal_of(row)
        _check_notice(proposal.version, at)
        if row.first_by is None:
            row.first_by, row.first_at = person, at
            record("policy.approved", actor=person, document=row.document, version=row.version)
        else:
            _publish(row, person, at)
    known_publications().forget()
    return row


def withdraw(publication_id: int, by: Person, at: datetime) -> None:
    """Whoever may approve takes a proposal back. Raises NotWaiting, NotAllowed, NotFound."""
    person = who_may(by, PERMISSION)
    with transaction() as session:
        row = _lock(session, publication_id)
        row.state, row.decided_by, row.decided_at = WITHDRAWN, person, at
        record("policy.withdrawn", actor=person, document=row.document, version=row.version)


def proposals() -> Select[PolicyPublication]:
    """What waits for approval, the oldest first."""
    waiting = select(PolicyPublication).where(PolicyPublication.state == PROPOSED)
    return waiting.order_by(PolicyPublication.proposed_at)


def waiting_rows(session: Session) -> Sequence[PolicyPublication]:
    """The proposals themselves, whatever became of their files."""
    return session.scalars(proposals()).all()


def must_be_told(before: Version, new: Version) -> set[str]:
    """The clauses that a summary has to explain: those that read otherwise in any language."""
    ids = {clause.id for text in new.texts.values() for clause in text.clauses}
    return {change.id for lang in texts.LANGUAGES for change in changes_between(before, new, lang)} & ids


def _publish(row: PolicyPublication, person: int, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at = PUBLISHED, person, at
    record(
        "policy.published", actor=person, document=row.document, version=row.version, change_class=row.change_class,
        digests=row.digests, hashes=row.hashes, effective=row.effective.isoformat(),
    )  # fmt: skip


def _read_for_publishing(document: str, version: str) -> Version:
    folder = texts.FOLDERS[document] / version
    if not folder.is_dir():
        raise NotPublishable([f"there is no folder {folder}"])
    if pins_of(texts.FOLDERS[document]).get(version) != digests_of(folder):
        raise NotPublishable([f"{folder} is not pinned in {texts.PINS} as it is: run `flask policy pin` first"])
    try:
        new = read_version(document, folder, current_settings().operator)
        faults = faults_in(files_of(folder))
    except FileNotFoundError as missing:
        raise NotPublishable([f"{missing.filename} is missing"]) from missing
    if new.version != version:
        faults.append(f"the manifest says version {new.version}")
    if faults:
        raise NotPublishable(faults)
    return new


def _checked(before: Version, new: Version) -> list[Finding]:
    """What the comparison finds. Raises NotPublishable where people would not be told of it."""
    findings = compare_versions(before, new)
    if new.effective <= before.effective:
        raise NotPublishable([f"it would take effect before version {before.version}"])
    if new.changes is None:
        raise NotPublishable(["changes.toml is missing: reason, gist and, by clause, what changes"])
    if class_of(findings) > WORDING:
        silent = must_be_told(before, new) - new.changes.by_clause.keys()
        if silent:
            raise NotPublishable([f"changes.toml says nothing of clause {clause}" for clause in sorted(silent)])
    return findings


def _check_notice(new: Version, at: datetime) -> None:
    """The notice that the policy in force promises, for whichever document. Raises NoticeTooShort."""
    notice = current_policy(at.astimezone(SHANGHAI).date()).manifest.deadline("policy.notice")
    if starts_at(new.effective) < at + notice:
        raise NoticeTooShort(notice.days)


def proposal_of(row: PolicyPublication) -> Proposal:
    """What a proposal would change. Raises FilesChanged."""
    folder = texts.FOLDERS[row.document] / row.version
    if digests_of(folder) != row.digests or operator_as_data(current_settings().operator) != row.operator:
        raise FilesChanged
    before = versions(row.document)[-1]
    version = read_version(row.document, folder, current_settings().operator)
    return Proposal(row, version, before, compare_versions(before, version))


def _lock(session: Session, publication_id: int) -> PolicyPublication:
    wanted = select(PolicyPublication).where(PolicyPublication.id == publication_id).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.state != PROPOSED:
        raise NotWaiting
    return row

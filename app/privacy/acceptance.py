"""Who agreed to which text: evidence in the ledger, and a small table to look it up. Clauses P.2, 6.1a, 6.3.

Accounts stand above this slice, so a person is known here only by the reference that the caller hands in.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.privacy.founding import found
from app.privacy.policy import current_policy, policy_version
from app.privacy.texts import FOLDERS, LANGUAGES, POLICY


class TextNotShown(ValueError):
    """The text that is said to be agreed to is not one that this shop served."""


class PolicyAcceptance(IdMixin, db.Model):
    """One person agreed to one version in one language. The ledger holds the same and cannot be changed."""

    __tablename__ = "policy_acceptances"
    __personal__ = False

    account_ref: Mapped[int] = mapped_column(Id, index=True)
    """The person's audit reference, never an account's number or name."""
    document: Mapped[str] = mapped_column(String(10), default=POLICY)
    """policy, agreement or rules"""
    version: Mapped[str] = mapped_column(String(20))
    lang: Mapped[str] = mapped_column(String(2))
    text_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def accept(
    session: Session, account_ref: int, version: str, lang: str, text_hash: str, at: datetime, document: str = POLICY
) -> PolicyAcceptance:
    """Write down an agreement in the caller's transaction. `lang` is "zh" or "en", `text_hash` the digest that was
    shown. The first agreement of a shop also writes down the versions that it began with.

    Raises UnknownVersion for a version there is not, TextNotShown for a digest that is not that version's.
    """
    policy = policy_version(version, document)
    if lang not in LANGUAGES or policy.hash(lang) != text_hash:
        raise TextNotShown(f"version {version} was not shown in {lang} with digest {text_hash}")
    found(session, at)
    row = PolicyAcceptance(
        account_ref=account_ref, document=document, version=version, lang=lang, text_hash=text_hash, at=at
    )
    session.add(row)
    record(f"{document}.accepted", subject=account_ref, version=version, lang=lang, text_hash=text_hash)
    return row


def offered_on(day: date) -> str:
    """What a form of that day asks to agree to: the version of each document, in one fixed order."""
    return " ".join(current_policy(day, document).version for document in FOLDERS)


def accept_all(session: Session, account_ref: int, lang: str, at: datetime) -> None:
    """Write down the agreement to every document in force at a moment. In the caller's transaction."""
    for document in FOLDERS:
        version = current_policy(at.astimezone(SHANGHAI).date(), document)
        accept(session, account_ref, version.version, lang, version.hash(lang), at, document)


def acceptances_of(session: Session, account_ref: int) -> Sequence[PolicyAcceptance]:
    """Every agreement of a person, the newest first."""
    mine = select(PolicyAcceptance).where(PolicyAcceptance.account_ref == account_ref)
    return session.scalars(mine.order_by(PolicyAcceptance.at.desc(), PolicyAcceptance.document)).all()

"""Consent to be shared with one recipient for one purpose: given apart, kept with what was shown, ended at any time.

It is never part of other terms, never ticked beforehand, and never asked of anybody who has not come to that page. A
person is known here by their audit reference alone. Clause 4.1.1(1).
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import Index, Select, String, Text, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.clock import SHANGHAI
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import NotFound
from app.foundation.personal_data import Purpose
from app.foundation.recipients import RECIPIENTS, TransferGround
from app.privacy.asking import asked_by_cases
from app.privacy.erasing import when_erasing
from app.privacy.people import Person

_LIVE = text("withdrawn_at IS NULL")


class ShareConsent(IdMixin, db.Model):
    """One person's consent to one recipient and purpose. `shown` is the text that the person agreed to."""

    __tablename__ = "share_consents"
    __personal__ = False
    __table_args__ = (
        Index(
            "live_share_consents", "account_ref", "recipient", "purpose",
            unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
    )  # fmt: skip

    account_ref: Mapped[int] = mapped_column(Id, index=True)
    recipient: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(10))
    lang: Mapped[str] = mapped_column(String(2))
    shown: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def give_consent(
    account_ref: int, recipient: str, purpose: Purpose | TransferGround, *, lang: str, shown: str, at: datetime
) -> ShareConsent:
    """The person agrees. Safe to repeat: a consent that stands is given back. Raises NotFound for what nobody asks."""
    with transaction() as session:
        if not shown.strip() or not _is_asked(session, recipient, purpose, at):
            raise NotFound
        if standing := live_consent(session, account_ref, recipient, purpose):
            return standing
        row = ShareConsent(
            account_ref=account_ref, recipient=recipient, purpose=purpose, lang=lang, shown=shown, given_at=at
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # given in another tab at the same moment
            return session.scalars(_live(account_ref, recipient, purpose)).one()
        record("consent.given", actor=account_ref, subject=account_ref, recipient=recipient, purpose=purpose)
        return row


def withdraw_consent(account_ref: int, consent_id: int, at: datetime) -> None:
    """The person takes it back; from now on nothing goes. Safe to repeat. Raises NotFound for another's."""
    with transaction() as session:
        row = session.scalars(
            select(ShareConsent)
            .where(ShareConsent.id == consent_id, ShareConsent.account_ref == account_ref)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFound
        if row.withdrawn_at is None:
            row.withdrawn_at = at
            facts = {"recipient": row.recipient, "purpose": row.purpose}
            record("consent.withdrawn", actor=account_ref, subject=account_ref, **facts)


@when_erasing
def end_consents(session: Session, person: Person, at: datetime) -> Counter[str]:
    """Whoever is gone agrees to nothing: what stood ends, and is kept as evidence for as long as any consent."""
    standing = update(ShareConsent).where(ShareConsent.account_ref == person.audit_ref)
    session.execute(standing.where(ShareConsent.withdrawn_at.is_(None)).values(withdrawn_at=at))
    return Counter()


def live_consent(session: Session, account_ref: int, recipient: str, purpose: str) -> ShareConsent | None:
    """The consent that stands now."""
    return session.scalars(_live(account_ref, recipient, purpose)).one_or_none()


def share_consents_of(account_ref: int) -> Select[ShareConsent]:
    """Every consent of a person: those that stand, then those withdrawn, each the newest first."""
    mine = select(ShareConsent).where(ShareConsent.account_ref == account_ref)
    return mine.order_by(ShareConsent.withdrawn_at.is_not(None), ShareConsent.given_at.desc(), ShareConsent.id)


def _is_asked(session: Session, recipient: str, purpose: Purpose | TransferGround, at: datetime) -> bool:
    if recipient in RECIPIENTS:
        return purpose in RECIPIENTS[recipient].purposes
    offers = asked_by_cases(session, "zh", at.astimezone(SHANGHAI).date())
    return (recipient, purpose) in {(offer.recipient.code, offer.purpose) for offer in offers}


def _live(account_ref: int, recipient: str, purpose: str) -> Select[ShareConsent]:
    return select(ShareConsent).where(
        ShareConsent.account_ref == account_ref,
        ShareConsent.recipient == recipient,
        ShareConsent.purpose == purpose,
        ShareConsent.withdrawn_at.is_(None),
    )

"""The mail address of an account: optional, confirmed by a code sent there, taken away at any time. Clause 1.1.1c.

Confirmed, it receives major changes (6.2) and the end of the service (5.2.3). It opens nothing: nobody signs in with
it, and no password is set by it. Before it is confirmed nothing goes there but the code. Where a server says for good
that nobody is there, nothing more goes, and the person is told on the site.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import Account
from app.foundation.clock import today
from app.foundation.database import Id, IdMixin, UtcDateTime, db
from app.foundation.errors import BusinessError
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal, purpose
from app.privacy.agreed_terms import manifest_for

KIND = "mail_address"


class MailAddress(PersonalData, IdMixin, db.Model):
    """One for each account that gave an address; the row goes with it."""

    __tablename__ = "mail_addresses"

    account_id: Mapped[int] = mapped_column(
        Id, ForeignKey("accounts.id"), unique=True, info=impersonal("whose address it is")
    )
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("under whose key it is sealed"))
    address = personal(
        clause="1.1.1c", kind=Kind.CONTACT, purposes={Purpose.SERVICE, Purpose.SECURITY}, keep=Keep.UNTIL_CLOSED,
        required=True,
        why=N_("once you have confirmed it, it receives notices of major changes; it cannot be used to sign in"),
    )  # fmt: skip
    code_digest: Mapped[str] = mapped_column(String(64), info=impersonal("keyed digest of the code, emptied after use"))
    code_tries: Mapped[int] = mapped_column(info=impersonal("how often a code was tried"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, info=impersonal("when the code was sent"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it was confirmed"))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when a mail came back for good"))

    @property
    def is_usable(self) -> bool:
        return self.confirmed_at is not None and self.refused_at is None


class MailNotAgreed(BusinessError):
    """The version of the policy that a person runs under knows no mail address. Clause 6.1a."""

    message = _l("The terms that you agreed to know no mail address yet. Please accept the newest version first.")


def may_have_mail(session: Session, account: Account) -> bool:
    """Whether the version that binds us towards a person names a mail address among the kinds of data."""
    return KIND in manifest_for(session, account.audit_ref, today()).kinds


def mail_of(session: Session, account_id: int) -> MailAddress | None:
    return session.scalars(select(MailAddress).where(MailAddress.account_id == account_id)).one_or_none()


def confirmed_mail(session: Session, account: Account) -> str | None:
    """The address that notices go to; None where there is none that works."""
    row = mail_of(session, account.id)
    if row is None or not row.is_usable:
        return None
    with purpose(Purpose.SERVICE):
        return str(row.address)

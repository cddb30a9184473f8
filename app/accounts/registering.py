"""Becoming a buyer: name, password, mobile number, and the code that proves the number. Clauses 1.1.1a-b, P.2.

What was typed before the code arrives is kept sealed under a subject of its own (the password as its hash), because a
page never sends a password back. Whether a number or a name is known is said only to who has proven the number.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.code_rules import REGISTER
from app.accounts.codes import send_code, use_code
from app.accounts.models import Account
from app.accounts.opening import NameTaken, open_account
from app.accounts.passwords import hash_password
from app.accounts.telling import tell
from app.foundation.clock import now, today
from app.foundation.data_keys import create_subject, data_keys
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.encryption import keyed_digest
from app.foundation.errors import BusinessError
from app.foundation.languages import LANGUAGES, N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal, purpose
from app.privacy.acceptance import accept_all, offered_on
from app.privacy.keeping import keeps
from app.privacy.policy import current_policy
from app.privacy.service_end import refuse_beginnings

LIFE = timedelta(hours=1)
NAMES_TO_TRY = 10


class PendingRegistration(PersonalData, IdMixin, db.Model):
    """A registration between its first send and its end."""

    __tablename__ = "pending_registrations"

    number = personal(
        clause="1.1.1b", kind=Kind.CONTACT, purposes={Purpose.SECURITY}, keep=Keep.SMS_CODES, required=True,
        why=N_("the number that is being proven"),
    )  # fmt: skip
    password_hash = personal(
        clause="1.1.1a", kind=Kind.SECRET, purposes={Purpose.SECURITY}, keep=Keep.SMS_CODES,
        why=N_("the password you chose, kept while the code is on its way"),
    )  # fmt: skip
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("a subject of its own"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=impersonal("when it began"))
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when the code was given"))
    names_tried: Mapped[int] = mapped_column(default=0, info=impersonal("taken names that were answered"))

    @property
    def token(self) -> str:
        """What the visitor's form carries to find it again."""
        return f"{self.id:x}.{_signature(self.id)}"

    def is_proven_for(self, number: str) -> bool:
        with purpose(Purpose.SECURITY):
            return self.proven_at is not None and self.number == number and self.names_tried < NAMES_TO_TRY

    def kept_password_hash(self) -> str:
        with purpose(Purpose.SECURITY):
            return self.password_hash or ""


class AgreementOutdated(BusinessError):
    """The versions that were agreed to are not those in force."""

    message = _l("What you agree to has changed since this page was opened. Please read it and agree again.")


class PasswordMissing(BusinessError):
    """There is no password, neither typed now nor kept from before."""

    message = _l("Please choose a password.")


@dataclass(frozen=True)
class Applicant:
    """What the form hands over: clean values. `agreed_versions` are those named beside the tick."""

    name: str
    number: str
    password: str
    code: str
    agreed_versions: str
    language: str


def begin_registration(
    number: str, password: str, pending: PendingRegistration | None, *, language: str, address_key: str
) -> PendingRegistration:
    """Send the code, or the notice that the number is known, and keep the password.

    Raises ServiceEnds, TooManyCodes.
    """
    refuse_beginnings()
    send_code(REGISTER, number, language=language, address_key=address_key)
    return keep_registration(number, password, pending)


def keep_registration(number: str, password: str, pending: PendingRegistration | None) -> PendingRegistration:
    """Keep number and password until the code comes; an empty password keeps the one from before."""
    kept_hash = hash_password(password) if password else (pending.kept_password_hash() if pending else "")
    same = pending if pending and _is_of(pending, number) else None
    subject_id = same.subject_id if same else create_subject()
    with transaction() as session:
        row = session.get(PendingRegistration, same.id) if same else None
        row = row or PendingRegistration(subject_id=subject_id, number=number, created_at=now())
        row.password_hash = kept_hash or None
        session.add(row)
    return row


def pending_registration(token: str | None) -> PendingRegistration | None:
    """The registration a form goes on with; None for a token that is not ours, or too old."""
    id_text, _, signature = (token or "").partition(".")
    try:
        row_id = int(id_text, 16)
    except ValueError:
        return None
    if row_id >= 2**63 or not signature.isascii() or not hmac.compare_digest(signature, _signature(row_id)):
        return None
    row = db.session.get(PendingRegistration, row_id)
    return row if row and now() - row.created_at < LIFE else None


def prove_number(applicant: Applicant, pending: PendingRegistration | None) -> PendingRegistration:
    """Use the code, once; whoever proved the number already goes on without one.

    Raises ServiceEnds, AgreementOutdated, PasswordMissing or WrongCode.
    """
    refuse_beginnings()
    if applicant.agreed_versions != offered_on(today()):
        raise AgreementOutdated
    if not applicant.password and not (pending and pending.kept_password_hash()):
        raise PasswordMissing
    if pending and pending.is_proven_for(applicant.number):
        return keep_registration(applicant.number, applicant.password, pending)
    use_code(REGISTER, applicant.number, applicant.code)
    return _mark_proven(keep_registration(applicant.number, applicant.password, pending))


def register(applicant: Applicant, proven: PendingRegistration) -> Account:
    """Open the account of somebody who has proven the number, and write down what they agreed to.

    Raises NameTaken and NumberTaken.
    """
    subject_id = proven.subject_id
    try:
        with transaction() as session:
            account = open_account(
                name=applicant.name, phone=applicant.number, password_hash=proven.kept_password_hash(),
                language=applicant.language,
            )  # fmt: skip
            accept_all(session, account.audit_ref, LANGUAGES[applicant.language], now())
            tell(session, account, "account.welcome", version=current_policy(today()).version)
            session.execute(delete(PendingRegistration).where(PendingRegistration.id == proven.id))
    except NameTaken:
        _count_name(proven)
        raise
    data_keys().destroy(subject_id)
    return account


def _mark_proven(pending: PendingRegistration) -> PendingRegistration:
    with transaction() as session:
        row = session.get_one(PendingRegistration, pending.id)
        row.proven_at = now()
    return row


def _count_name(pending: PendingRegistration) -> None:
    with transaction() as session:
        if row := session.get(PendingRegistration, pending.id):
            row.names_tried += 1


def _is_of(pending: PendingRegistration, number: str) -> bool:
    with purpose(Purpose.SECURITY):
        return secrets.compare_digest(pending.number, number)


def _signature(row_id: int) -> str:
    return keyed_digest("pending-registration", str(row_id))[:32]


def _unfinished(at: datetime) -> Select[Any]:
    """Sooner than the policy demands: nobody can go on with them."""
    return select(PendingRegistration.id).where(PendingRegistration.created_at <= at - LIFE)


@keeps("registrations", Keep.SMS_CODES, PendingRegistration, overdue=_unfinished)
def forget_registrations(session: Session, ids: list[int], at: datetime) -> None:
    """What was not finished goes, and its key with it."""
    mine = PendingRegistration.id.in_(ids)
    for subject_id in session.scalars(select(PendingRegistration.subject_id).where(mine)).all():
        data_keys().destroy(subject_id)
    session.execute(delete(PendingRegistration).where(mine))

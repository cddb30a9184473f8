"""Making an account, for whoever has proven the number: registration, `staff add`, demo data."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account, name_key_of
from app.accounts.passwords import hash_password
from app.accounts.resting_names import is_resting
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.data_keys import create_subject
from app.foundation.database import new_id, transaction
from app.foundation.encryption import blind_index
from app.foundation.errors import BusinessError
from app.foundation.permissions import ROLES


class NameTaken(BusinessError):
    """Another account has this name. Only somebody who has proven a number may be told."""

    message = _l("This account name is taken. Please choose another.")


class NumberTaken(BusinessError):
    """The number has an account. Only somebody who has proven the number may be told."""

    message = _l("This mobile number already has an account. Please sign in, or set a new password.")


def phone_key_of(number: str) -> bytes:
    """The look-up key of an E.164 number among accounts."""
    return blind_index("accounts.phone", number)


def open_account(
    *, name: str, phone: str, password: str = "", password_hash: str = "", language: str = "zh-cn",
    role: str = "buyer", subject_id: int | None = None, opened_by: int | None = None,
) -> Account:  # fmt: skip
    """Make an account; joins the caller's transaction. `phone` is E.164 and its proof is the caller's duty.

    Give a password, or its hash where it was hashed before. Raises NameTaken or NumberTaken; parallel calls with one
    name or one number make one account.
    """
    if role not in ROLES:
        raise ValueError(f"there is no role {role}")
    password_hash = password_hash or hash_password(password)
    subject_id = subject_id or create_subject()
    with transaction() as session:
        _refuse_taken(session, name, phone)
        account = Account(
            name=name, phone=phone, name_key=name_key_of(name), password_hash=password_hash, role=role,
            language=language, subject_id=subject_id, audit_ref=new_id(), created_at=now(),
        )  # fmt: skip
        session.add(account)
        try:
            session.flush()
        except IntegrityError as lost_race:
            raise (NumberTaken if "phone" in str(lost_race.orig) else NameTaken) from None
        record("account.opened", actor=opened_by or account.audit_ref, subject=account.audit_ref, role=role)
    return account


def _refuse_taken(session: Session, name: str, phone: str) -> None:
    same = (Account.name_key == name_key_of(name)) | (Account.phone_index == phone_key_of(phone))
    found = session.execute(select(Account.phone_index).where(same)).scalars().all()
    if phone_key_of(phone) in found:
        raise NumberTaken
    if found or is_resting(session, name_key_of(name), now()):
        raise NameTaken

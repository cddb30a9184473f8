"""The second factor of staff: time codes (TOTP) and recovery codes. Clause 5.1.1e.

A time code counts within one step (30 s) of the clock and never twice; a recovery code counts once. Tries are counted.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.events import RECOVERY_CODE_USED, SECOND_FACTOR_SET, note
from app.accounts.models import Account
from app.accounts.trying import SECOND_FACTORS, count_try, forget_tries_of, try_key
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.encryption import keyed_digest
from app.foundation.errors import BusinessError
from app.foundation.languages import N_
from app.foundation.personal_data import Keep, Kind, PersonalData, Purpose, impersonal, personal, purpose

STEP_SECONDS = 30
RECOVERY_CODES = 10
ISSUER = "Yunshang"


class SecondFactor(PersonalData, IdMixin, db.Model):
    """One account's authenticator. It counts only once `confirmed_at` is set."""

    __tablename__ = "second_factors"

    secret = personal(
        clause="5.1.1e", kind=Kind.SECRET, purposes={Purpose.SECURITY}, keep=Keep.UNTIL_CLOSED, required=True,
        why=N_("checks the codes of your authenticator"),
    )  # fmt: skip
    subject_id: Mapped[int] = mapped_column(Id, info=impersonal("names the data key"))
    account_id: Mapped[int] = mapped_column(Id, unique=True, info=impersonal("whose it is"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=impersonal("when it was proven to work"))
    last_step: Mapped[int] = mapped_column(default=0, info=impersonal("the step of the last code used"))


class RecoveryCode(IdMixin, db.Model):
    """One of ten ways in without the authenticator, as a keyed digest."""

    __tablename__ = "recovery_codes"
    __personal__ = False

    account_id: Mapped[int] = mapped_column(Id, index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WrongSecondFactor(BusinessError):
    """The code does not fit, or was used before: the two look alike."""

    message = _l("This code is wrong or was used already. Please wait for the next one.")


def second_factor_of(account: Account) -> SecondFactor | None:
    """The account's authenticator, whether confirmed or still being set up."""
    return db.session.scalars(select(SecondFactor).where(SecondFactor.account_id == account.id)).first()


def has_second_factor(account: Account) -> bool:
    found = second_factor_of(account)
    return found is not None and found.confirmed_at is not None


def begin_enrolment(account: Account, secret: str = "") -> SecondFactor:
    """Make a new, unconfirmed authenticator; one that was never confirmed is replaced. A confirmed one stays."""
    with transaction() as session:
        row = session.scalars(select(SecondFactor).where(SecondFactor.account_id == account.id)).first()
        if row is None:
            row = SecondFactor(subject_id=account.subject_id, account_id=account.id)
            session.add(row)
        if row.confirmed_at is None:
            row.secret, row.last_step = secret or pyotp.random_base32(), 0
    return row


def give_second_factor(account: Account, secret: str = "") -> tuple[str, list[str]]:
    """Set an authenticator up for somebody who takes its address away at once: `flask staff add`, demo data.

    Returns the provisioning address and the recovery codes, both to be shown once.
    """
    row = begin_enrolment(account, secret)
    return provisioning_uri(account, row), _confirm(account, row)


def confirm_enrolment(account: Account, code: str, *, address_key: str) -> list[str]:
    """Finish setting up with a first code; returns the recovery codes. Raises WrongSecondFactor, TooManyTries."""
    row = second_factor_of(account)
    if row is None or row.confirmed_at is not None:
        raise WrongSecondFactor
    _use_time_code(account, row, code, address_key)
    return _confirm(account, row)


def use_second_factor(account: Account, code: str, *, address_key: str) -> None:
    """Burn a time code or a recovery code. Raises WrongSecondFactor, TooManyTries."""
    row = second_factor_of(account)
    if row is None or row.confirmed_at is None:
        raise WrongSecondFactor
    digits = "".join(code.split())
    if digits.isascii() and digits.isdigit():
        _use_time_code(account, row, digits, address_key)
    else:
        _use_recovery_code(account, code, address_key)


def provisioning_uri(account: Account, row: SecondFactor) -> str:
    """The otpauth address that an authenticator scans."""
    with purpose(Purpose.SECURITY):
        return pyotp.TOTP(row.secret).provisioning_uri(name=account.name, issuer_name=ISSUER)


def secret_of(row: SecondFactor) -> str:
    with purpose(Purpose.SECURITY):
        return str(row.secret)


def _use_time_code(account: Account, row: SecondFactor, code: str, address_key: str) -> None:
    key = try_key(f"second-factor/{account.id}")
    count_try(key, address_key, most=SECOND_FACTORS)
    step = _fitting_step(secret_of(row), code, now())
    with transaction() as session:
        later = (SecondFactor.id == row.id, SecondFactor.last_step < (step or 0))
        used = session.execute(update(SecondFactor).where(*later).values(last_step=step or 0))
        if not used.rowcount:  # type: ignore[attr-defined]
            raise WrongSecondFactor
        forget_tries_of(session, key)


def _fitting_step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code it is, one before and one after now included; all three are always compared."""
    totp, present = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    steps = [present - 1, present, present + 1]
    fits = [hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.encode()) for step in steps]
    return max((step for step, fit in zip(steps, fits, strict=True) if fit), default=None)


def _use_recovery_code(account: Account, code: str, address_key: str) -> None:
    key = try_key(f"second-factor/{account.id}")
    count_try(key, address_key, most=SECOND_FACTORS)
    unused = (RecoveryCode.digest == _recovery_digest(account.id, code), RecoveryCode.used_at.is_(None))
    with transaction() as session:
        used = session.execute(update(RecoveryCode).where(*unused).values(used_at=now()))
        if not used.rowcount:  # type: ignore[attr-defined]
            raise WrongSecondFactor
        forget_tries_of(session, key)
        note(session, account.id, RECOVERY_CODE_USED)
        record("account.recovery_code_used", actor=account.audit_ref, subject=account.audit_ref)


def _confirm(account: Account, row: SecondFactor) -> list[str]:
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction() as session:
        _replace_recovery_codes(session, account, codes)
        session.execute(update(SecondFactor).where(SecondFactor.id == row.id).values(confirmed_at=now()))
        note(session, account.id, SECOND_FACTOR_SET)
        record("account.second_factor_set", actor=account.audit_ref, subject=account.audit_ref)
    return codes


def _replace_recovery_codes(session: Session, account: Account, codes: list[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    for code in codes:
        session.add(RecoveryCode(account_id=account.id, digest=_recovery_digest(account.id, code)))


def _new_recovery_code() -> str:
    """Twelve letters and digits without look-alikes, in threes; begins with a letter so that it is no time code."""
    alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    letters = secrets.choice(alphabet[:23]) + "".join(secrets.choice(alphabet) for _ in range(11))
    return "-".join(letters[start : start + 4] for start in range(0, 12, 4))


def _recovery_digest(account_id: int, code: str) -> str:
    plain = "".join(character for character in code.upper() if character.isalnum())
    return keyed_digest("recovery-codes", str(account_id), plain)

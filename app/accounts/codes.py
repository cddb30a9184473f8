"""SMS codes: sending and checking. Clauses 1.1.1a-b; FLOWS 12.

A code is kept only as a keyed digest bound to what it is for, its number and its row. Whether the number has an account
changes neither the answer nor the work: the other side of the rule gets an ordinary SMS, and a row whose digest no code
fits. Limits are counted in the store, in the transaction that claims the slot, so that parallel requests cannot pass.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import LargeBinary, Select, String, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.code_rules import DAY, PER_ADDRESS, PER_DAY_IN_ALL, CodeKind, new_code, wait_for_number
from app.accounts.models import Account
from app.accounts.opening import phone_key_of
from app.foundation.clock import now, today
from app.foundation.data_keys import create_subject, data_keys
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.encryption import blind_index, keyed_digest
from app.foundation.errors import BusinessError
from app.foundation.jobs import every
from app.foundation.personal_data import Keep
from app.notifications.models import OutboxMessage
from app.notifications.notifying import Addressee, notify
from app.privacy.keeping import began_before, keeps
from app.privacy.policy import current_policy, deadline


class SmsCode(IdMixin, db.Model):
    """One request for a code. Numbers and addresses stand here only as keyed digests."""

    __tablename__ = "sms_codes"
    __personal__ = False

    kind: Mapped[str] = mapped_column(String(10))
    number_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    address_key: Mapped[str | None] = mapped_column(String(24), index=True)
    """The caller's address under a key of that quarter of an hour; emptied when the quarter is over."""
    digest: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int] = mapped_column(Id)
    """Whose key sealed the SMS: a subject of its own, gone with this row."""
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TooManyCodes(BusinessError):
    """A limit of sending was reached. The answer is the same for every number."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.minutes, seconds = divmod(int(wait.total_seconds()) + 1, 60)
        self.seconds = seconds + 60 * self.minutes

    @property
    def text(self) -> LazyString:
        if self.seconds <= 90:
            return _l("A code was sent a moment ago. You can ask for another in %(n)s seconds.", n=self.seconds)
        return _l("Too many codes were asked for. Please try again in %(n)s minutes, or call us.", n=self.minutes + 1)


class WrongCode(BusinessError):
    """No code of that kind and number fits, or it is used, too old, or was tried too often: all look the same."""

    message = _l("This code is wrong or no longer valid. Please check it, or ask for a new one.")


def send_code(kind: CodeKind, number: str, *, language: str, address_key: str) -> None:
    """Send a code to an E.164 number, or the other side's notice. Raises TooManyCodes.

    `address_key` is `address_key_of` the caller.
    """
    subject_id = create_subject()
    with transaction() as session:
        _claim_slot(session, number, address_key)
        # a column and not the row: a row in the session would have its key loaded, and the work would differ
        audit_ref = session.scalar(select(Account.audit_ref).where(Account.phone_index == phone_key_of(number)))
        deserves_code = (audit_ref is not None) == kind.for_known
        code = new_code(current_policy(today()).manifest.limit("sms_code.digits"))
        row = SmsCode(
            kind=kind.name,
            number_key=_number_key(number),
            address_key=address_key,
            digest=secrets.token_hex(32),
            subject_id=subject_id,
            created_at=now(),
        )
        fitting = _digest(row, number, code)
        row.digest = fitting if deserves_code else row.digest
        session.add(row)
        to = Addressee(subject_id, language, number, audit_ref=audit_ref)
        if deserves_code:
            notify(session, to, kind.text, about="sms code", code=code)
        else:
            notify(session, to, kind.other_text, about="sms code")


def use_code(kind: CodeKind, number: str, code: str) -> None:
    """Burn the number's newest code of this kind, if `code` is it. Raises WrongCode, and counts the try.

    Commits by itself: a failed try must stand whatever the caller does next.
    """
    at, manifest = now(), current_policy(today()).manifest
    with transaction() as session:
        newest = select(SmsCode).where(SmsCode.kind == kind.name, SmsCode.number_key == _number_key(number))
        row = session.scalars(newest.order_by(SmsCode.created_at.desc()).limit(1)).first()
        if row is None or not _take_try(session, row, at, manifest.limit("sms_code.tries")):
            raise WrongCode
        fits = hmac.compare_digest(row.digest, _digest(row, number, code))
        if fits:
            session.execute(update(SmsCode).where(SmsCode.id == row.id).values(used_at=at))
    if not fits:
        raise WrongCode


def address_key_of(address: str, at: datetime) -> str:
    """A caller's address as limits know it: digested under a key that changes every quarter of an hour (A.5)."""
    return keyed_digest("limits.address", str(int(at.timestamp()) // 900), _network_of(address))[:24]


def _network_of(address: str) -> str:
    """One IPv4 address, or the IPv6 network that one subscriber has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def _claim_slot(session: Session, number: str, address_key: str) -> None:
    at = now()
    one_at_a_time(session)
    since = SmsCode.created_at > at - DAY
    of_number = select(SmsCode.created_at).where(SmsCode.number_key == _number_key(number), since)
    wait = wait_for_number(list(session.scalars(of_number)), at)
    from_address = session.scalar(select(func.count(SmsCode.id)).where(SmsCode.address_key == address_key))
    in_all = session.scalar(select(func.count(SmsCode.id)).where(since))
    if wait:
        raise TooManyCodes(wait)
    if (from_address or 0) >= PER_ADDRESS:
        raise TooManyCodes(timedelta(minutes=15))
    if (in_all or 0) >= PER_DAY_IN_ALL:
        raise TooManyCodes(timedelta(hours=1))


def one_at_a_time(session: Session) -> None:
    """Where writers run side by side, count and insert as one: SQLite's write transaction does so by itself."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('sms_codes'))"))


def _take_try(session: Session, row: SmsCode, at: datetime, most: int) -> bool:
    usable = (SmsCode.id == row.id, SmsCode.used_at.is_(None), SmsCode.tries < most)
    young = SmsCode.created_at > at - deadline("sms_code.life")
    taken = session.execute(update(SmsCode).where(*usable, young).values(tries=SmsCode.tries + 1))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _number_key(number: str) -> bytes:
    return blind_index("sms_codes.number", number)


def _digest(row: SmsCode, number: str, code: str) -> str:
    return keyed_digest("sms-codes", row.kind, number, str(row.id), code)


@every(seconds=60, name="accounts.forget_callers")
def forget_callers() -> None:
    """Caller digests go after their quarter of an hour."""
    with transaction() as session:
        over = SmsCode.created_at <= now() - timedelta(minutes=15)
        session.execute(update(SmsCode).where(over, SmsCode.address_key.is_not(None)).values(address_key=None))


def _old(at: datetime) -> Select[Any]:
    return select(SmsCode.id).where(SmsCode.created_at <= began_before(Keep.SMS_CODES, at))


def forget_codes_of(session: Session, number: str) -> None:
    """All codes that were sent to a number, for somebody who is being erased."""
    sent = select(SmsCode.id).where(SmsCode.number_key == _number_key(number))
    forget_codes(session, list(session.scalars(sent)), now())


@keeps("sms_codes", Keep.SMS_CODES, SmsCode, overdue=_old)
def forget_codes(session: Session, ids: list[int], at: datetime) -> None:
    """Codes go with their messages and keys after a day (Annex 1)."""
    subjects = session.scalars(select(SmsCode.subject_id).where(SmsCode.id.in_(ids))).all()
    for subject_id in subjects:
        data_keys().destroy(subject_id)
    session.execute(delete(OutboxMessage).where(OutboxMessage.subject_id.in_(subjects)))
    session.execute(delete(SmsCode).where(SmsCode.id.in_(ids)))

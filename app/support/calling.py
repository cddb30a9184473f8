"""A call at the hotline: it opens one account to one colleague, once the caller has proved who they are. Clause 1.1.6.

The proof is a code by SMS to the number of the account, read out on the phone. The call ends by a button, with the
next one, or by itself; with it ends the look at the account.
"""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.accounts.code_rules import CALL
from app.accounts.codes import WrongCode, use_code
from app.accounts.models import Account
from app.accounts.securing import account_with_number
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError
from app.support.models import SupportCall

LASTS = timedelta(minutes=30)


class OwnAccount(BusinessError):
    """Nobody takes their own call: their own account they see as everybody does."""

    message = _l("This is your own account.")
    status = 422


class NoCall(BusinessError):
    """Nobody is on the phone with this colleague, or the call is over."""

    message = _l("The call is over. If the person is still on the phone, please send another code.")


def begin_call(number: str, code: str, by: Account, at: datetime) -> SupportCall:
    """Open the account behind an E.164 number to a colleague who was read its code. Ends the call before it.

    Raises WrongCode, also where there is no account, and OwnAccount.
    """
    use_code(CALL, number, code)
    account = account_with_number(number)
    if account is None:
        raise WrongCode
    if account.id == by.id:
        raise OwnAccount
    call = SupportCall(account_id=account.id, by=by.audit_ref, began_at=at, ends_at=at + LASTS)
    with transaction() as session:
        _end(session, by, at)
        session.add(call)
        record("call.began", actor=by.audit_ref, subject=account.audit_ref, proof="sms code")
    return call


def end_call(by: Account, at: datetime) -> None:
    """Safe to repeat."""
    with transaction() as session:
        _end(session, by, at)


def call_of(session: Session, by: Account, at: datetime) -> SupportCall:
    """The call that a colleague has on the phone. Raises NoCall."""
    call = session.scalars(select(SupportCall).where(*_going(by, at)).order_by(SupportCall.began_at.desc())).first()
    if call is None:
        raise NoCall
    return call


def _going(by: Account, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return SupportCall.by == by.audit_ref, SupportCall.ended_at.is_(None), SupportCall.ends_at > at


def _end(session: Session, by: Account, at: datetime) -> None:
    session.execute(update(SupportCall).where(*_going(by, at)).values(ended_at=at))

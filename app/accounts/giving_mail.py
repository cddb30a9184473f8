"""Giving a mail address, confirming it by the code sent there, taking it away. Clause 1.1.1c.

The code is kept as a keyed digest bound to account and address, is good for an hour, for a few tries and once. A new
address takes the place of the old one at once, and what is taken away is gone from messages too.
"""

import hmac
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.accounts.code_rules import BETWEEN_SENDS, DAY, new_code
from app.accounts.codes import TooManyCodes, WrongCode, one_at_a_time
from app.accounts.mail_address import MailAddress, MailNotAgreed, may_have_mail
from app.accounts.models import CLOSED, Account
from app.accounts.securing import moment
from app.accounts.telling import tell
from app.foundation.audit import record
from app.foundation.clock import SHANGHAI, now, today
from app.foundation.database import transaction
from app.foundation.encryption import keyed_digest
from app.foundation.personal_data import Purpose, purpose
from app.notifications.mail.sending import when_unreachable
from app.notifications.models import OutboxMessage
from app.notifications.notifying import Addressee, forget_mail, notify
from app.notifications.texts import MAIL_CODE_LIFE
from app.privacy.policy import current_policy

CODE = "code.mail"
PER_ACCOUNT, PER_ADDRESS = 5, 3
"""Codes in a day; to one address whoever asks, so that nobody's mailbox is flooded through us."""


def give_address(account: Account, address: str, at: datetime) -> None:
    """Put this address in place of the one before, which is gone with it, and send a code there.

    `address` is as `mail_rules.mail_address` gives it; one that is confirmed already stays so, and nothing is sent.
    Raises MailNotAgreed, TooManyCodes.
    """
    with transaction() as session, purpose(Purpose.SERVICE):
        row = _locked(session, account)
        if not may_have_mail(session, account):
            raise MailNotAgreed
        if row and row.is_usable and row.address == address:
            return
        _check_limits(session, account, address, at)
        if row and row.address != address:
            _take_away(session, account, row)
            row = None
        if row is None:
            row = MailAddress(account_id=account.id, subject_id=account.subject_id, address=address)
            session.add(row)
        code = new_code(current_policy(today()).manifest.limit("sms_code.digits"))
        row.code_digest, row.code_tries, row.asked_at = _digest(account, address, code), 0, at
        row.confirmed_at = row.refused_at = None
        to = Addressee(account.subject_id, account.language, None, account.id, account.audit_ref, address)
        notify(session, to, CODE, code=code)
        record("account.mail_given", actor=account.audit_ref, subject=account.audit_ref)


def confirm_address(account: Account, code: str, at: datetime) -> None:
    """The person read the code that was sent there. Raises WrongCode, and counts the try, which stands in any case."""
    most = current_policy(today()).manifest.limit("sms_code.tries")
    with transaction() as session, purpose(Purpose.SERVICE):
        usable = (MailAddress.account_id == account.id, MailAddress.code_digest != "", MailAddress.code_tries < most)
        young = MailAddress.asked_at > at - MAIL_CODE_LIFE
        tried = update(MailAddress).where(*usable, young).values(code_tries=MailAddress.code_tries + 1)
        taken = session.execute(tried).rowcount  # type: ignore[attr-defined]
        row = _locked(session, account)
        fits = bool(taken) and row is not None
        if row and fits and hmac.compare_digest(row.code_digest, _digest(account, row.address, code)):
            row.code_digest, row.confirmed_at = "", at
            record("account.mail_confirmed", actor=account.audit_ref, subject=account.audit_ref)
            tell(session, account, "account.mail_confirmed", time=moment())
            return
    raise WrongCode


def remove_address(account: Account) -> None:
    """Take the address away, out of messages too; nothing more goes there. Safe to repeat."""
    with transaction() as session:
        if row := _locked(session, account):
            _take_away(session, account, row)


@when_unreachable
def stop_mail(session: Session, message: OutboxMessage) -> None:
    """Nobody is at the address that a message went to: nothing more goes there, and the person is told on the site."""
    account = session.get(Account, message.account_id) if message.account_id else None
    if account is None or account.state == CLOSED:
        return
    with purpose(Purpose.SERVICE):
        row = _locked(session, account)
        if row is None or row.refused_at or row.address != message.mail:
            return
        row.refused_at = now()
        record("account.mail_refused", subject=account.audit_ref)
        tell(session, account, "account.mail_unreachable", day=row.refused_at.astimezone(SHANGHAI).date().isoformat())


def _locked(session: Session, account: Account) -> MailAddress | None:
    """The row as it stands once nobody else changes it."""
    session.scalars(select(Account.id).where(Account.id == account.id).with_for_update()).one()
    mine = select(MailAddress).where(MailAddress.account_id == account.id)
    return session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def _take_away(session: Session, account: Account, row: MailAddress) -> None:
    was_confirmed = row.confirmed_at is not None
    session.delete(row)
    session.flush()
    forget_mail(session, account.id)
    record("account.mail_removed", actor=account.audit_ref, subject=account.audit_ref)
    if was_confirmed:
        tell(session, account, "account.mail_changed", time=moment())


def _check_limits(session: Session, account: Account, address: str, at: datetime) -> None:
    """Raises TooManyCodes."""
    one_at_a_time(session)
    by_account = _codes(session, OutboxMessage.account_id == account.id, at)
    to_address = _codes(session, OutboxMessage.mail_index == OutboxMessage.mail.index_of(address), at)
    if by_account and by_account[-1] > at - BETWEEN_SENDS:
        raise TooManyCodes(by_account[-1] + BETWEEN_SENDS - at)
    for sent, most in ((by_account, PER_ACCOUNT), (to_address, PER_ADDRESS)):
        if len(sent) >= most:
            raise TooManyCodes(sent[-most] + DAY - at)


def _codes(session: Session, which: ColumnElement[bool], at: datetime) -> list[datetime]:
    """When codes were written within a day, the last one last."""
    sent = select(OutboxMessage.created_at).where(
        which, OutboxMessage.code == CODE, OutboxMessage.created_at > at - DAY
    )
    return list(session.scalars(sent.order_by(OutboxMessage.created_at)))


def _digest(account: Account, address: str, code: str) -> str:
    return keyed_digest("mail-codes", str(account.audit_ref), address, code)

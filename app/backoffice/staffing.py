"""Who works here: seen by a manager, shut out by a manager. Rights are given on the command line only (5.1.1e).

Nobody can give themselves a right here, because nobody can be given one: the page has no such button. Shutting somebody
out takes effect at their next request.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.models import FROZEN, OPEN, SHUT_OUT, Account
from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.permissions import STAFF_ROLES
from app.foundation.personal_data import Purpose, purpose
from app.foundation.web_session import LoginSession, revoke_all

STATES = {OPEN: _l("May sign in"), FROZEN: _l("Frozen by its owner"), SHUT_OUT: _l("Shut out")}


class NotYourself(BusinessError):
    """Nobody shuts themselves out or lets themselves in."""

    message = _l("Somebody else has to do this for your own account.")


def staff_accounts() -> Select[Account]:
    """Everybody with a role of the staff, by role, the longest here first."""
    return (
        select(Account)
        .where(Account.role.in_(STAFF_ROLES), Account.state.in_(STATES))
        .order_by(Account.role, Account.created_at, Account.id)
    )


def last_seen(session: Session, accounts: list[Account]) -> dict[int, datetime]:
    """When each of them last used a session that is still kept."""
    mine = LoginSession.account_id.in_([account.id for account in accounts])
    seen: dict[int, datetime] = {}
    for account_id, at in session.execute(select(LoginSession.account_id, LoginSession.seen_at).where(mine)):
        seen[account_id] = max(at, seen.get(account_id, at))
    return seen


def names_by_reference(session: Session) -> dict[int, str]:
    """The account name of everybody of the staff, by audit reference: for whoever audits them."""
    with purpose(Purpose.SECURITY):
        return {account.audit_ref: account.name for account in session.scalars(staff_accounts())}


def shut_out(account_id: int, by: Account) -> None:
    """End every session of somebody of the staff and refuse the next ones, whatever password is set.

    Raises NotFound, NotYourself.
    """
    _set_state(account_id, by, (OPEN, FROZEN), SHUT_OUT, "staff.shut_out")


def let_in(account_id: int, by: Account) -> None:
    """Undo `shut_out`; password and second factor stay what they were. Raises NotFound, NotYourself."""
    _set_state(account_id, by, (SHUT_OUT,), OPEN, "staff.let_in")


def _set_state(account_id: int, by: Account, start: tuple[str, ...], end: str, event: str) -> None:
    with transaction() as session:
        account = session.scalars(staff_accounts().where(Account.id == account_id).with_for_update()).one_or_none()
        if account is None:
            raise NotFound
        if account.id == by.id:
            raise NotYourself
        if account.state not in start:
            return
        account.state = end
        revoke_all(session, account.id)
        record(event, actor=by.audit_ref, subject=account.audit_ref, role=account.role)

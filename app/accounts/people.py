"""People for the slice of privacy: who is behind an account, and shutting it when its closure is approved. 5.2.2a-b."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.devices import forget_devices
from app.accounts.models import CLOSED, Account
from app.accounts.telling import addressee_of
from app.foundation.data_keys import KeyDestroyed
from app.foundation.web_session import revoke_all
from app.privacy.people import Person


class AccountPeople:
    """`app.privacy.people.People` over the table of accounts."""

    def of_account(self, session: Session, account_id: int) -> Person | None:
        account = session.get(Account, account_id)
        return person_of(account) if account else None

    def with_refs(self, session: Session, audit_refs: Sequence[int]) -> list[Person]:
        found = session.scalars(select(Account).where(Account.audit_ref.in_(audit_refs)))
        return [_by_numbers(account) for account in found]

    def refs(self) -> Select[int]:
        return select(Account.audit_ref)

    def ref_of_subject(self, session: Session, subject_id: int) -> int | None:
        return session.scalar(select(Account.audit_ref).where(Account.subject_id == subject_id))

    def shut(self, session: Session, account_id: int) -> None:
        account = session.get_one(Account, account_id)
        account.state = CLOSED
        revoke_all(session, account.id)
        forget_devices(session, account.id)


def person_of(account: Account) -> Person:
    """With the number by which they are reached; without one where it cannot be read any more."""
    try:
        number = addressee_of(account).number
    except KeyDestroyed:
        number = None
    return Person(account.id, account.subject_id, account.audit_ref, account.language, number)


def _by_numbers(account: Account) -> Person:
    return Person(account.id, account.subject_id, account.audit_ref, account.language, None)

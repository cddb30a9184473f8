"""What accounts hand to the closing of one: who may not, and what goes beside the account's own rows. 5.2.2a-b."""

from collections import Counter
from contextlib import suppress
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.codes import forget_codes_of
from app.accounts.models import Account
from app.accounts.resting_names import let_rest
from app.foundation.data_keys import KeyDestroyed
from app.foundation.idempotency import AnswerGiven
from app.privacy.closure_checks import closure_check
from app.privacy.erasing import when_erasing
from app.privacy.people import Person


@closure_check(
    "staff",
    reason=_l("This account works at a desk of the shop."),
    advice=_l("Please ask your manager to shut out the account of a colleague who leaves."),
)
def works_here(session: Session, person: Person, at: datetime) -> list[str]:
    return [""] if session.get_one(Account, person.account_id).is_staff else []


@when_erasing
def let_name_rest(session: Session, person: Person, at: datetime) -> Counter[str]:
    """The name rests, codes that were sent to the number go, and so does what forms were answered."""
    account = session.get(Account, person.account_id)
    if account is None:
        return Counter()
    session.execute(delete(AnswerGiven).where(AnswerGiven.who == account.id))
    with suppress(KeyDestroyed):
        forget_codes_of(session, Account.phone.read(account))
    if account.name_key:
        let_rest(session, account.name_key, at)
    return Counter()

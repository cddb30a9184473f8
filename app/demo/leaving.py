"""Two customers of the demonstration shop want to leave, and one buyer added to the account what can be added."""

from datetime import datetime, timedelta

from app.accounts.models import Account
from app.accounts.people import person_of
from app.accounts.profile import Added, keep_profile, profile_of
from app.demo.people import account_of
from app.foundation.clock import at
from app.foundation.database import db
from app.privacy.closing import apply_to_close
from app.privacy.closures import closure_of

LEAVING = (("customer5", 20), ("customer6", 3))
"""Who applied, and how many hours ago."""
ADDED = Added("李经理", "+862888880000", "四川省成都市双流区示例大道 18 号")


def apply_and_add(start: datetime) -> int:
    """How many applied. Safe to repeat: nobody applies twice."""
    buyer = account_of("buyer")
    if buyer and profile_of(db.session(), buyer.id) is None:
        keep_profile(buyer, ADDED, start)
    return sum(_apply(account_of(name), start - timedelta(hours=hours)) for name, hours in LEAVING)


def _apply(account: Account | None, moment: datetime) -> bool:
    if account is None or db.session.scalars(closure_of(account.id)).first() is not None:
        return False
    with at(moment):
        apply_to_close(person_of(account), moment)
    return True

"""What the pages of the refund desk show besides the refund itself. Clauses 5.1.1d, 5.1.1e."""

from typing import Any

from app.foundation.data_keys import KeyDestroyed
from app.foundation.permissions import may
from app.foundation.personal_data import Purpose, masked, purpose
from app.refunds.models import Payee, Refund
from app.refunds.people import APPROVE, ASK, PAY
from app.refunds.vocabulary import APPROVED

ACCOUNT = ("name", "bank", "account_number")


def account_shown(refund: Refund, person: Any) -> dict[str, str] | None:
    """The account that the money goes to: whole for finance until it was sent, masked for everybody else."""
    if refund.payee is None:
        return None
    if not (may(person, PAY) and (refund.is_asked or refund.state == APPROVED)):
        return {part: masked(refund.payee, part) for part in ACCOUNT}
    return _whole(refund.payee)


def _whole(payee: Payee) -> dict[str, str]:
    try:
        with purpose(Purpose.SERVICE):
            return {part: getattr(payee, part) for part in ACCOUNT}
    except KeyDestroyed:
        return dict.fromkeys(ACCOUNT, "-")


def rights_of(person: Any) -> dict[str, bool]:
    """Which steps of a refund this person's role may take at all."""
    return {"may_ask": may(person, ASK), "may_approve": may(person, APPROVE), "may_pay": may(person, PAY)}

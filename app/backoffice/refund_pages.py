"""What the pages of the refund desk show besides the refund itself. Clause 5.1.1e."""

from typing import Any

from app.foundation.permissions import may
from app.refunds.people import APPROVE, ASK, PAY


def rights_of(person: Any) -> dict[str, bool]:
    """Which steps of a refund this person's role may take at all."""
    return {"may_ask": may(person, ASK), "may_approve": may(person, APPROVE), "may_pay": may(person, PAY)}

"""The account of the demonstration shop: proposed by finance, confirmed by the manager."""

from datetime import datetime, timedelta

from app.demo.people import OPENED_DAYS_AGO, actor_of
from app.foundation.clock import at
from app.foundation.database import db
from app.payments.payee import Details, approve_payee, our_payee, propose_payee, proposed_payee
from app.settings import current_settings

BANK, NUMBER = "示例银行上海分行", "6200000000000000000"


def agree_on_account(start: datetime) -> int:
    """Before the first order. Safe to repeat and to interrupt."""
    session, moment = db.session(), start - timedelta(days=OPENED_DAYS_AGO - 1)
    if our_payee(session).account:
        return 0
    with at(moment):
        details = Details(current_settings().operator.name, BANK, NUMBER)
        proposal = proposed_payee(session) or propose_payee(details, actor_of("finance"), moment)
        approve_payee(proposal.id, actor_of("manager"), moment)
    return 1

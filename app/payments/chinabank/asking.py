"""Asking the institution about attempts whose notice never came (补单), a bounded number of times with growing pauses.

An attempt is claimed by moving its next question ahead before it is asked, so that two workers do not ask the same, and
an institution that is slow or away is not asked again before the pause is over.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.jobs import every
from app.foundation.languages import DEFAULT_LANGUAGE
from app.foundation.outbound import NoAnswer, ShareRefused
from app.payments.chinabank.gateway import Gateway, gateway_of, share_with
from app.payments.chinabank.listening import judge, listen
from app.payments.chinabank.models import QUERY, PaymentAttempt
from app.payments.chinabank.protocol import FAILED, PAID, word_in_page
from app.settings import current_settings

MOST_ASKED = 12
LONGEST_PAUSE_MINUTES = 720
AT_ONCE = 20


@every(seconds=5, name="payments.ask", apart=True)
def ask_the_institution() -> int:
    """Ask about what is due, longest due first; returns how many answers settled something.

    Stops at the first sign that the institution is away.
    """
    settled = 0
    gateway = gateway_of(current_settings())
    due = select(PaymentAttempt.id).where(PaymentAttempt.next_ask_at <= now()).order_by(PaymentAttempt.next_ask_at)
    for attempt_id in db.session.scalars(due.limit(AT_ONCE)).all():
        attempt = _claim(attempt_id, now())
        try:
            settled += attempt is not None and _ask(attempt, gateway)
        except (NoAnswer, ShareRefused):
            break
    return settled


def _claim(attempt_id: int, at: datetime) -> PaymentAttempt | None:
    """The attempt, unless somebody else asks about it; its next question is set, or none after the last."""
    with transaction() as session:
        due = (PaymentAttempt.id == attempt_id, PaymentAttempt.next_ask_at <= at)
        mine = select(PaymentAttempt).where(*due).with_for_update().options(joinedload(PaymentAttempt.order))
        attempt = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
        if attempt is None:
            return None
        attempt.asked += 1
        pause = timedelta(minutes=min(2**attempt.asked, LONGEST_PAUSE_MINUTES))
        attempt.next_ask_at = at + pause if attempt.asked < MOST_ASKED else None
        return attempt


def _ask(attempt: PaymentAttempt, gateway: Gateway) -> bool:
    """Whether the answer was a word that could be kept and judged; "not paid yet" is none."""
    buyer = db.session.get_one(Account, attempt.order.account_id)
    fields = gateway.merchant.query(attempt.oid, gateway.return_url(DEFAULT_LANGUAGE))
    page = gateway.ask(share_with(fields, subject=buyer.audit_ref, order=attempt.order.number))
    word = word_in_page(page)
    if word is None or word.v_pstatus not in (PAID, FAILED):
        return False
    judge(listen(word, page, QUERY, now()), gateway.merchant, now())
    return True

"""All tables filled, and the clock moved along four years: at each step nothing outlives its rule. Clause 5.1.3b."""

import pytest
from sqlalchemy import func, select, update

from app.after_sales.lifecycle import CLOSED
from app.after_sales.models import Case
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.personal_data import Keep
from app.orders.models import Order
from app.privacy.keeping import enforce, past_its_time
from app.privacy.my_data import held_about
from app.support.models import Ticket
from tests.privacy.canaries import a_person_full_of_canaries

STEPS = [0.5, 0.5, 1, 3, 5, 20, 1, 30, 60, 60, 3, 90, 120, 183, 1, 200, 300, 365, 19]
"""Days, uneven ones: more than four years together."""


@pytest.mark.clause("5.1.3b")
def test_at_each_step_of_four_years_nothing_outlives_its_rule(app, clock):
    account = a_person_full_of_canaries()
    with transaction() as session:  # what is still open is kept, whatever its age
        session.execute(update(Case).values(state=CLOSED, closed_at=now()))
        session.execute(update(Ticket).values(answered_at=now()))
    kept = {found.field.keep for found in held_about(db.session(), account.subject_id)}
    assert len(kept) >= 6
    for days in [*STEPS, 4 * 365 + 10 - sum(STEPS)]:
        clock.travel(days=days)
        enforce(now())
        assert {name: count for name, count in past_its_time(db.session(), now()).items() if count} == {}
    left = {found.field.keep for found in held_about(db.session(), account.subject_id)}
    assert left == {Keep.UNTIL_CLOSED, Keep.ACCOUNTING}
    assert db.session.scalar(select(func.count()).select_from(Order).where(Order.anonymised_at.is_(None))) == 0

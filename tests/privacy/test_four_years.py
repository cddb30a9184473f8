"""All tables filled, and the clock moved along four years: at each step nothing outlives its rule. Clause 5.1.3b."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from app.accounts.registering import PendingRegistration
from app.after_sales.lifecycle import CLOSED
from app.after_sales.models import Case
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db, transaction
from app.foundation.personal_data import Keep
from app.foundation.recipients import WITHDRAWN, ImpactAssessment, RecipientAgreement
from app.orders.models import Order
from app.privacy.acceptance import PolicyAcceptance, accept_all
from app.privacy.closures import REFUSED, Closure
from app.privacy.consenting import ShareConsent
from app.privacy.keeping import RULES, past_its_time
from app.privacy.my_data import held_about
from app.support.models import Ticket
from tests.foundation.chains import a_night
from tests.papers import no_papers
from tests.privacy.canaries import a_person_full_of_canaries, some_row

STEPS = [0.5, 0.5, 1, 3, 5, 20, 1, 30, 60, 60, 3, 90, 120, 183, 1, 200, 300, 365, 19]
"""Days, uneven ones: more than four years together."""


def tables_of_evidence() -> list[Any]:
    """Every model of which the register says that its rows are evidence, but the ledger, whose rows acts write."""
    found = {model for rule in RULES.values() if rule.keep == "evidence" for model in rule.covers}
    return sorted((each for each in found if not each.__tablename__.startswith("ledger_")), key=lambda m: m.__name__)


def evidence_about_people() -> None:
    """A row in each of its tables, of somebody whom nobody knows any more; what can be over is over."""
    no_papers()
    with transaction() as session:
        for model in tables_of_evidence():
            some_row(model.__table__, ANYBODY)
            if "ended_at" in model.__table__.c:
                session.execute(update(model).values(ended_at=now()))
        session.execute(update(ShareConsent).values(withdrawn_at=now()))
        session.execute(update(Closure).values(state=REFUSED, decided_at=now()))
        session.execute(update(RecipientAgreement).values(ends_on=today()))
        session.execute(update(ImpactAssessment).values(state=WITHDRAWN, decided_at=now()))


class ANYBODY:
    """What `some_row` asks about the person."""

    id = subject_id = audit_ref = 1


def how_many(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.clause("5.1.3b")
@pytest.mark.parametrize("store", ["app", "pg_shop"])
def test_at_each_step_of_four_years_nothing_outlives_its_rule(request, store, clock):
    request.getfixturevalue(store)
    account = a_person_full_of_canaries()
    ref, subject_id = account.audit_ref, account.subject_id
    with transaction() as session:  # what is still open is kept, whatever its age
        session.execute(update(Case).values(state=CLOSED, closed_at=now()))
        session.execute(update(Ticket).values(answered_at=now()))
        session.execute(delete(PendingRegistration))  # with it would go the person's own key, which canaries share
    evidence_about_people()
    with transaction() as session:
        accept_all(session, ref, "zh", now())
    kept = {found.field.keep for found in held_about(db.session(), subject_id)}
    assert len(kept) >= 6 and all(map(how_many, tables_of_evidence())) and len(tables_of_evidence()) >= 12
    for days in [*STEPS, 4 * 365 + 10 - sum(STEPS)]:
        clock.travel(days=days)
        a_night()
        assert {name: count for name, count in past_its_time(db.session(), now()).items() if count} == {}
        assert (now() - db.session.scalar(select(func.min(LedgerEntry.at)))).days <= 3 * 365 + 1
    left = {found.field.keep for found in held_about(db.session(), subject_id)}
    assert left == {Keep.UNTIL_CLOSED, Keep.ACCOUNTING}
    assert db.session.scalar(select(func.count()).select_from(Order).where(Order.anonymised_at.is_(None))) == 0
    agreed = select(PolicyAcceptance.account_ref)  # what binds an account stays provable
    assert set(db.session.scalars(agreed)) == {ref}
    assert {model.__name__: how_many(model) for model in tables_of_evidence() if how_many(model)} == {
        "PolicyAcceptance": 3
    }

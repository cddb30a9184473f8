"""Holds are placed and lifted in a case; an erasure waits for nobody and seals what is held. CLAUSES.md A.6, 5.1.3b."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pyrage.x25519 import Identity
from sqlalchemy import select

from app.disclosures.keeping_back import holds_of, keep_back, let_go
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.errors import NotFound
from app.foundation.two_people import NotAllowed
from app.privacy.holding import Hold, NoTwoKeepers, UnknownScope
from app.settings import current_settings
from tests.accounts.builders import an_account
from tests.backoffice.builders import Desk
from tests.checkout.builders import a_buyer
from tests.disclosures.builders import CLERK, MARY, a_case
from tests.privacy.closures import erased


@pytest.fixture
def keepers(app, monkeypatch):
    keys = tuple(Identity.generate().to_public() for _ in range(2))
    monkeypatch.setitem(app.extensions, "settings", replace(current_settings(), sealed_log_keepers=keys))


def copies():
    return set((current_settings().instance_dir / "held").glob("*.age"))


def held_because_of(case):
    db.session.rollback()
    return db.session.scalars(holds_of(case.number)).all()


@pytest.mark.clause("5.1.3b")
def test_what_a_case_holds_is_sealed_when_its_person_leaves_and_goes_when_it_is_lifted(app, keepers):
    alice, bob = a_buyer(), a_buyer()
    case, before = a_case(alice, bob), copies()
    keep_back(case.number, {1}, "authority", ["addresses"], today() + timedelta(days=30), MARY, now())
    for account in (alice, bob):
        erased(account)
    (held,) = held_because_of(case)
    assert held.copy and len(copies() - before) == 1
    let_go(case.number, held.id, "settled", MARY, now())
    assert held_because_of(case) == [] and copies() == before
    (lifted,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == "hold.lifted")).all()
    assert (lifted.actor, lifted.facts["why"]) == (MARY.audit_ref, "settled")


def test_a_hold_is_for_deciders_people_of_the_case_and_tables_that_can_be_held(app, keepers):
    case, until = a_case(an_account()), today() + timedelta(days=5)
    with pytest.raises(NotAllowed):
        keep_back(case.number, {1}, "dispute", ["addresses"], until, CLERK, now())
    for people, ground, scope, day in (
        ({2}, "dispute", ["addresses"], until), ({1}, "mood", ["addresses"], until), ({1}, "dispute", [], until),
        ({1}, "dispute", ["second"], until), ({1}, "dispute", ["addresses"], today() - timedelta(days=1)),
    ):  # fmt: skip
        with pytest.raises(UnknownScope):
            keep_back(case.number, people, ground, scope, day, MARY, now())
    (held,) = keep_back(case.number, {1}, "dispute", ["addresses"], until, MARY, now())
    for number, hold_id, why in ((case.number, held.id, "mood"), (a_case(an_account()).number, held.id, "settled")):
        with pytest.raises(NotFound):
            let_go(number, hold_id, why, MARY, now())


def test_a_hold_is_quiet_while_the_law_forbids_to_tell(app, keepers):
    quiet = a_case(an_account(), barred_until=today() + timedelta(days=9), bar_basis="article 54")
    until = today() + timedelta(days=5)
    for case in (quiet, a_case(an_account())):
        keep_back(case.number, {1}, "authority", ["orders"], until, MARY, now())
        assert [held.is_told for held in held_because_of(case)] == [case is not quiet]


def test_holds_are_placed_and_lifted_at_the_desk(app, keepers):
    desk, case = Desk(app, "manager"), a_case(an_account(), an_account())
    at, day = f"/disclosures/{case.number}", (today() + timedelta(days=5)).isoformat()
    fields = {"people": ["1", "2"], "ground": "dispute", "scope": ["addresses"], "until": day}
    for wrong in ({"until": "2020-01-01"}, {"ground": "mood"}, {"scope": ["nothing"]}, {"people": []}):
        answer = desk.post(f"{at}/holds", "HoldForm", {**fields, **wrong}, "hold-")
        assert answer.status_code == 422, wrong
    assert desk.post(f"{at}/holds", "HoldForm", fields, "hold-").status_code == 303
    page = desk.get(at).text
    assert page.count("Live dispute</td>") == 2
    held = held_because_of(case)[0]
    prefix = f"lift-{held.id}-"
    assert desk.post(f"{at}/holds/{held.id}/lifting", "LiftForm", {"why": "mood"}, prefix).status_code == 422
    assert desk.post(f"{at}/holds/{held.id}/lifting", "LiftForm", {"why": "settled"}, prefix).status_code == 303
    assert len(held_because_of(case)) == 1


def test_without_two_keepers_the_desk_says_why_nothing_can_be_held(app):
    desk, case = Desk(app, "manager"), a_case(an_account())
    fields = {"people": ["1"], "ground": "dispute", "scope": ["addresses"], "until": today().isoformat()}
    answer = desk.post(f"/disclosures/{case.number}/holds", "HoldForm", fields, "hold-")
    assert answer.status_code == NoTwoKeepers.status and "fewer than two people" in answer.text
    assert db.session.scalars(select(Hold)).all() == []

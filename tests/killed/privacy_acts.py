"""Acts about people that are killed: consents, closing an account, erasing, publishing a version of the policy."""

import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from flask import Flask

from app.accounts.people import person_of
from app.foundation.clock import now, today
from app.foundation.data_keys import data_keys
from app.foundation.personal_data import Purpose
from app.foundation.two_people import NotWaiting
from app.orders.cancelling import cancel
from app.orders.lifecycle import Actor
from app.privacy import texts
from app.privacy.closing import apply_to_close, approve, decide_due
from app.privacy.consenting import give_consent, withdraw_consent
from app.privacy.erasing import carry_on_all
from app.privacy.publications import known_publications
from app.privacy.publishing import approve as approve_version
from app.privacy.publishing import propose
from app.privacy.texts import POLICY
from tests.accounts.builders import an_account
from tests.checkout.builders import an_address, an_order, in_cart
from tests.killed.acts import Act, Facts
from tests.privacy.closures import REVIEWER
from tests.privacy.later_versions import NEXT, Author
from tests.privacy.publishers import ANOTHER, ONE
from tests.stock.builders import a_stocked_sku

CLOSING, ERASING = timedelta(hours=48), timedelta(minutes=11)


def somebody(app: Flask) -> Facts:
    return {"ref": an_account().audit_ref}


def agree(app: Flask, facts: Facts) -> str:
    give_consent(facts["ref"], "sms", Purpose.SERVICE, lang="en", shown="What was shown", at=now())
    return "ok"


def agreed(app: Flask) -> Facts:
    ref = an_account().audit_ref
    consent = give_consent(ref, "sms", Purpose.SERVICE, lang="en", shown="What was shown", at=now())
    return {"ref": ref, "consent": consent.id}


def take_back(app: Flask, facts: Facts) -> str:
    withdraw_consent(facts["ref"], facts["consent"], now())
    return "ok"


def leaving(app: Flask) -> Facts:
    """Somebody with an address, a cancelled order and a cart applies to close the account."""
    account = an_account()
    an_address(account)
    cancel(an_order(account=account).id, Actor("buyer", account.audit_ref), now())
    in_cart(account, a_stocked_sku()[0])
    return {"closure": apply_to_close(person_of(account), now()).id, "subject": account.subject_id}


def decide(app: Flask, facts: Facts) -> str:
    decide_due()
    return "ok"


def approved(app: Flask) -> Facts:
    facts = leaving(app)
    approve(facts["closure"], REVIEWER, now())
    return facts


def erase(app: Flask, facts: Facts) -> str:
    """Says whether the person's key is still there."""
    carry_on_all()
    return f"ok, keys: {len(data_keys().load([facts['subject']]))}"


def proposed(app: Flask) -> Facts:
    """One of two people has approved a version that cuts a right."""
    home = Path(shutil.copytree(texts.FOLDERS[POLICY], Path(mkdtemp()) / "policies"))
    facts = {"home": str(home)}
    read_from(facts)
    Author(home).closing_within(72, effective=(today() + timedelta(days=10)).isoformat())
    row = propose(POLICY, NEXT, now())
    approve_version(row.id, ONE, now())
    return {**facts, "row": row.id}


def publish(app: Flask, facts: Facts) -> str:
    read_from(facts)
    with suppress(NotWaiting):
        approve_version(facts["row"], ANOTHER, now())
    return "ok"


def read_from(facts: Facts) -> None:
    texts.FOLDERS[POLICY] = Path(facts["home"])
    known_publications().forget()


PRIVACY_ACTS: dict[str, Act] = {
    "giving a consent": Act(somebody, agree),
    "taking a consent back": Act(agreed, take_back),
    "a closure is decided by the clock": Act(leaving, decide, later=CLOSING),
    "erasing a person": Act(approved, erase, later=ERASING, nth=4),
    "publishing a version": Act(proposed, publish),
}

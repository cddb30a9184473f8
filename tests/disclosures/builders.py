"""Demands, and cases as far along as a test wants them. Three people: who records, and two who approve."""

import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from typing import Any

from pyrage import decrypt
from pyrage.x25519 import Identity

from app.accounts.models import Account
from app.disclosures.deciding import approve, examine
from app.disclosures.kinds import ORDER
from app.disclosures.models import DisclosureCase
from app.disclosures.opening import Demand, record_demand
from app.disclosures.research.deciding import Asked, approve_request, examine_request, record_request
from app.disclosures.research.models import ResearchRequest
from app.disclosures.research.tables import TABLES
from app.foundation.clock import now, today
from app.foundation.database import db
from app.foundation.personal_data import Purpose, purpose
from app.orders.lifecycle import Actor
from app.settings import current_settings

CLERK, MARY, JOHN = Actor("clerk", 9101), Actor("manager", 9102), Actor("manager", 9103)
COURT_KEY = Identity.generate()
PAPER = b"%PDF-1.7 the court demands"


def name_of(account: Account) -> str:
    with purpose(Purpose.SERVICE):
        return str(account.name)


def a_demand(*people: Account, **changes: Any) -> Demand:
    facts: dict[str, Any] = {
        "kind": ORDER, "authority": "成都市中级人民法院", "legal_basis": "民事诉讼法第七十条", "reason": "合同纠纷",
        "document": sha256(PAPER).hexdigest(), "content": PAPER, "persons": [name_of(each) for each in people],
        "fields": ["accounts.phone"], "from_day": today() - timedelta(days=30), "to_day": today(),
        "public_key": str(COURT_KEY.to_public()), "received_on": today(), "expires_on": today() + timedelta(days=30),
    }  # fmt: skip
    return Demand(**{**facts, **changes})


def a_case(*people: Account, **changes: Any) -> DisclosureCase:
    return record_demand(a_demand(*people, **changes), CLERK, now())


def approved(case: DisclosureCase) -> DisclosureCase:
    examine(case.number, "called back by the number in the register", "within article 70", MARY, now())
    return approve(case.number, JOHN, now())


def fresh(case: DisclosureCase) -> DisclosureCase:
    db.session.rollback()
    return db.session.get_one(DisclosureCase, case.id, populate_existing=True)


def package_of(case: DisclosureCase, part: int = 1, key: Identity = COURT_KEY) -> dict[str, bytes]:
    """The files of a package, by name, opened with the recipient's key."""
    path = current_settings().instance_dir / "disclosed" / f"{case.number}-{part}.age"
    with zipfile.ZipFile(io.BytesIO(decrypt(path.read_bytes(), [key]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_in(files: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    return list(json.loads(files[name])) if name in files else []


SIGNED = b"%PDF-1.7 the institute signs"


def a_research_request(**changes: Any) -> ResearchRequest:
    """A request for every table, recorded by a clerk."""
    facts: dict[str, Any] = {
        "institution": "西部大学数据研究所", "topic": "矿机推广效果", "purpose": "比较两种版面的到达率",
        "document": sha256(PAPER).hexdigest(), "document_content": PAPER,
        "agreement": sha256(SIGNED).hexdigest(), "agreement_content": SIGNED,
        "agreement_ends_on": today() + timedelta(days=90), "tables": tuple(TABLES),
        "from_day": today() - timedelta(days=400), "to_day": today() + timedelta(days=400), "received_on": today(),
        "expires_on": today() + timedelta(days=60),
    }  # fmt: skip
    return record_request(Asked(**{**facts, **changes}), CLERK, now())


def approved_request(request: ResearchRequest) -> ResearchRequest:
    examine_request(request.number, "a study with an ethics vote, totals suffice", MARY, now())
    return approve_request(request.number, JOHN, now())

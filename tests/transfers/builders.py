"""Transfers as far along as a test wants them. Three people: who records, and two who approve."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask
from pyrage import decrypt
from pyrage.x25519 import Identity
from sqlalchemy import select

from app.accounts.models import Account
from app.foundation.clock import application_clock, now, today
from app.foundation.database import db
from app.foundation.outbound import Disclosure
from app.foundation.recipients import INSIDE
from app.orders.lifecycle import Actor
from app.privacy.asking import asked_by_cases
from app.privacy.consenting import ShareConsent, give_consent, withdraw_consent
from app.settings import Settings, current_settings
from app.transfers.deciding import approve, examine, make
from app.transfers.giving import give
from app.transfers.kinds import CONSENT, LAW, MERGER
from app.transfers.models import TransferCase
from app.transfers.opening import Plan, record_transfer
from app.transfers.telling import announce_all
from tests.disclosures.builders import name_of

ANN, MARY, JOHN = Actor("manager", 9101), Actor("manager", 9102), Actor("manager", 9103)
HOLDER_KEY = Identity.generate()
PAPER, UNDERTAKING = b"%PDF-1.7 the contract of the merger", b"%PDF-1.7 we stay bound"


LONG = date(2099, 12, 31)


def switched(settings: Settings, until: date | None) -> Settings:
    return replace(settings, transfers_until=until)


@contextmanager
def transfers_on(app: Flask) -> Iterator[None]:
    """As whoever runs the machines sets it."""
    before = app.extensions["settings"]
    app.extensions["settings"] = switched(before, LONG)
    try:
        yield
    finally:
        app.extensions["settings"] = before


def a_plan(kind: str = CONSENT, **changes: Any) -> Plan:
    facts: dict[str, Any] = {
        "kind": kind, "name": "新云矿业有限公司", "name_en": "New Cloud Mining Ltd.", "contact": "400-111-2222",
        "address": "成都市高新区一号", "region": INSIDE, "reason": "合并后继续提供服务。",
        "document": sha256(PAPER).hexdigest(), "content": PAPER, "fields": ["accounts.phone"],
        "public_key": str(HOLDER_KEY.to_public()), "expires_on": today() + timedelta(days=90),
    }  # fmt: skip
    return Plan(**{**facts, **changes})


def undertaken(**changes: Any) -> dict[str, Any]:
    """What a plan of a merger holds where the new holder signed."""
    signed = {"undertaking_digest": sha256(UNDERTAKING).hexdigest(), "undertaking_content": UNDERTAKING}
    return {**signed, "undertaken_from": today(), **changes}


def demanded(*people: Account) -> dict[str, Any]:
    """What a plan holds that the law demands."""
    days = {"from_day": today() - timedelta(days=30), "to_day": today()}
    return {"legal_basis": "企业破产法第二十五条", "persons": [name_of(each) for each in people], **days}


def a_transfer(kind: str = CONSENT, **changes: Any) -> TransferCase:
    return record_transfer(a_plan(kind, **changes), ANN, now())


def approved(case: TransferCase) -> TransferCase:
    examine(case.number, "seen the original", "contract, section 3", MARY, now())
    return approve(case.number, JOHN, now())


def an_approved(kind: str = CONSENT, **changes: Any) -> TransferCase:
    return approved(a_transfer(kind, **changes))


def a_merger_with_notice_over(**changes: Any) -> TransferCase:
    """Everybody who is there now was told, thirty days ago."""
    case = an_approved(MERGER, **changes)
    announce_all()
    application_clock.travel(days=30)
    return case


def a_demanded(*people: Account, **changes: Any) -> TransferCase:
    return an_approved(LAW, **{**demanded(*people), **changes})


def agree(account: Account, case: TransferCase) -> ShareConsent:
    """As on the page of consents."""
    [offer] = [each for each in asked_by_cases(db.session(), "zh", today()) if each.recipient.code == case.recipient]
    return give_consent(account.audit_ref, offer.recipient.code, offer.purpose, lang="zh", shown=offer.shown, at=now())


def take_back(account: Account, case: TransferCase) -> None:
    mine = ShareConsent.account_ref == account.audit_ref, ShareConsent.recipient == case.recipient
    for row in db.session.scalars(select(ShareConsent).where(*mine, ShareConsent.withdrawn_at.is_(None))).all():
        withdraw_consent(account.audit_ref, row.id, now())


def made(case: TransferCase) -> TransferCase:
    """Ordered and put together."""
    make(case.number, JOHN, now())
    assert give(case.number) == 1
    return fresh(case)


def fresh(case: TransferCase) -> TransferCase:
    db.session.rollback()
    return db.session.get_one(TransferCase, case.id, populate_existing=True)


def opened(content: bytes, key: Identity = HOLDER_KEY) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(decrypt(content, [key]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def index_of(case: TransferCase) -> dict[str, Any]:
    content = (current_settings().instance_dir / "transferred" / case.number / "index.zip.age").read_bytes()
    return dict(json.loads(opened(content)["index.json"]))


def files_of(case: TransferCase) -> dict[str, bytes]:
    """Every file of the package by name, opened with the transferee's key; the digests of the index fit."""
    found: dict[str, bytes] = {}
    for name, file in index_of(case)["files"].items():
        content = (current_settings().instance_dir / "transferred" / case.number / name).read_bytes()
        assert sha256(content).hexdigest() == file["sha256"]
        found |= {(f"{name}/{each}" if each == "case.json" else each): text for each, text in opened(content).items()}
    return found


def numbers_in(case: TransferCase) -> list[str]:
    """Mobile numbers in the package: of whom it is, with whoever is in it twice."""
    files = files_of(case)
    rows = (json.loads(content) for name, content in sorted(files.items()) if name.endswith("/accounts.json"))
    return sorted(row["phone"] for some in rows for row in some)


def refs_on_ledger(case: TransferCase) -> list[int]:
    """Whose data the disclosure ledger says went to the transferee."""
    mine = select(Disclosure.subject).where(Disclosure.recipient == case.recipient)
    return sorted(ref for ref in db.session.scalars(mine) if ref is not None)


def refs(accounts: Iterable[Account]) -> list[int]:
    return sorted(each.audit_ref for each in accounts)

"""Acts of a transfer that are killed: telling everybody of a new holder, and putting the package together."""

from shutil import rmtree

from flask import Flask
from sqlalchemy import select

from app.foundation.clock import now
from app.foundation.database import db
from app.transfers import giving, telling
from app.transfers.deciding import make
from app.transfers.kinds import MERGER
from app.transfers.models import TransferCase, TransferPerson
from tests.accounts.builders import an_account
from tests.killed.acts import Act, Facts
from tests.transfers.builders import JOHN, agree, an_approved, numbers_in, refs_on_ledger, transfers_on, undertaken


def a_merger(app: Flask) -> Facts:
    """Three people who have not been told yet, told two at a time."""
    with transfers_on(app):
        for _ in range(3):
            an_account()
        return {"case": an_approved(MERGER, **undertaken()).id}


def announce(app: Flask, facts: Facts) -> str:
    telling.AT_ONCE = 2
    with transfers_on(app):
        telling.announce_all()
    return "ok"


def ordered(app: Flask) -> Facts:
    """Three people who agree, two to a file, and one who does not."""
    with transfers_on(app):
        case = an_approved()
        for _ in range(3):
            agree(an_account(), case)
        an_account()
        make(case.number, JOHN, now())
        return {"case": case.id}


def put_together(app: Flask, facts: Facts) -> str:
    """Says how many numbers are in the package, each once, and on the ledger."""
    giving.A_PART = 2
    if not db.session.scalar(select(TransferPerson.id).where(TransferPerson.part.is_not(None)).limit(1)):
        rmtree(app.extensions["settings"].instance_dir / giving.FOLDER, ignore_errors=True)  # another trial's
    with transfers_on(app):
        giving.give_all()
        case = db.session.get_one(TransferCase, facts["case"])
        numbers = numbers_in(case)
    return f"ok, {len(numbers)} numbers, {len(set(numbers))} people, {len(refs_on_ledger(case))} on the ledger"


TRANSFER_ACTS: dict[str, Act] = {
    "telling of a new holder": Act(a_merger, announce),
    "putting a transfer together": Act(ordered, put_together),
}

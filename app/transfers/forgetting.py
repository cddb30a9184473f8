"""Transfers go when evidence goes, counted from their end, with their papers and what people agreed to for them."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.foundation.chain_cuts import needs_evidence_of
from app.foundation.uploads import place_of
from app.privacy.cases import outlived
from app.privacy.consenting import ShareConsent
from app.privacy.files import names_files
from app.privacy.keeping import began_before, keeps
from app.transfers.models import TransferCase, TransferPerson

needs_evidence_of("case", TransferCase.number)


@names_files
def papers_of_transfers(session: Session) -> list[Path]:
    """Where the papers of transfers lie."""
    return [place_of(name) for case in session.scalars(select(TransferCase)) for name in case.papers()]


def _ended(at: datetime) -> Select[Any]:
    return outlived(TransferCase, began_before("evidence", at))


@keeps("transfer_cases", "evidence", TransferCase, TransferPerson, overdue=_ended)
def forget_transfers(session: Session, ids: list[int], at: datetime) -> None:
    """With their people, papers and consents; figures of years so long ago go with them."""
    for case in session.scalars(select(TransferCase).where(TransferCase.id.in_(ids))).all():
        case.forget_papers()
        session.execute(delete(ShareConsent).where(ShareConsent.recipient == case.recipient))
        session.execute(delete(TransferPerson).where(TransferPerson.case_id == case.id))
        session.delete(case)

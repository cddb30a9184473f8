"""Giving what was approved: through the gate, the ledger first; one file with its mark, sealed until it is fetched.

Safe to stop at any instant and repeat: the ledger's row and the mark are written in one transaction, and whoever comes
after makes the same file of the same released numbers. Clauses 4.1.1(7), 4.1.3b.
"""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.disclosures.kinds import APPROVED, GIVE
from app.disclosures.opening import DECIDE
from app.disclosures.research.models import ResearchRequest
from app.disclosures.research.tables import TABLES, sums_of
from app.foundation.audit import record
from app.foundation.chain_cuts import needs_evidence_of
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.errors import NotFound
from app.foundation.grounds import Share, Sums
from app.foundation.jobs import every, one_by_one
from app.foundation.languages import N_
from app.foundation.outbound import declare_recipient, disclose
from app.foundation.personal_data import Purpose
from app.foundation.recipients import Ground, Recipient
from app.foundation.two_people import Person, who_may
from app.foundation.uploads import place_of, remove_private, store_private
from app.privacy.cases import locked, outlived, paper_of
from app.privacy.files import names_files
from app.privacy.keeping import began_before, keeps

RECIPIENT = "research"

declare_recipient(
    Recipient(
        code=RECIPIENT,
        name="研究机构",
        name_en="Research institutions",
        kind=N_("totals for academic research"),
        fields=TABLES,
        purposes=frozenset({Purpose.STATISTICS}),
        grounds=frozenset({Ground.RESEARCH}),
        signs_each_case=True,
    )
)


@every(seconds=2, name="research.give", apart=True)
def give_all() -> int:
    """Give what is approved, and let results go whose time is over; returns how many were given."""
    at = now()
    one_by_one(db.session.scalars(_outlived(at)).all(), _let_go)
    open_still = (ResearchRequest.state == APPROVED, ResearchRequest.expires_at > at)
    return one_by_one(db.session.scalars(select(ResearchRequest.number).where(*open_still)).all(), give)


def give(number: str) -> int:
    """Give one request what it asks for. Raises ShareRefused."""
    request = db.session.scalars(select(ResearchRequest).where(ResearchRequest.number == number)).one()
    tables = {name: sums_of(db.session(), name, request.from_day, request.to_day) for name in request.tables}
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        if not request.may(GIVE):
            return 0
        if not request.terms:
            share = Share(
                RECIPIENT, Ground.RESEARCH, Purpose.STATISTICS, tables, basis=request, until=request.expires_at
            )
            request.terms = disclose(share).line()
    content = file_of(request.terms, tables)
    file = store_private(request.key_id, content)
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        if not request.may(GIVE):
            remove_private(file)
            return 0
        request.take(GIVE)
        request.ended_at = now()
        request.result, request.result_file = sha256(content).hexdigest(), file
        rows = {name: len(table.rows) for name, table in tables.items()}
        record("research.given", request=number, result=request.result, rows=rows)
    return 1


def file_of(terms: str, tables: dict[str, Sums]) -> bytes:
    """The tables as CSV, one below the other, under the mark by which a copy is known. No cell needs quoting."""
    lines = [f"# {terms}"]
    for name, table in tables.items():
        lines += ["", f"# {name}", *(",".join(map(str, row)) for row in (table.columns, *table.rows))]
    return "\r\n".join([*lines, ""]).encode()


def paper_for(number: str, name: str, by: Person) -> bytes:
    """The paper, the agreement or the result, for who decides; that it was read stands in the ledger.

    Raises NotAllowed, NotFound.
    """
    person = who_may(by, DECIDE)
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        file = {"document": request.document_file, "agreement": request.agreement_file}.get(name, request.result_file)
        if file is None:
            raise NotFound
        record("research.read", actor=person, request=number, paper=name)
    return paper_of(request, file)


@names_files
def papers_of_requests(session: Session) -> list[Path]:
    """Where papers and results lie."""
    return [place_of(name) for request in session.scalars(select(ResearchRequest)) for name in request.papers()]


needs_evidence_of("request", ResearchRequest.number)


def _ended(at: datetime) -> Select[Any]:
    return outlived(ResearchRequest, began_before("evidence", at))


@keeps("research_requests", "evidence", ResearchRequest, overdue=_ended)
def forget_requests(session: Session, ids: list[int], at: datetime) -> None:
    """With their papers and the key of these."""
    for request in session.scalars(select(ResearchRequest).where(ResearchRequest.id.in_(ids))).all():
        request.forget_papers()
        session.delete(request)


def _outlived(at: datetime) -> Select[str]:
    kept = (ResearchRequest.result_file.is_not(None), ResearchRequest.expires_at <= at)
    return select(ResearchRequest.number).where(*kept)


def _let_go(number: str) -> int:
    with transaction() as session:
        request = locked(session, ResearchRequest, number)
        file, request.result_file = request.result_file, None
        record("research.result_deleted", request=number)
    if file:
        remove_private(file)
    return 1

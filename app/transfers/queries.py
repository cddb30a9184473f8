"""Transfers for the desk, for everybody, and how far each is. Clauses 4.2, 4.2.4."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select
from sqlalchemy.orm import Session

from app.disclosures.queries import band_of
from app.privacy.consenting import ShareConsent
from app.transfers.audience import agreeing, not_announced_to
from app.transfers.kinds import APPROVED, ASKED, EXAMINED, GIVEN, KINDS, MAKING, MERGER, REFUSED
from app.transfers.models import TransferCase, TransferPerson


def transfers_in(state: str | None) -> Select[TransferCase]:
    """Transfers in a state, or all, the newest first."""
    rows = select(TransferCase).order_by(TransferCase.asked_at.desc(), TransferCase.id)
    return rows.where(TransferCase.state == state) if state else rows


def transfers_waiting() -> Select[TransferCase]:
    """What two people have still to decide."""
    return select(TransferCase).where(TransferCase.state.in_((ASKED, EXAMINED)))


def announcements() -> Select[TransferCase]:
    """New holders that people are told of, the newest first."""
    told = TransferCase.kind == MERGER, TransferCase.state.in_((APPROVED, MAKING, GIVEN))
    return select(TransferCase).where(*told).order_by(TransferCase.asked_at.desc(), TransferCase.id)


@dataclass(frozen=True)
class Progress:
    """How many were told of the new holder and how many not yet, agree, agreed once, and are in the package."""

    announced: int
    waiting: int
    agree: int
    agreed: int
    given: int


def progress_of(session: Session, of: TransferCase) -> Progress:
    """How far a transfer is."""
    mine = TransferPerson.case_id == of.id
    ever = select(ShareConsent.account_ref).where(ShareConsent.recipient == of.recipient).distinct()
    return Progress(
        announced=_count(session, select(TransferPerson.id).where(mine, TransferPerson.announced_at.is_not(None))),
        waiting=_count(session, not_announced_to(of)) if of.tells_all else 0,
        agree=_count(session, agreeing(of)),
        agreed=_count(session, ever),
        given=_count(session, select(TransferPerson.id).where(mine, TransferPerson.part.is_not(None))),
    )


@dataclass(frozen=True)
class TransferFigures:
    """Transfers of one year and kind, and what became of them; `band` is the first and last number of people."""

    year: int
    kind: str
    recorded: int
    made: int
    refused: int
    band: tuple[int, int | None]


def transfer_figures(session: Session) -> Sequence[TransferFigures]:
    """By year of recording and kind, newest first; people whose data went, in bands."""
    year = extract("year", TransferCase.asked_at)
    gone = select(TransferPerson.case_id, func.count().label("n")).where(TransferPerson.part.is_not(None))
    given = gone.group_by(TransferPerson.case_id).subquery()
    rows = (
        select(
            year, TransferCase.kind, func.count(), _sum(TransferCase.state == GIVEN),
            _sum(TransferCase.state == REFUSED), func.coalesce(func.sum(given.c.n), 0),
        )
        .outerjoin(given, given.c.case_id == TransferCase.id)
        .group_by(year, TransferCase.kind)
    )  # fmt: skip
    found = [
        TransferFigures(int(y), kind, n, int(made), int(refused), band_of(int(people)))
        for y, kind, n, made, refused, people in session.execute(rows)
    ]
    return sorted(found, key=lambda each: (-each.year, list(KINDS).index(each.kind)))


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

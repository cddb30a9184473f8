"""Cases for the desk, and the figures that everybody can read. Clause 4.3.2a."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, extract, func, select
from sqlalchemy.orm import Session

from app.disclosures.kinds import ASKED, EXAMINED, GIVEN, KINDS, REFUSED
from app.disclosures.models import DisclosedPerson, DisclosureCase
from app.disclosures.research.models import ResearchRequest

BANDS = (0, 9, 99, 999, 9999)
"""The largest number of people in each band; the last band has no end."""


def cases_in(state: str | None) -> Select[DisclosureCase]:
    """Cases in a state, or all, the newest first."""
    rows = select(DisclosureCase).order_by(DisclosureCase.asked_at.desc(), DisclosureCase.id)
    return rows.where(DisclosureCase.state == state) if state else rows


def cases_waiting() -> Select[DisclosureCase]:
    """What two people have still to decide."""
    return select(DisclosureCase).where(DisclosureCase.state.in_((ASKED, EXAMINED)))


def reviews_due() -> Select[DisclosureCase]:
    """Cases that have to be looked at again."""
    return select(DisclosureCase).where(DisclosureCase.review_due_at.is_not(None))


@dataclass(frozen=True)
class ResearchFigures:
    """What institutions asked for in one year, and what became of it."""

    year: int
    received: int
    given: int
    refused: int


def research_figures(session: Session) -> Sequence[ResearchFigures]:
    """By year of receipt, newest first: requests of research, those given totals, those refused. Clause 4.1.1(7)."""
    year = extract("year", ResearchRequest.received_on)
    states = (_sum(ResearchRequest.state == GIVEN), _sum(ResearchRequest.state == REFUSED))
    rows = select(year, func.count(), *states).group_by(year).order_by(year.desc())
    return [ResearchFigures(*map(int, row)) for row in session.execute(rows)]


@dataclass(frozen=True)
class YearFigures:
    """What came in one year of one kind, and what became of it; `band` is the first and last number of people meant."""

    year: int
    kind: str
    received: int
    accepted: int
    narrowed: int
    refused: int
    band: tuple[int, int | None]


def public_figures(session: Session) -> Sequence[YearFigures]:
    """By year of receipt and kind, newest first: how many came, what became of them, people concerned in bands."""
    year = extract("year", DisclosureCase.received_on)
    people = select(DisclosedPerson.case_id, func.count().label("n")).where(DisclosedPerson.given_at.is_not(None))
    given = people.group_by(DisclosedPerson.case_id).subquery()
    rows = (
        select(
            year, DisclosureCase.kind, func.count(), _sum(DisclosureCase.state == GIVEN),
            _sum(DisclosureCase.narrowed_at.is_not(None)), _sum(DisclosureCase.state == REFUSED),
            func.coalesce(func.sum(given.c.n), 0),
        )
        .outerjoin(given, given.c.case_id == DisclosureCase.id)
        .group_by(year, DisclosureCase.kind)
    )  # fmt: skip
    found = [
        YearFigures(int(y), kind, n, int(accepted), int(narrowed), int(refused), band_of(int(concerned)))
        for y, kind, n, accepted, narrowed, refused, concerned in session.execute(rows)
    ]
    return sorted(found, key=lambda each: (-each.year, list(KINDS).index(each.kind)))


def band_of(people: int) -> tuple[int, int | None]:
    """The first and last number of the band that a number of people falls into."""
    first = 0
    for last in BANDS:
        if people <= last:
            return first, last
        first = last + 1
    return first, None


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

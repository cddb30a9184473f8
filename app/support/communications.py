"""The communication log: with whom a member communicated, when and for how long, and nothing of what was said.

It is no table of its own but read from calls, tickets and after-sales cases, and goes with them: when their time is
over, and when the account is closed. Whoever works here stands in it by their role alone. Clause 1.2.1(5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.after_sales.models import Case, CaseMessage
from app.privacy.export import export_reader
from app.privacy.people import Person
from app.support.models import SupportCall, Ticket

HOTLINE, DESK, AFTER_SALES = "hotline", "support", "after-sales"
PARTIES: dict[str, LazyString] = {
    HOTLINE: _l("Our hotline"),
    DESK: _l("Our support"),
    AFTER_SALES: _l("Our after-sales service"),
}


@dataclass(frozen=True)
class Exchange:
    """One exchange by its ends: `party` is a role of ours, `about` a number or "", `messages` 0 for a call."""

    party: str
    about: str
    first: datetime
    last: datetime
    messages: int

    @property
    def lasted(self) -> timedelta:
        return self.last - self.first


def exchanges_of(session: Session, account_id: int, most: int | None = None) -> list[Exchange]:
    """The newest first, in three queries however many there are."""
    found = [
        *_calls(session, account_id, most),
        *_tickets(session, account_id, most),
        *_cases(session, account_id, most),
    ]
    return sorted(found, key=lambda exchange: exchange.first, reverse=True)[:most]


@export_reader("communications")
def communications(session: Session, person: Person) -> Iterable[dict[str, Any]]:
    return [
        {**vars(exchange), "seconds": int(exchange.lasted.total_seconds())}
        for exchange in exchanges_of(session, person.account_id)
    ]


def _calls(session: Session, account_id: int, most: int | None) -> list[Exchange]:
    mine = select(SupportCall).where(SupportCall.account_id == account_id).order_by(SupportCall.began_at.desc())
    return [Exchange(HOTLINE, "", call.began_at, call.over_at, 0) for call in session.scalars(mine.limit(most))]


def _tickets(session: Session, account_id: int, most: int | None) -> list[Exchange]:
    columns = (Ticket.number, Ticket.opened_at, Ticket.held_at, Ticket.answered_at)
    mine = select(*columns).where(Ticket.account_id == account_id).order_by(Ticket.opened_at.desc()).limit(most)
    return [
        Exchange(DESK, number, opened, answered or held or opened, 1 + (held is not None) + (answered is not None))
        for number, opened, held, answered in session.execute(mine)
    ]


def _cases(session: Session, account_id: int, most: int | None) -> list[Exchange]:
    said = (func.min(CaseMessage.at), func.max(CaseMessage.at), func.count())
    mine = select(Case.number, *said).join(CaseMessage, CaseMessage.case_id == Case.id)
    mine = mine.where(Case.account_id == account_id).group_by(Case.id, Case.number)
    rows = session.execute(mine.order_by(func.max(CaseMessage.at).desc()).limit(most))
    return [Exchange(AFTER_SALES, number, first, last, count) for number, first, last, count in rows]

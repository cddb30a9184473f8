"""The end of the service: one person proposes its last day, another announces it. Clause 5.2.3.

The last day lies at least as far ahead as the policy promises, and moves later only, by another announcement. From the
announcement on nobody begins anything: no account, no order. The end itself waits until everybody who has an account
was told, and as long after that as was promised. Until then two people can call it off, and everybody is told again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Flask, current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Index, Select, String, and_, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.audit import record
from app.foundation.clock import starts_at
from app.foundation.database import Id, IdMixin, UtcDateTime, db, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.remembering import Remembered
from app.foundation.two_people import NotWaiting, Person, SamePerson, who_may
from app.privacy.policy import deadline

PERMISSION = "service.end"
PROPOSED, ANNOUNCED, MOVED, WITHDRAWN, LIFTED = "proposed", "announced", "moved", "withdrawn", "lifted"
_STANDS = text("state IN ('proposed', 'announced')")


class ServiceEnd(IdMixin, db.Model):
    """A last day: proposed, announced, moved to a later one, withdrawn, or called off. People are audit references.

    What calls an end off is such a row too, with the day that does not hold any more.
    """

    __tablename__ = "service_ends"
    __personal__ = False
    __table_args__ = (Index("lone_service_ends", "state", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),)

    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(9))
    calls_off: Mapped[bool] = mapped_column(default=False)
    proposed_by: Mapped[int] = mapped_column(Id)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last account had been told."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When nothing about anybody was left to erase."""


@dataclass(frozen=True)
class End:
    """The announced end as this process knows it."""

    id: int
    last_day: date
    over_from: datetime | None
    """When the last day is over and everybody had the notice that was promised; None before all were told."""
    ended_at: datetime | None

    def is_over(self, at: datetime) -> bool:
        return self.over_from is not None and at >= self.over_from


class EndProposedAlready(BusinessError):
    """One proposal at a time."""

    message = _l("A last day waits already. Confirm or withdraw it first.")


class NoticeOfEndTooShort(BusinessError):
    """People would have less time than they were promised."""

    status = 422

    @property
    def text(self) -> LazyString:
        return _l("People are promised %(days)s days of notice. Set a later day.", days=_notice().days)


class EndMovesLaterOnly(BusinessError):
    """People were told of a day and count on it."""

    message = _l("The last day was announced already. It can move later only, and not once it is over.")
    status = 422


class NoEndToCallOff(BusinessError):
    """Nothing was announced, or the erasing has begun."""

    message = _l("No end of the service is announced that could still be called off.")


class ServiceEnds(BusinessError):
    """The end is announced: what exists is carried on, nothing new begins."""

    message = _l("Our service ends soon, so no new accounts are opened and no new orders taken.")


class KnownEnd(Remembered[End | None]):
    """The announced end, as every page tells of it."""

    def __init__(self, app: Flask, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(None, clock)
        self._app = app

    def _read(self) -> End | None:
        with self._app.app_context(), Session(db.engine) as session:
            row = announced(session)
            return row and End(row.id, row.last_day, _over_from(row), row.ended_at)


def known_end() -> KnownEnd:
    known: KnownEnd = current_app.extensions["service_end"]
    return known


def announced_end() -> End | None:
    """The end that people were told of, if any."""
    return known_end().now()


def ends_at(last_day: date) -> datetime:
    """The moment when the last day is over in China."""
    return starts_at(last_day + timedelta(days=1))


def refuse_beginnings() -> None:
    """Whoever would begin something asks here first. Raises ServiceEnds once the end is announced."""
    if announced_end():
        raise ServiceEnds


def propose_end(last_day: date, by: Person, at: datetime) -> ServiceEnd:
    """The first person names the last day; nothing changes yet.

    Raises NoticeOfEndTooShort, EndMovesLaterOnly, EndProposedAlready, NotAllowed.
    """
    person = who_may(by, PERMISSION)
    with transaction() as session:
        _check(announced(session), last_day, at)
        return _propose(session, ServiceEnd(last_day=last_day, proposed_by=person, proposed_at=at))


def propose_calling_off(by: Person, at: datetime) -> ServiceEnd:
    """The first person wants the service to go on; nothing changes yet.

    Raises NoEndToCallOff, EndProposedAlready, NotAllowed.
    """
    person = who_may(by, PERMISSION)
    with transaction() as session:
        last_day = _still_standing(session, at).last_day
        return _propose(session, ServiceEnd(last_day=last_day, calls_off=True, proposed_by=person, proposed_at=at))


def announce_end(end_id: int, by: Person, at: datetime) -> ServiceEnd:
    """Another person announces it: from now on every page tells of it, and a duty tells every account. What calls an
    end off is announced in the same way, to whoever was told of one.

    Raises SamePerson, NotWaiting, NoticeOfEndTooShort, EndMovesLaterOnly, NoEndToCallOff, NotAllowed, NotFound.
    """
    person = who_may(by, PERMISSION)
    with transaction() as session:
        row = _lock(session, end_id)
        if row.proposed_by == person:
            raise SamePerson
        row.decided_by, row.decided_at = person, at
        if row.calls_off:
            _still_standing(session, at).state = row.state = LIFTED
            record("service_end.called_off", actor=person, last_day=row.last_day.isoformat())
        else:
            _replace(session, row, at)
            record("service_end.announced", actor=person, last_day=row.last_day.isoformat())
    known_end().forget()
    return row


def withdraw_end(end_id: int, by: Person, at: datetime) -> None:
    """Whoever may announce takes a proposal back. Raises NotWaiting, NotAllowed, NotFound."""
    person = who_may(by, PERMISSION)
    with transaction() as session:
        row = _lock(session, end_id)
        row.state, row.decided_by, row.decided_at = WITHDRAWN, person, at
        record("service_end.withdrawn", actor=person, last_day=row.last_day.isoformat())


def ends_to_tell(session: Session) -> list[ServiceEnd]:
    """The end that is announced, and what called one off while not everybody knows it."""
    lifted = (ServiceEnd.state == LIFTED, ServiceEnd.calls_off, ServiceEnd.told_at.is_(None))
    return list(session.scalars(select(ServiceEnd).where(or_(ServiceEnd.state == ANNOUNCED, and_(*lifted)))))


def proposed_ends() -> Select[ServiceEnd]:
    """The last day that waits for a second person."""
    return select(ServiceEnd).where(ServiceEnd.state == PROPOSED)


def announced(session: Session) -> ServiceEnd | None:
    """The row behind `announced_end`, as the store has it now."""
    return session.scalars(select(ServiceEnd).where(ServiceEnd.state == ANNOUNCED)).one_or_none()


def _propose(session: Session, row: ServiceEnd) -> ServiceEnd:
    row.state = PROPOSED
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise EndProposedAlready from None
    record(
        "service_end.proposed", actor=row.proposed_by, last_day=row.last_day.isoformat(), calls_off=bool(row.calls_off)
    )
    return row


def _replace(session: Session, row: ServiceEnd, at: datetime) -> None:
    before = announced(session)
    _check(before, row.last_day, at)
    if before:
        before.state = MOVED
        session.flush()
    row.state = ANNOUNCED


def _still_standing(session: Session, at: datetime) -> ServiceEnd:
    """The announced end, as long as nothing has been erased for it."""
    row = announced(session)
    over_from = _over_from(row) if row else None
    if row is None or (over_from and at >= over_from):
        raise NoEndToCallOff
    return row


def _check(before: ServiceEnd | None, last_day: date, at: datetime) -> None:
    if before and (last_day <= before.last_day or at >= ends_at(before.last_day)):
        raise EndMovesLaterOnly
    if ends_at(last_day) < at + _notice():
        raise NoticeOfEndTooShort


def _over_from(row: ServiceEnd) -> datetime | None:
    return max(ends_at(row.last_day), row.told_at + _notice()) if row.told_at else None


def _notice() -> timedelta:
    return deadline("service_end.notice")


def _lock(session: Session, end_id: int) -> ServiceEnd:
    wanted = select(ServiceEnd).where(ServiceEnd.id == end_id).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.state != PROPOSED:
        raise NotWaiting
    return row

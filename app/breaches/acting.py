"""Opening a breach, which contains it; telling everybody affected; the report to the authorities; the end. 5.1.5b.

What is done at the desk takes the permission; the notices take two people. Opening and asking for figures can be done
from the server's command line too, should the desk itself have failed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.models import CLOSED as NO_ACCOUNT
from app.accounts.models import SHUT_OUT, Account
from app.accounts.telling import tell_once
from app.breaches.affected import Leak, affected_by, kinds_in
from app.breaches.models import Breach, BreachPerson
from app.breaches.states import ASKED, CLOSED, OPEN, RELEASED
from app.foundation.alarms import clear, sound
from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.database import db, new_id, transaction
from app.foundation.errors import BusinessError, NotFound
from app.foundation.jobs import every, one_by_one
from app.foundation.two_people import NotWaiting, Person, SamePerson, who_may
from app.foundation.web_session import revoke_all
from app.orders.numbers import new_order_number
from app.privacy.policy import deadline

AT_ONCE = 200
MANAGE = "breaches.manage"
ALARM = "breaches"


class NotOverYet(BusinessError):
    """Somebody is not told yet, or the report has not gone."""

    message = _l("Not everything is done yet: the notices have to be with everybody they can reach, the report sent.")


def open_breach(leak: Leak, at: datetime, *, by: Person | None = None, is_drill: bool = False) -> Breach:
    """Write down what leaked and whom it concerns, and shut out the readers in the same moment.

    `by` is nobody on the server's command line. Raises NoLeak, NotAllowed.
    """
    person = who_may(by, MANAGE) if by else None
    with transaction() as session:
        persons = affected_by(session, leak)
        breach = Breach(
            number=f"L{new_order_number()}", state=OPEN, is_drill=is_drill, readers=list(leak.readers),
            tables=list(leak.tables), texts=dict(leak.texts or {}), kinds=kinds_in(session, leak), from_at=leak.from_at,
            to_at=leak.to_at, found_at=leak.found_at or at, opened_by=person, opened_at=at, persons=len(persons),
        )  # fmt: skip
        session.add(breach)
        session.flush()
        session.add_all([BreachPerson(id=new_id(), breach_id=breach.id, audit_ref=ref) for ref in persons])
        if not is_drill:
            _shut_out(session, leak.readers)
        record(
            "breach.opened", actor=person, breach=breach.number, readers=breach.readers, tables=breach.tables,
            persons=len(persons), drill=is_drill,
        )  # fmt: skip
    return breach


def note_containment(number: str, done: str, by: Person, at: datetime) -> Breach:
    """Write down what was done to stop it; the newest counts. Raises NotAllowed, NotFound, NotWaiting."""
    person = who_may(by, MANAGE)
    with transaction() as session:
        breach = _lock(session, number, OPEN, ASKED, RELEASED)
        breach.containment, breach.contained_by, breach.contained_at = done, person, at
        record("breach.contained", actor=person, breach=number)
    return breach


def reword(number: str, texts: Mapping[str, Mapping[str, str]], by: Person, at: datetime) -> Breach:
    """Change what people and authorities read, for as long as nobody was told. Whoever asked for the notices to go asks
    anew. Raises NotAllowed, NotFound, NotWaiting.
    """
    person = who_may(by, MANAGE)
    with transaction() as session:
        breach = _lock(session, number, OPEN, ASKED)
        breach.texts, breach.state, breach.asked_by, breach.asked_at = dict(texts), OPEN, None, None
        record("breach.reworded", actor=person, breach=number)
    return breach


def ask_release(number: str, by: Person, at: datetime) -> Breach:
    """The first person wants the notices to go. Raises NotAllowed, NotFound, NotWaiting."""
    person = who_may(by, MANAGE)
    with transaction() as session:
        breach = _lock(session, number, OPEN)
        breach.state, breach.asked_by, breach.asked_at = ASKED, person, at
        record("breach.release_asked", actor=person, breach=number)
    return breach


def release(number: str, by: Person, at: datetime) -> Breach:
    """Another person lets them: from now on everybody affected is told and the notice is public.

    Raises SamePerson, NotAllowed, NotFound, NotWaiting.
    """
    person = who_may(by, MANAGE)
    with transaction() as session:
        breach = _lock(session, number, ASKED)
        if breach.asked_by == person:
            raise SamePerson
        breach.state, breach.released_by, breach.released_at = RELEASED, person, at
        record("breach.released", actor=person, breach=number)
    return breach


def note_report(number: str, authority: str, by: Person, at: datetime) -> Breach:
    """Write down that the authority has the report. Raises NotAllowed, NotFound, NotWaiting."""
    person = who_may(by, MANAGE)
    with transaction() as session:
        breach = _lock(session, number, OPEN, ASKED, RELEASED)
        breach.reported_to, breach.reported_by, breach.reported_at = authority, person, at
        record("breach.reported", actor=person, breach=number)
    return breach


def close(number: str, by: Person, at: datetime) -> Breach:
    """Nothing is left to do. Raises NotOverYet, NotAllowed, NotFound, NotWaiting."""
    person = who_may(by, MANAGE)
    with transaction() as session:
        breach = _lock(session, number, RELEASED)
        if breach.reported_at is None or (not breach.is_drill and progress_of(session, breach)["waiting"]):
            raise NotOverYet
        breach.state, breach.closed_by, breach.closed_at = CLOSED, person, at
        record("breach.closed", actor=person, breach=number)
    return breach


@every(seconds=5, name="breaches.tell", apart=True)
def tell_affected() -> int:
    """Tell whoever was not told yet; returns how many were. Killed anywhere it goes on, and nobody is told twice."""
    told = 0
    while some := db.session.scalars(_to_tell().limit(AT_ONCE)).all():
        told += (now_told := one_by_one(some, _tell))
        if not now_told:
            break
    return told


@every(seconds=60, name="breaches.watch")
def watch() -> list[str]:
    """Let an alarm stand while the notices or the report of a breach are later than the inner time; which are."""
    at = now()
    undone = (Breach.released_at.is_(None)) | (Breach.reported_at.is_(None))
    overdue = (undone, ~Breach.is_drill, Breach.found_at <= at - deadline("breach.alarm"))
    late = list(db.session.scalars(select(Breach.number).where(*overdue).order_by(Breach.number)))
    with transaction() as session:
        if late:
            sound(session, ALARM, at, breaches=late)
        else:
            clear(session, ALARM)
    return late


def due_at(breach: Breach) -> datetime:
    """Until when notices and report should have gone, by our own inner time; the law says at once."""
    return breach.found_at + deadline("breach.alarm")


def figures_of(session: Session, refs: Sequence[int]) -> dict[str, Any]:
    """How many are affected, by language, and how many of them cannot be reached but by the public notice."""
    languages: Counter[str] = Counter()
    for start in range(0, len(refs), AT_ONCE):
        some = (Account.audit_ref.in_(refs[start : start + AT_ONCE]), Account.state != NO_ACCOUNT)
        languages.update(session.scalars(select(Account.language).where(*some)))
    return {"persons": len(refs), "languages": dict(languages), "unreachable": len(refs) - languages.total()}


def figures_at_desk(session: Session, breach: Breach) -> dict[str, Any]:
    """The same of a breach that was written down; nobody is named."""
    refs = session.scalars(select(BreachPerson.audit_ref).where(BreachPerson.breach_id == breach.id)).all()
    return figures_of(session, refs)


def progress_of(session: Session, breach: Breach) -> dict[str, int]:
    """How many were told, and how many wait to be; the others nothing reaches."""
    mine = BreachPerson.breach_id == breach.id
    told = session.scalar(select(func.count()).where(mine, BreachPerson.told_at.is_not(None))) or 0
    waiting = session.scalar(select(func.count()).where(mine, BreachPerson.told_at.is_(None), _is_there())) or 0
    return {"told": told, "waiting": waiting}


def _shut_out(session: Session, readers: Sequence[int]) -> None:
    """End the readers' sessions and refuse new ones; what else contains it is written down by who does it."""
    for account in session.scalars(select(Account).where(Account.audit_ref.in_(readers))).all():
        if account.is_staff:
            account.state = SHUT_OUT
            revoke_all(session, account.id)
            record("staff.shut_out", subject=account.audit_ref, role=account.role)


def _to_tell() -> Select[int]:
    waiting = select(BreachPerson.id).join(Breach, Breach.id == BreachPerson.breach_id)
    released = (Breach.released_at.is_not(None), ~Breach.is_drill)
    return waiting.where(*released, BreachPerson.told_at.is_(None), _is_there())


def _is_there() -> ColumnElement[bool]:
    return exists().where(Account.audit_ref == BreachPerson.audit_ref, Account.state != NO_ACCOUNT)


def _lock(session: Session, number: str, *states: str) -> Breach:
    wanted = select(Breach).where(Breach.number == number).with_for_update()
    breach = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if breach is None:
        raise NotFound
    if breach.state not in states:
        raise NotWaiting
    return breach


def _tell(person_id: int) -> int:
    return tell_once(BreachPerson, person_id, "breach.told", "breach.told", _named)


def _named(session: Session, person: BreachPerson) -> dict[str, str]:
    return {"breach": session.get_one(Breach, person.breach_id).number}

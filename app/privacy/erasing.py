"""Erasing a person whose closure was approved: steps that can be stopped at any instant and go on to the same end.

What a step did is written down with it, or it is safe to repeat; a worker that dies in between is followed by another.
First the journal, so that no restored backup brings the person back; then whoever still holds something is told, what
a hold demands is sealed, files and rows go, the key last. The farewell message has a key of its own and goes with it
once the SMS has left, within the time of the policy in any case. Clauses 5.2.2b, 5.2.2c.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.clock import now
from app.foundation.data_keys import data_keys
from app.foundation.database import db, transaction
from app.foundation.jobs import every, one_by_one
from app.foundation.personal_data import Keep
from app.foundation.uploads import remove_private
from app.notifications.models import WAITING as MESSAGE_WAITING
from app.notifications.models import OutboxMessage
from app.privacy.closures import APPROVED, ERASED, Closure, closures_under_way
from app.privacy.erasing_rows import erase_rows
from app.privacy.erasure_journal import erased, note_erased
from app.privacy.files import file_names
from app.privacy.holding import seal_what_is_held
from app.privacy.keeping import keeps
from app.privacy.people import Person, people
from app.privacy.policy import current_policy, deadline

Act = Callable[[Session, Person, datetime], Counter[str]]
Telling = Callable[[Session, Person, datetime], Iterable[str]]
_ACTS: list[Act] = []
_TELLERS: list[Telling] = []
SPARE = timedelta(minutes=5)
"""So long before the time of the policy is over the farewell goes, sent or not."""
AT_ONCE = 500


def when_erasing(act: Act) -> Act:
    """Declare what a slice does before the rows go, while the key still opens; it returns how many rows by table."""
    _ACTS.append(act)
    return act


def when_telling_recipients(tell: Telling) -> Telling:
    """Declare how recipients who still hold something are told; returns the codes of those who were."""
    _TELLERS.append(tell)
    return tell


@dataclass(frozen=True)
class Step:
    """One step. It returns False where it has to be come back to."""

    name: str
    run: Callable[[Closure, datetime], bool]


def carry_on(closure_id: int, at: datetime) -> bool:
    """Do what is left of an approved erasure; whether it is at its end. Safe to stop at any instant and repeat."""
    for step in STEPS:
        closure = db.session.get_one(Closure, closure_id, populate_existing=True)
        if closure.state != APPROVED:
            return True
        if step.name not in closure.steps and not step.run(closure, at):
            return False
    return True


@every(seconds=1, name="closures.erase", apart=True)
def carry_on_all() -> int:
    """Go on with every erasure under way; returns how many came to their end."""
    return sum(carry_on(closure.id, now()) for closure in db.session.scalars(closures_under_way()).all())


@every(seconds=60, name="closures.replay", apart=True)
def replay() -> int:
    """Erase again whoever a restored backup brought back; returns how many. Safe to repeat."""
    found = list(erased())
    return sum(_replay(found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE))


def _replay(some: list[tuple[int, int]]) -> int:
    back = people().with_refs(db.session(), [audit_ref for audit_ref, _ in some])
    try:
        one_by_one(back, lambda person: carry_on(approve_unasked(person, now(), "closure.replayed"), now()))
    finally:  # whoever was erased stays unreadable, whatever stands in the way of the rows
        keys = data_keys().existing([subject_id for _, subject_id in some])
        for subject_id in keys:
            data_keys().destroy(subject_id)
    return len(back) + len(keys)


def approve_unasked(person: Person, at: datetime, event: str) -> int:
    """The closure under which somebody is erased without having applied; nobody is told, for they were told before."""
    with transaction() as session:
        mine = select(Closure).where(Closure.audit_ref == person.audit_ref).order_by(Closure.applied_at.desc()).limit(1)
        closure = session.scalars(mine).first()
        if closure is None:
            closure = Closure(audit_ref=person.audit_ref, language=person.language, applied_at=at, due_at=at)
            session.add(closure)
        closure.account_id, closure.subject_id = person.account_id, person.subject_id
        closure.state, closure.decided_at, closure.farewell_subject, closure.erased_at = APPROVED, at, None, None
        closure.steps = []
        people().shut(session, person.account_id)
        record(event, subject=person.audit_ref)
        return closure.id


def _journal(closure: Closure, at: datetime) -> bool:
    note_erased(closure.audit_ref, closure.subject_id or 0)
    return _done(closure, "journal")


def _recipients(closure: Closure, at: datetime) -> bool:
    with transaction() as session:
        person = _person(closure)
        told = [code for tell in _TELLERS for code in tell(session, person, at)]
        record("closure.recipients_told", subject=closure.audit_ref, recipients=sorted(set(told)))
        return _done(closure, "recipients")


def _holds(closure: Closure, at: datetime) -> bool:
    kept = seal_what_is_held(_person(closure), at)
    return _done(closure, "holds", kept=kept)


def _files(closure: Closure, at: datetime) -> bool:
    """Sealed files go while their names can still be read."""
    for name in file_names(db.session(), closure.subject_id or 0):
        remove_private(name)
    return _done(closure, "files")


def _trade(closure: Closure, at: datetime) -> bool:
    with transaction() as session:
        person, gone = _person(closure), Counter[str]()
        for act in _ACTS:
            gone.update(act(session, person, at))
        return _done(closure, "trade", erased=gone, kept=_kept_of_trade(gone, at))


def _rows(closure: Closure, at: datetime) -> bool:
    with transaction() as session:
        return _done(closure, "rows", erased=erase_rows(session, _person(closure)), kept=_kept_always(at))


def _key(closure: Closure, at: datetime) -> bool:
    data_keys().destroy(closure.subject_id or 0)
    return _done(closure, "key")


def _farewell(closure: Closure, at: datetime) -> bool:
    """The last message goes with its key when it was sent, or when its time is over."""
    subject_id, approved = closure.farewell_subject, closure.decided_at or at
    if subject_id is not None:
        waiting = (OutboxMessage.subject_id == subject_id, OutboxMessage.state == MESSAGE_WAITING)
        unsent = db.session.scalar(select(func.count()).select_from(OutboxMessage).where(*waiting)) or 0
        if unsent and at < approved + deadline("closure.erasure") - SPARE:
            return False
        data_keys().destroy(subject_id)
        with transaction() as session:
            session.execute(delete(OutboxMessage).where(OutboxMessage.subject_id == subject_id))
            record("closure.farewell", subject=closure.audit_ref, sent=not unsent)
            return _done(closure, "farewell")
    return _done(closure, "farewell")


def _certificate(closure: Closure, at: datetime) -> bool:
    with transaction() as session:
        row = session.get_one(Closure, closure.id, populate_existing=True)
        row.state, row.erased_at = ERASED, at
        row.account_id = row.subject_id = row.farewell_subject = None
        record("closure.erased", subject=row.audit_ref, rows=dict(row.erased), kept=[ground for ground, _ in row.kept])
        return True


STEPS = (
    Step("journal", _journal),
    Step("recipients", _recipients),
    Step("holds", _holds),
    Step("files", _files),
    Step("trade", _trade),
    Step("rows", _rows),
    Step("key", _key),
    Step("farewell", _farewell),
    Step("certificate", _certificate),
)


def _done(closure: Closure, step: str, *, erased: Counter[str] | None = None, kept: Iterable[list[str]] = ()) -> bool:
    with transaction() as session:
        row = session.get_one(Closure, closure.id, populate_existing=True)
        counts = Counter(row.erased)
        counts.update(erased or {})
        row.erased = {table: rows for table, rows in counts.items() if rows}
        row.kept = [*row.kept, *(each for each in kept if each not in row.kept)]
        row.steps = [*row.steps, step]
    return True


def _person(closure: Closure) -> Person:
    """By its numbers alone: from now on nobody is addressed."""
    return Person(closure.account_id or 0, closure.subject_id or 0, closure.audit_ref, closure.language, None)


def _kept_of_trade(gone: Counter[str], at: datetime) -> Iterator[list[str]]:
    if gone["orders"]:
        yield ["orders", ""]
        yield ["statements", _until("accounting", at)]


def _kept_always(at: datetime) -> Iterator[list[str]]:
    for keep in ("evidence", "security_events", "key_backups"):
        yield [keep, _until(keep, at)]


def _until(keep: str, at: datetime) -> str:
    period = current_policy(at.date()).manifest.keep(keep)
    return period.after(at).date().isoformat() if period else ""


def _unfinished(at: datetime) -> Any:
    return select(Closure.id).where(Closure.state == APPROVED, Closure.decided_at < at - deadline("closure.erasure"))


@keeps("closed_accounts", Keep.UNTIL_CLOSED, overdue=_unfinished)
def finish(session: Session, ids: list[int], at: datetime) -> None:
    """An erasure that its duty did not bring to an end in time."""
    for closure_id in ids:
        carry_on(closure_id, at)

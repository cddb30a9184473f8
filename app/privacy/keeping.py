"""How long everything is kept: the one place that counts keeping times, and the duty that ends them. Clause 5.1.3b.

A slice says beside its models which rows are past their time and how they go: `rows_go` where they are deleted, `keeps`
where an act does it. The times themselves are those of Annex 1, by the manifest in force. What is past its time for
longer than the duty may take stands as an alarm, with the name of its rule and how much there is. What the duty found
is written down for the pages, which count nothing themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, delete, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.foundation import faults
from app.foundation.alarms import clear, sound
from app.foundation.clock import SHANGHAI, now
from app.foundation.database import Model, UtcDateTime, db, transaction
from app.foundation.jobs import every
from app.privacy.manifest import UnknownPromise
from app.privacy.policy import in_force_until

AT_ONCE = 500
EVERY_SECONDS = 600
LATE = timedelta(hours=1)
"""What is past its time for longer than this should have gone: the duty has failed."""
ALARM = "retention"

THE_ONE = 1


class KeepingCheck(Model):
    """The last look at what is kept for too long: when it was, and how many rows there were. One row."""

    __tablename__ = "keeping_checks"
    __personal__ = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    late: Mapped[int] = mapped_column(Integer)


Overdue = Callable[[datetime], Select[Any]]
"""Keys of the rows that are past their time at a moment."""
LetGo = Callable[[Session, list[int], datetime], None]
"""Ends the keeping of rows with these keys, in the caller's transaction. Safe to repeat."""


@dataclass(frozen=True)
class Rule:
    """One keeping time at work. `keep` is its name in the manifest, `covers` the models whose rows go by it."""

    name: str
    keep: str
    covers: tuple[type, ...]
    overdue: Overdue
    let_go: LetGo


RULES: dict[str, Rule] = {}


def keeps(name: str, keep: str, *covers: type, overdue: Overdue) -> Callable[[LetGo], LetGo]:
    """Declare the act that ends the keeping of rows that `overdue` finds."""

    def declare(let_go: LetGo) -> LetGo:
        RULES[name] = Rule(name, keep, covers, overdue, let_go)
        return let_go

    return declare


def rows_go(name: str, keep: str, model: Any, since: InstrumentedAttribute[Any]) -> None:
    """Declare that rows of `model` are deleted once their keeping time, counted from the column `since`, is over."""
    rows_over(name, keep, model, lambda at: select(model.id).where(since < began_before(keep, at)))


def rows_over(name: str, keep: str, model: Any, overdue: Overdue) -> None:
    """Declare that the rows of `model` whose keys `overdue` finds are deleted."""
    (key,) = inspect(model).primary_key

    def let_go(session: Session, ids: list[int], at: datetime) -> None:
        session.execute(delete(model).where(key.in_(ids)))

    RULES[name] = Rule(name, keep, (model,), overdue, let_go)


def began_before(keep: str, at: datetime) -> datetime:
    """What began earlier than this is past its time at `at`. Where the manifest names only an end, that is `at` itself.

    The shortest time of every version that took effect: somebody may still run under it, and a longer one is a
    reduction that they have not accepted (6.1a). Raises UnknownPromise.
    """
    manifests = [version.manifest for version in in_force_until(at.astimezone(SHANGHAI).date())]
    promised = [manifest for manifest in manifests if keep in manifest.retention]
    if not promised:
        raise UnknownPromise(keep)
    return max(at if (time := manifest.keep(keep)) is None else time.before(at) for manifest in promised)


def enforce(at: datetime, *names: str) -> dict[str, int]:
    """End the keeping of all that is past its time, by all rules or those named; how many rows went by each."""
    return {rule.name: _enforce(rule, at) for rule in list(RULES.values()) if not names or rule.name in names}


def past_its_time(session: Session, at: datetime) -> dict[str, int]:
    """By rule how many rows are kept for too long at this moment; no rule is left out."""
    counted = {name: select(func.count()).select_from(rule.overdue(at).subquery()) for name, rule in RULES.items()}
    return {name: session.scalar(query) or 0 for name, query in counted.items()}


def too_late(session: Session, at: datetime) -> dict[str, int]:
    """What the duty should have ended and did not, by rule. Empty is well."""
    return {name: count for name, count in past_its_time(session, at - LATE).items() if count}


@every(seconds=EVERY_SECONDS, name="privacy.keep", apart=True)
def keep() -> None:
    """Enforce every rule; one that fails holds up no other. Then say what is left."""
    at = now()
    for name in RULES:
        try:
            enforce(at, name)
        except Exception as error:
            faults.tell("privacy.keep", error)
    _tell(too_late(db.session(), now()))


def _enforce(rule: Rule, at: datetime) -> int:
    gone, before = 0, set[int]()
    while ids := set(db.session.scalars(rule.overdue(at).limit(AT_ONCE))) - before:
        with transaction() as session:
            rule.let_go(session, sorted(ids), at)
        gone, before = gone + len(ids), ids
    return gone


def last_look(session: Session) -> KeepingCheck | None:
    """What the duty found when it last looked; None before it ever did."""
    return session.get(KeepingCheck, THE_ONE)


def _tell(late: Mapping[str, int]) -> None:
    at = now()
    with transaction() as session:
        session.merge(KeepingCheck(id=THE_ONE, at=at, late=sum(late.values())))
        if late:
            sound(session, ALARM, at, **late)
        else:
            clear(session, ALARM)

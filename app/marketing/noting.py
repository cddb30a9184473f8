"""Writing and removing notes and goals. Every act is audited."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.foundation.audit import record
from app.foundation.database import transaction
from app.foundation.errors import BusinessError, NotFound
from app.marketing.models import Goal, Note

MOST_GOALS = 20
MOST_NOTES_A_DAY = 5


class TooManyGoals(BusinessError):
    """The dashboard reads every goal each time it is shown."""

    message = _l("Twenty goals at most. Please remove one first.")


class TooManyNotes(BusinessError):
    """More flags than a day of the chart can hold."""

    message = _l("Five notes a day at most. Please remove one first.")


@dataclass(frozen=True)
class Target:
    """A step, or a kind of page and "" or the code of one page."""

    step: str = ""
    kind: str = ""
    key: str = ""


def write_note(day: date, text: str, *, actor: int) -> Note:
    """Raises TooManyNotes."""
    with transaction() as session:
        if session.scalars(select(func.count()).where(Note.day == day)).one() >= MOST_NOTES_A_DAY:
            raise TooManyNotes
        note = Note(day=day, text=text)
        session.add(note)
        session.flush()
        record("marketing.note_written", actor=actor, note=note.id, day=day.isoformat())
    return note


def remove_note(note_id: int, *, actor: int) -> None:
    """Raises NotFound."""
    _remove(Note, note_id, "marketing.note_removed", actor)


def name_goal(name: str, target: Target, *, actor: int) -> Goal:
    """Raises TooManyGoals."""
    with transaction() as session:
        if session.scalars(select(func.count()).select_from(Goal)).one() >= MOST_GOALS:
            raise TooManyGoals
        goal = Goal(name=name, step=target.step, kind=target.kind, key=target.key)
        session.add(goal)
        session.flush()
        record("marketing.goal_named", actor=actor, goal=goal.id)
    return goal


def remove_goal(goal_id: int, *, actor: int) -> None:
    """Raises NotFound."""
    _remove(Goal, goal_id, "marketing.goal_removed", actor)


def _remove(model: type[Note] | type[Goal], number: int, event: str, actor: int) -> None:
    with transaction() as session:
        found = session.get(model, number)
        if found is None:
            raise NotFound
        session.delete(found)
        record(event, actor=actor, number=number)

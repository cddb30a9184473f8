"""An application to close an account, from the wish to the receipt. Clauses 5.2.2a-c.

The row outlives the person as evidence: by its end it knows an audit reference, moments, codes and counts. While the
account stands it also knows which one; those two numbers are emptied with it.
"""

from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, IdMixin, UtcDateTime, db

WAITING, WITHDRAWN, REFUSED, APPROVED, ERASED = "waiting", "withdrawn", "refused", "approved", "erased"
STATES: dict[str, LazyString] = {
    WAITING: _l("Being reviewed"),
    WITHDRAWN: _l("Withdrawn"),
    REFUSED: _l("Answered: not yet"),
    APPROVED: _l("Approved, being erased"),
    ERASED: _l("Erased"),
}
MARKS = {WAITING: "waiting", WITHDRAWN: "stopped", REFUSED: "stopped", APPROVED: "working", ERASED: "done"}


class Closure(IdMixin, db.Model):
    """One application. `obstacles` are [code, about] as last found; `steps` names what of the erasure is done."""

    __tablename__ = "closures"
    __personal__ = False
    __table_args__ = (Index(None, "state", "due_at"),)

    account_id: Mapped[int | None] = mapped_column(Id, index=True)
    subject_id: Mapped[int | None] = mapped_column(Id)
    audit_ref: Mapped[int] = mapped_column(Id, index=True)
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the review is finished at the latest, by the terms this person has agreed to."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(Id)
    """Audit reference of the reviewer; None where the clock decided."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    obstacles: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    erased: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """By table how many rows were deleted or made anonymous."""
    kept: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """What is kept, as [ground, until when as an ISO date or ""]."""
    farewell_subject: Mapped[int | None] = mapped_column(Id)
    """The key of the last message, which outlives the person's own by minutes."""

    @property
    def state_text(self) -> LazyString:
        return STATES[self.state]

    @property
    def mark(self) -> str:
        return MARKS[self.state]


def closure_of(account_id: int) -> Select[Closure]:
    """The newest application of an account."""
    mine = select(Closure).where(Closure.account_id == account_id)
    return mine.order_by(Closure.applied_at.desc(), Closure.id).limit(1)


def closures_waiting() -> Select[Closure]:
    """Applications to be decided, the most urgent first."""
    return select(Closure).where(Closure.state == WAITING).order_by(Closure.due_at, Closure.id)


def closures_under_way() -> Select[Closure]:
    """Approved ones whose erasure is not at its end, oldest first."""
    return select(Closure).where(Closure.state == APPROVED).order_by(Closure.decided_at, Closure.id)

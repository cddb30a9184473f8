"""A case on which something may leave: a sealed paper, two approvers who did not record it, and an end. 4.1.1, 4.2.

What demands of authorities, transfers and requests of research have in common. The first approver writes down why it
is lawful; refusing and stopping need one person, for nothing leaves by them.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.data_keys import KeyDestroyed, data_keys
from app.foundation.database import Id, IdMixin, UtcDateTime
from app.foundation.errors import BusinessError, NotFound
from app.foundation.two_people import NotWaiting, SamePerson
from app.foundation.uploads import read_private, remove_private

Moves = Mapping[str, Mapping[str, str]]
"""By move, from which state it leads where. No state can be passed over."""


class IsOver(BusinessError):
    """The case has no day left on which it stands."""

    message = _l("The time for which this case stands is over. It has to be asked for anew.")


class TwoPersonCase(IdMixin):
    """The columns and moves of a case. Texts name the matter, never a person."""

    moves: ClassVar[Moves]
    states: ClassVar[Mapping[str, LazyString]]
    marks: ClassVar[Mapping[str, str]]

    number: Mapped[str] = mapped_column(String(24), unique=True, index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    key_id: Mapped[int] = mapped_column(Id)
    """The data key under which its papers lie sealed."""
    document: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the paper that it rests on."""
    document_file: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    asked_by: Mapped[int] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opinion: Mapped[str] = mapped_column(Text, default="")
    """Why the first approver holds it lawful, and no more than is needed."""
    first_by: Mapped[int | None] = mapped_column(Id)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_by: Mapped[int | None] = mapped_column(Id)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When it was given, refused or stopped."""
    why_ended: Mapped[str] = mapped_column(Text, default="")

    @property
    def state_text(self) -> str:
        return str(self.states[self.state])

    @property
    def mark(self) -> str:
        return self.marks[self.state]

    @property
    def approvers(self) -> Collection[int]:
        return [each for each in (self.first_by, self.second_by) if each is not None]

    @property
    def requested_by(self) -> int | None:
        """Nobody concerned asks for a case of these kinds."""
        return None

    def may(self, move: str) -> bool:
        return self.state in self.moves[move]

    def take(self, move: str) -> None:
        """Raises NotWaiting."""
        if not self.may(move):
            raise NotWaiting
        self.state = self.moves[move][self.state]

    def examined(self, opinion: str, person: int, at: datetime) -> None:
        """The first approval. Raises NotWaiting, SamePerson, IsOver."""
        self.take("examine")
        self._must_be_anothers({self.asked_by}, person)
        self.must_stand(at)
        self.opinion, self.first_by, self.first_at = opinion, person, at

    def approved(self, person: int, at: datetime) -> None:
        """The second approval. Raises NotWaiting, SamePerson, IsOver."""
        self.take("approve")
        self._must_be_anothers({self.asked_by, self.first_by}, person)
        self.must_stand(at)
        self.second_by, self.second_at = person, at

    def ended(self, move: str, why: str, person: int, at: datetime) -> None:
        """Refused or stopped: nothing is given. Raises NotWaiting."""
        self.take(move)
        self.ended_by, self.ended_at, self.why_ended = person, at, why

    def must_stand(self, at: datetime) -> None:
        """Raises IsOver."""
        if at >= self.expires_at:
            raise IsOver

    def forget_papers(self) -> None:
        """Delete the papers and the key under which they lie."""
        data_keys().destroy(self.key_id)
        for name in self.papers():
            remove_private(name)

    def papers(self) -> list[str]:
        """Names of its sealed files."""
        return [self.document_file]

    def _must_be_anothers(self, earlier: Collection[int | None], person: int) -> None:
        if person in earlier:
            raise SamePerson


class PaperCase(TwoPersonCase):
    """A case whose package holds fields of people, encrypted to the recipient's key."""

    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[str]] = mapped_column(JSON)
    """What may be given: `table.field`, or a table's name for what its rows hold beside sealed fields."""
    public_key: Mapped[str] = mapped_column(String(100))
    """The recipient's age key."""
    checked: Mapped[str] = mapped_column(Text, default="")
    """How the first approver made sure that it comes from whom it names."""
    is_package_kept: Mapped[bool] = mapped_column(default=False)

    @property
    def undertaking(self) -> int | None:
        """The law binds an authority, and its own paper a transferee."""
        return None


C = TypeVar("C", bound=TwoPersonCase)


def case_numbered(session: Session, model: type[C], number: str) -> C:
    """The case of that number, to be shown. Raises NotFound."""
    return _only(session, select(model).where(model.number == number))


def locked(session: Session, model: type[C], number: str) -> C:
    """The case as it is now, nobody else changing it. Raises NotFound."""
    wanted = select(model).where(model.number == number).with_for_update()
    return _only(session, wanted.execution_options(populate_existing=True))


def _only(session: Session, wanted: Select[C]) -> C:
    case = session.scalars(wanted).one_or_none()
    if case is None:
        raise NotFound
    return case


def paper_of(case: TwoPersonCase, name: str) -> bytes:
    """One of its sealed papers. Raises NotFound."""
    try:
        return read_private(case.key_id, name)
    except (FileNotFoundError, KeyDestroyed):
        raise NotFound from None


def outlived(model: type[TwoPersonCase], before: datetime) -> Select[Any]:
    """Cases that ended before a moment, or were never decided until their time was over, so long ago."""
    undecided: Any = model.ended_at.is_(None) & (model.expires_at < before)
    return select(model.id).where(or_(model.ended_at < before, undecided))

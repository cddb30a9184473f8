"""What the counting house must arrive at, computed the naive way: by keeping everybody's whole history."""

from dataclasses import dataclass, field

from analytics.tally import Tally
from analytics.visit import IDLE_SECONDS, Hit, Moment, State, advance, unseen

DAY = 86_400
FIRST_DAY = 20_000


@dataclass
class Shown:
    """One page shown to one browser."""

    seconds: int
    hit: Hit

    @property
    def day(self) -> int:
        return self.seconds // DAY

    @property
    def hour(self) -> int:
        return self.seconds % DAY // 3600


@dataclass
class Visit:
    shown: list[Shown]
    member: int
    returning: int

    @property
    def day(self) -> int:
        return self.shown[0].day

    @property
    def duration(self) -> int:
        return self.shown[-1].seconds - self.shown[0].seconds


@dataclass
class Browser:
    """A whole history, and the memory that the real code would leave in this browser."""

    history: list[Shown] = field(default_factory=list)
    state: State | None = None

    def shows(self, seconds: int, hit: Hit, tally: Tally) -> None:
        now = Moment(seconds, seconds // DAY, seconds % DAY // 3600)
        self.state, moved = advance(self.state or unseen(now, hit.fresh), hit, now)
        tally.book(moved)
        self.history.append(Shown(seconds, hit))

    def visits(self) -> list[Visit]:
        visits: list[Visit] = []
        member = 0
        for shown in self.history:
            member |= shown.hit.classes.member
            if visits and shown.seconds - visits[-1].shown[-1].seconds < IDLE_SECONDS:
                visits[-1].shown.append(shown)
            else:
                visits.append(Visit([shown], member, int(bool(visits))))
        return visits

    def first_visit_within(self, first: int, last: int) -> Visit | None:
        """The visit in which this browser was first seen in a range of days."""
        for visit in self.visits():
            if any(first <= shown.day <= last for shown in visit.shown):
                return visit
        return None

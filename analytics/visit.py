"""The heart: one hit meets what the browser remembers, and out come the next memory and the sums it moves.

Pure: no clock, no database, no Flask. `State` is what the visit cookie holds, and nothing else is known of a browser.

Why unique visitors of any range of days are exact: a browser's first hit of a day is booked with the gap since its last
active day. In a range a..b a browser is counted on day d only if that gap is larger than d - a, which is true on its
first active day in the range and on no other. So visitors(a..b) = sum over d of visitor_gaps[d][gap > d - a].
"""

from hashlib import blake2b
from typing import NamedTuple

from analytics.days import week_of

IDLE_SECONDS = 30 * 60
NEW = 9999
"""The gap of a browser that was never seen before: larger than any range."""

MOST_PAGES = 65_535


class Moment(NamedTuple):
    """Seconds since 1970, and the operator's day and hour of the day in which they fall."""

    seconds: int
    day: int
    hour: int = 0


class Classes(NamedTuple):
    """All that is known of a browser when it shows a page: coarse codes (codes.py).

    `member` is 1 once a page was shown to somebody signed in, `returning` where it is not the browser's first visit;
    both are for the memory to say, a hit brings only whether somebody is signed in now.
    """

    device: int = 0
    width: int = 0
    browser: int = 0
    system: int = 0
    place: int = 0
    language: int = 0
    member: int = 0
    returning: int = 0


class State(NamedTuple):
    """What the browser remembers. `pages` is 0 from the cookie test until the first counted page."""

    issue_week: int
    active_day: int
    nonce: int
    visit_day: int
    start: int
    last: int
    """Seconds from `start` to the latest hit."""
    pages: int
    entry: int
    exit: int
    first_source: int
    source: int
    campaign: int
    member: int
    """1 once any page was shown to somebody signed in; it stays."""
    step: int
    classes: Classes
    """As they were when the visit began."""
    tags: tuple[int, int, int, int]
    """Of the last four tickets, newest first."""


class Hit(NamedTuple):
    """One shown page, in coarse codes (codes.py). `fresh` is a random number, and the nonce of a visit that begins."""

    page: int
    classes: Classes
    source: int
    campaign: int
    step: int
    tag: int
    fresh: int


class Deltas(NamedTuple):
    """What one hit moves, in the fewest numbers that say it; `tally.py` turns them into counter cells.

    A page view belongs to the day of the hit; every figure of the visit to the day the visit began.
    """

    day: int
    hour: int
    page: int
    number: int
    """Which page of the visit this is, from 1; 0 for a view of a browser without cookies."""
    visit_day: int
    seconds: int
    """Time since the page before, which is time spent on that page."""
    left: int
    """The page that is no longer the visit's last one; 0 where the visit begins."""
    entry: int
    gap: int
    """Days since the browser was last active, NEW for never, 0 where it was already seen today."""
    cohort: int
    """The week of the browser's first visit, at its first hit of a week; 0 at every other hit."""
    first_source: int
    source: int
    campaign: int
    step_before: int
    step_after: int
    classes: Classes
    """Of the page."""
    visit_classes: Classes
    """As they were when the visit began."""


def unseen(now: Moment, nonce: int) -> State:
    """The memory of a browser that shows up without one, before its first page is counted."""
    return State(
        issue_week=week_of(now.day), active_day=0, nonce=nonce, visit_day=now.day, start=now.seconds, last=0, pages=0,
        entry=0, exit=0, first_source=0, source=0, campaign=0, member=0, step=0, classes=Classes(), tags=(0, 0, 0, 0),
    )  # fmt: skip


def was_counted(state: State, tag: int) -> bool:
    """True for a ticket among the browser's last four: a turned phone or a reloaded image asks for it again."""
    return tag in state.tags


def begins_visit(state: State, now: Moment) -> bool:
    """Whether a hit of now is the first of a visit: of a browser's first one, or after a pause."""
    elapsed = now.seconds - state.start - state.last
    return state.pages == 0 or elapsed >= IDLE_SECONDS or state.pages >= MOST_PAGES


def advance(state: State, hit: Hit, now: Moment) -> tuple[State, Deltas]:
    """The next memory, and what to add to the counters. A clock that runs backwards adds no time and no day.

    A memory in which nothing was counted yet is issued anew: its week is that of the first visit, not of the test.
    """
    if not state.active_day:
        state = state._replace(issue_week=week_of(now.day))
    if begins_visit(state, now):
        return _begin(state, hit, now)
    elapsed = max(0, now.seconds - state.start - state.last)
    after = State(  # in full, since `_replace` takes three times as long
        issue_week=state.issue_week,
        active_day=max(state.active_day, now.day),
        nonce=state.nonce,
        visit_day=state.visit_day,
        start=state.start,
        last=state.last + elapsed,
        pages=state.pages + 1,
        entry=state.entry,
        exit=hit.page,
        first_source=state.first_source,
        source=state.source,
        campaign=state.campaign,
        member=state.member | hit.classes.member,
        step=max(state.step, hit.step),
        classes=state.classes,
        tags=(hit.tag, *state.tags[:3]),
    )
    return after, _deltas(state, after, hit, now, elapsed, left=state.exit, step_before=state.step)


def _begin(state: State, hit: Hit, now: Moment) -> tuple[State, Deltas]:
    member, returning = state.member | hit.classes.member, int(state.active_day > 0)
    after = State(
        issue_week=state.issue_week,
        active_day=max(state.active_day, now.day),
        nonce=hit.fresh if state.pages else state.nonce,
        visit_day=now.day,
        start=now.seconds,
        last=0,
        pages=1,
        entry=hit.page,
        exit=hit.page,
        first_source=state.first_source if state.active_day else hit.source,
        source=hit.source,
        campaign=hit.campaign,
        member=member,
        step=hit.step,
        classes=_of_browser(hit.classes, member, returning),
        tags=(hit.tag, *state.tags[:3]),
    )
    return after, _deltas(state, after, hit, now, 0, left=0, step_before=0)


def _deltas(before: State, after: State, hit: Hit, now: Moment, seconds: int, *, left: int, step_before: int) -> Deltas:
    gap = _gap(before, now)
    is_first_of_week = gap > 0 and week_of(now.day) != week_of(before.active_day)
    classes = _of_browser(hit.classes, after.member, after.classes.returning)
    return Deltas(
        now.day, now.hour, hit.page, after.pages, after.visit_day, seconds, left, after.entry,
        gap, after.issue_week if is_first_of_week else 0, after.first_source, after.source, after.campaign,
        step_before, after.step, classes, after.classes,
    )  # fmt: skip


def _of_browser(shown: Classes, member: int, returning: int) -> Classes:
    """What the hit brought, and what the memory alone can say."""
    return Classes._make((*shown[:-2], member, returning))


def _gap(state: State, now: Moment) -> int:
    if not state.active_day:
        return NEW
    return max(0, now.day - state.active_day)


def without_memory(hit: Hit, now: Moment) -> Deltas:
    """A view of a browser that keeps no cookies: a view of a page, and no visit or visitor."""
    return Deltas(
        now.day, now.hour, hit.page, 0, now.day, 0, 0, hit.page, 0, 0, hit.source, hit.source, hit.campaign,
        0, 0, hit.classes, hit.classes,
    )  # fmt: skip


def memory_used(state: State) -> int:
    """A digest of the memory that a hit uses up. The same one twice means that two hits raced with one memory.

    The digest, not the nonce, goes into the journal, so that lines of one visit cannot be told to belong together.
    """
    used = state.nonce.to_bytes(8) + state.pages.to_bytes(2)
    return int.from_bytes(blake2b(used, digest_size=8).digest()) >> 1 or 1

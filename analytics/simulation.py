"""Made-up visits for demonstrations and measurements, counted by the real code: memory, journal, folder.

Everything is drawn from one seed, the numbers of the tickets too: the same crowd sent in again counts nothing twice,
since closed days take no more of it and those of the last two days are known by their tickets. Nothing here tells how
real people behave; the shares are round guesses.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from zlib import crc32

from analytics.campaign import NO_CAMPAIGN
from analytics.codes import (
    Browser,
    Channel,
    Device,
    LeftOut,
    Mark,
    Step,
    System,
    Width,
    channel_of,
    language_code,
    page_code,
    source_code,
)
from analytics.days import Days
from analytics.journal import HitLine, Journal, LeftOutLine, Line
from analytics.leaving_simulation import answered, left
from analytics.place import place_code
from analytics.shares import Shares
from analytics.visit import Classes, Hit, Moment, State, advance, memory_used, unseen, without_memory

BY_HOUR = (2, 1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 13, 9, 10, 13, 14, 13, 11, 8, 8, 9, 9, 7, 4)
BY_WEEKDAY = (1.08, 1.12, 1.1, 1.06, 1.0, 0.82, 0.82)
SOURCES = Shares((
    (30, source_code(Channel.DIRECT)),
    (22, source_code(Channel.SEARCH, "baidu")), (9, source_code(Channel.SEARCH, "google")),
    (6, source_code(Channel.SEARCH, "bing")), (3, source_code(Channel.SEARCH, "360")),
    (8, source_code(Channel.SOCIAL, "wechat")), (4, source_code(Channel.SOCIAL, "zhihu")),
    (2, source_code(Channel.SOCIAL, "weibo")), (2, source_code(Channel.SOCIAL, "bitcointalk")),
    (4, source_code(Channel.AI, "deepseek")), (3, source_code(Channel.AI, "kimi")),
    (2, source_code(Channel.AI, "chatgpt")), (3, source_code(Channel.OTHER, "other")),
    (4, source_code(Channel.CAMPAIGN)), (1, source_code(Channel.MAIL, "qq-mail")),
))  # fmt: skip
DEVICES = Shares((
    (46, (Device.PHONE, Width.S)), (3, (Device.PHONE, Width.M)), (4, (Device.TABLET, Width.M)),
    (5, (Device.DESKTOP, Width.M)), (22, (Device.DESKTOP, Width.L)), (20, (Device.DESKTOP, Width.X)),
))  # fmt: skip
BROWSERS = {
    Device.PHONE: Shares((
        (26, (Browser.WECHAT, System.ANDROID)), (16, (Browser.WECHAT, System.IOS)), (20, (Browser.SAFARI, System.IOS)),
        (14, (Browser.CHROME, System.ANDROID)), (9, (Browser.HUAWEI, System.HARMONYOS)),
        (8, (Browser.XIAOMI, System.ANDROID)), (7, (Browser.QUARK, System.ANDROID)),
    )),
    Device.TABLET: Shares(((60, (Browser.SAFARI, System.IOS)), (40, (Browser.CHROME, System.ANDROID)))),
    Device.DESKTOP: Shares((
        (40, (Browser.CHROME, System.WINDOWS)), (28, (Browser.EDGE, System.WINDOWS)),
        (10, (Browser.QIHOO_360, System.WINDOWS)), (10, (Browser.CHROME, System.MACOS)),
        (6, (Browser.SAFARI, System.MACOS)), (6, (Browser.FIREFOX, System.LINUX)),
    )),
}  # fmt: skip
PLACES = Shares(
    (share, place_code(place))
    for share, place in (
        (14, "CN-GD"), (11, "CN-SC"), (9, "CN-XJ"), (9, "CN-NM"), (8, "CN-ZJ"), (7, "CN-BJ"), (6, "CN-SH"),
        (5, "CN-YN"), (7, "CN"), (6, "HK"), (4, "US"), (3, "KZ"), (3, "SG"), (2, "RU"), (2, "JP"),
        (1, "DE"), (1, "CA"), (2, ""),
    )
)  # fmt: skip
LEFT_OUT = Shares((
    (52, LeftOut.ROBOT), (14, LeftOut.AI_TRAINING), (9, LeftOut.AI_SEARCH), (4, LeftOut.AI_FETCH),
    (9, LeftOut.PREFETCHED), (6, LeftOut.REPLAYED), (4, LeftOut.EXPIRED), (1, LeftOut.CONTRADICTORY),
    (1, LeftOut.FORGED),
))  # fmt: skip
BANDS = 7
RETURNING = 0.38
"""Share of visits that are of somebody who was here before."""
REMEMBERED_DAYS = 45
"""For so long somebody may come again, most of them soon."""
MOST_REMEMBERED = 300_000
"""More than these would not fit into memory: of a larger crowd a part never comes again."""
AT_ONCE = 1000
"""Lines that go into the journal in one write."""
SPELL_DAYS, SOLD_OUT_IN = 5, 8
"""Of the things that are looked at, one in so many is sold out, for so many days."""


@dataclass(frozen=True, slots=True)
class Room:
    """A kind of page: how often visits begin there and how often they go there. A `way_out` follows the one before it,
    for those who mean to buy. `mark` is what every page of the kind tells of its key."""

    kind: str
    begins: float
    goes: float
    step: Step = Step.NONE
    way_out: bool = False
    mark: Mark = Mark.NONE


@dataclass(slots=True)
class Person:
    """Somebody made up, and the memory in their browser."""

    source: int
    classes: Classes
    buys: bool
    keeps_cookies: bool
    runs_script: bool
    campaign: int
    state: State | None = None


class Crowd:
    """About `visits` visits a day to a site made of `rooms`.

    `keys` gives the page keys of a kind, `campaigns` the registered ones. `placed` has the
    bands of the orders of each day: no more are placed than these. None is no limit.
    """

    def __init__(
        self,
        kinds: Mapping[str, int],
        rooms: Sequence[Room],
        keys: Mapping[str, Sequence[str]],
        days: Days,
        *,
        visits: int,
        seed: int,
        campaigns: Sequence[int] = (),
        placed: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        self.kinds, self.keys, self.days, self.campaigns = kinds, keys, days, campaigns
        self.placed = None if placed is None else {day: list(bands) for day, bands in placed.items()}
        inside = [room for room in rooms if not room.way_out]
        self.entrances = Shares((room.begins, room) for room in inside)
        self.inside = Shares((room.goes, room) for room in inside)
        self.way_out = [room for room in rooms if room.way_out]
        self.random = Random(seed)  # noqa: S311  # nosec B311 - made-up visits need no secret
        self.visits = visits
        newcomers = max(1, round(REMEMBERED_DAYS * visits * (1 - RETURNING)))
        self.people: deque[Person] = deque(maxlen=min(newcomers, MOST_REMEMBERED))
        self.may_return = min(1, MOST_REMEMBERED / newcomers)

    def lines_of(self, day: int, until: float) -> Iterator[Line]:
        """What one day brings to the journal, up to the second `until`; more on working days."""
        number = round(self.visits * BY_WEEKDAY[(day + 3) % 7] * self.random.gauss(1, 0.08))
        hours = self.random.choices(range(24), BY_HOUR, k=number)
        for moment in sorted(self.days.start_of(day) + (hour + self.random.random()) * 3600 for hour in hours):
            yield from self._visit(self._somebody(), moment, until)
        for _ in range(number // 6):
            yield LeftOutLine(day, LEFT_OUT.draw(self.random), 1)

    def _somebody(self) -> Person:
        if self.people and self.random.random() < RETURNING:
            return self.people[-1 - int(self.random.random() ** 2 * len(self.people))]
        device, width = DEVICES.draw(self.random)
        browser, system = BROWSERS[device].draw(self.random)
        place = PLACES.draw(self.random)
        language = language_code("zh" if self.random.random() < 0.86 else "en")
        member, buys, keeps_cookies, script = (self.random.random() < share for share in (0.16, 0.12, 0.98, 0.95))
        classes = Classes(device, width, browser, system, place, language, int(member))
        source = SOURCES.draw(self.random)
        is_led = bool(self.campaigns) and channel_of(source) == Channel.CAMPAIGN
        campaign = self.random.choice(self.campaigns) if is_led else NO_CAMPAIGN
        person = Person(source, classes, buys, keeps_cookies, script, campaign)
        if self.random.random() < self.may_return:
            self.people.append(person)
        return person

    def _visit(self, person: Person, seconds: float, until: float) -> Iterator[Line]:
        come_back = person.state is not None and self.random.random() < 0.6
        source, campaign = (source_code(Channel.DIRECT), NO_CAMPAIGN) if come_back else (person.source, person.campaign)
        looked_at = ""
        for room in self._walk(person):
            band = self._band(room, seconds)
            if seconds >= until or (room.step == Step.PLACED and not band):
                return
            line = self._hit(person, room, source, campaign, seconds, looked_at, band)
            if room.step == Step.VIEW:
                looked_at = "" if line.mark == Mark.OUT_OF_STOCK else line.key
            yield line
            yield answered(self.random, line.moved)
            stays = min(1500, 6 + self.random.expovariate(1 / 55))
            if person.runs_script and seconds + stays < until:
                yield left(self.random, line.moved, stays)
            seconds += stays

    def _band(self, room: Room, seconds: float) -> int:
        """Of the order that is placed there; 0 for none, also where the day has none left."""
        if room.step != Step.PLACED:
            return 0
        if self.placed is None:
            return self.random.randint(1, BANDS)
        left_to_place = self.placed.get(self.days.of(seconds))
        return left_to_place.pop() if left_to_place else 0

    def _walk(self, person: Person) -> Iterator[Room]:
        room = self.entrances.draw(self.random)
        yield room
        while self.random.random() < 0.72:
            room = self.inside.draw(self.random)
            yield room
        if person.buys and room.step:
            for room in self.way_out:
                yield room
                if self.random.random() < 0.45:
                    return

    def _hit(
        self, person: Person, room: Room, source: int, campaign: int, seconds: float, looked_at: str, band: int
    ) -> HitLine:
        """One page; where it is the cart, what was looked at last was put into it."""
        keys = self.keys.get(room.kind, ())
        key = keys[int(self.random.random() ** 2.5 * len(keys))] if keys else ""
        mark = room.mark
        if room.step == Step.CART and looked_at:
            mark = Mark.IN_CART
        elif room.step == Step.VIEW and _is_sold_out(key, self.days.of(seconds)):
            mark = Mark.OUT_OF_STOCK
        now = Moment(int(seconds), self.days.of(seconds), self.days.hour_of(seconds))
        page, tag = page_code(self.kinds[room.kind], key), self.random.getrandbits(32) or 1
        hit = Hit(page, person.classes, source, campaign, room.step, tag, self._number())
        about = looked_at if mark == Mark.IN_CART else key
        if not person.keeps_cookies:
            return HitLine(self._number(), 0, band, mark, 0, without_memory(hit, now), about)
        before = person.state or unseen(now, self._number())
        person.state, moved = advance(before, hit, now)
        return HitLine(self._number(), memory_used(before), band, mark, 0, moved, about)

    def _number(self) -> int:
        return self.random.getrandbits(63) or 1


def _is_sold_out(key: str, day: int) -> bool:
    return bool(key) and crc32(f"{key} {day // SPELL_DAYS}".encode()) % SOLD_OUT_IN == 0


def simulate(
    crowd: Crowd, journal: Journal, fold_at: Callable[[float], object], *, days: int, until: float, after: int
) -> Iterator[int]:
    """Live `days` days, the last one ending now; of each day, how many lines it was.

    `fold_at` counts what is in the journal as at that second: each day is counted before the next begins, as it would
    be in truth. Days up to `after` are over and closed: there the crowd was already, or it is too late for it.
    """
    last = crowd.days.of(until)
    for day in range(last - days + 1, last + 1):
        lived, lines = crowd.lines_of(day, until), 0
        while some := list(islice(lived, AT_ONCE)):
            if day > after:
                journal.append(*some)
                lines += len(some)
        if day > after:
            fold_at(min(until, crowd.days.start_of(day + 1) - 1))
        yield lines

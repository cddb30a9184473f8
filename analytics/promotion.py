"""What promotions did: a page's facts meet what the browser remembers of promotions. Clauses 2.6, 3.1.1e, 4.1.3(3).

Pure: no clock, no database, no Flask. A page says "this promotion was shown", "was withheld" or "was clicked", and a
page that thanks for an order says "goods of these principals were bought, in this band of amounts". The browser alone
remembers which of them belong together; the counters learn sums.

Some browsers take part in a trial: by a draw of the host they are shown a promotion or it is withheld from them, under
otherwise equal conditions. Only they are compared (effect.py). An exposure lives 30 days, its last day included.
"""

from enum import IntEnum
from struct import Struct, error
from typing import NamedTuple

from analytics.place import UNKNOWN, country_of, place_code
from analytics.visit import Classes

MOST_EXPOSURES = 8
LIFE_DAYS = 30
MOST_BANNERS = 4
MOST_PRINCIPALS = 8
OF_NO_CAMPAIGN = 0
"""In the place of a campaign, where a count is about all of them."""
LARGEST_NUMBER = 65_535
"""Of a campaign or a principal."""
_KEYS = (
    "CN", "HK", "MO", "TW", "SG", "MY", "TH", "VN", "ID", "JP", "KR", "KZ", "RU", "AE", "DE", "GB", "US", "CA"
)  # fmt: skip
COUNTRIES = {key: place_code(key) for key in _KEYS}
"""The countries by which the reached are counted: those of many customers. A rare one, where a few people might be
known by name, stands in no table: it counts as OTHER_COUNTRY. One taken off takes a migration like 0008."""
OTHER_COUNTRY = UNKNOWN
_LISTED = frozenset(COUNTRIES.values())

_BANNER = Struct(">BHH")
_PRINCIPAL = Struct(">H")


class Act(IntEnum):
    """What a page did with a promotion. Numbers are never given another meaning."""

    SHOWN = 1
    SHOWN_IN_TRIAL = 2
    WITHHELD = 3
    CLICKED = 4


class Arm(IntEnum):
    """How a browser came to a promotion at its first contact; it stays so."""

    OUTSIDE = 0
    SHOWN = 1
    WITHHELD = 2


SAW_IT = (Arm.OUTSIDE, Arm.SHOWN)


class Measure(IntEnum):
    """What is counted of a promotion: showings, and browsers by the first time that something happened to them.

    ALLOWED is of no promotion: visits on whose first page it was allowed to count promotions.
    """

    SHOWN = 1
    REACHED = 2
    REPEATED = 3
    CLICKED = 4
    BOUGHT = 5
    ALLOWED = 6


class Lag(IntEnum):
    """Days from the last exposure to the purchase; NONE for every measure but BOUGHT."""

    NONE = 0
    SAME_DAY = 1
    WEEK = 2
    LATER = 3


class Banner(NamedTuple):
    """One promotion on a page: what the page did with it, its number and the number of who pays for it."""

    act: int
    campaign: int
    principal: int


class Told(NamedTuple):
    """All that a page says of promotions. `band` (1..255): of the order that bought goods of `principals`."""

    banners: tuple[Banner, ...] = ()
    principals: tuple[int, ...] = ()
    band: int = 0


class Exposure(NamedTuple):
    """What a browser remembers of one promotion: first and last day on which it was shown or withheld."""

    campaign: int
    principal: int
    first: int
    last: int
    arm: int
    is_repeated: bool = False
    is_clicked: bool = False
    is_bought: bool = False

    def lives_on(self, day: int) -> bool:
        return day - self.last < LIFE_DAYS


Memory = tuple[Exposure, ...]
"""At most MOST_EXPOSURES, one for each campaign, by its number: equal histories make equal memories (3.1.1b)."""


class Move(NamedTuple):
    """One thing that happened, to be added to its counter cell."""

    day: int
    campaign: int
    arm: int
    measure: int
    lag: int = Lag.NONE
    band: int = 0


class Audience(NamedTuple):
    """What is known of the browser that a page was shown in; of its place one of COUNTRIES. See visit.Classes."""

    device: int = 0
    place: int = 0
    member: int = 0
    returning: int = 0


def audience_of(classes: Classes) -> Audience:
    country = country_of(classes.place)
    return Audience(classes.device, country if country in _LISTED else OTHER_COUNTRY, classes.member, classes.returning)


def advance(memory: Memory, told: Told, day: int) -> tuple[Memory, list[Move]]:
    """The next memory, and what happened. A day before the remembered ones counts as the last remembered day.

    A purchase goes before what its own page shows. When a ninth campaign comes the one not seen for longest is
    forgotten; should it be shown again, that browser is counted as reached once more.
    """
    kept = {exposure.campaign: exposure for exposure in memory if exposure.lives_on(day)}
    moves: list[Move] = []
    for number, exposure in kept.items():
        if exposure.principal in told.principals and not exposure.is_bought:
            kept[number] = exposure._replace(is_bought=True)
            moves.append(Move(day, number, exposure.arm, Measure.BOUGHT, lag_of(day - exposure.last), told.band))
    for banner in told.banners:
        after, happened = _meet(kept.get(banner.campaign), banner, day)
        if after is not None:
            kept[banner.campaign] = after
            moves += [Move(day, banner.campaign, after.arm, measure) for measure in happened]
    newest = sorted(kept.values(), key=lambda exposure: (-exposure.last, exposure.campaign))[:MOST_EXPOSURES]
    return tuple(sorted(newest)), moves


def _meet(known: Exposure | None, banner: Banner, day: int) -> tuple[Exposure | None, list[Measure]]:
    """One promotion of a page. A click counts only for a promotion that this browser was shown, and once."""
    if banner.act == Act.CLICKED:
        if known is None or known.arm == Arm.WITHHELD or known.is_clicked:
            return known, []
        return known._replace(is_clicked=True), [Measure.CLICKED]
    happened = [] if banner.act == Act.WITHHELD else [Measure.SHOWN]
    if known is None:
        arm = {Act.SHOWN_IN_TRIAL: Arm.SHOWN, Act.WITHHELD: Arm.WITHHELD}.get(Act(banner.act), Arm.OUTSIDE)
        return Exposure(banner.campaign, banner.principal, day, day, arm), [*happened, Measure.REACHED]
    if day > known.last and not known.is_repeated:
        return known._replace(last=day, is_repeated=True), [*happened, Measure.REPEATED]
    return known._replace(last=max(day, known.last)), happened


def lag_of(days: int) -> Lag:
    """The band of the days between the last exposure and a purchase."""
    return Lag.SAME_DAY if days <= 0 else Lag.WEEK if days <= 7 else Lag.LATER


def last_day(memory: Memory) -> int:
    """The last day on which anything of a memory still lives; 0 for an empty one."""
    return max((exposure.last + LIFE_DAYS - 1 for exposure in memory), default=0)


def packed(told: Told) -> bytes:
    """The facts as a ticket carries them, b"" for none. What is too much for a ticket is left off."""
    banners, principals = told.banners[:MOST_BANNERS], told.principals[:MOST_PRINCIPALS]
    if not banners and not principals:
        return b""
    parts = [bytes([len(banners), told.band]), *(_BANNER.pack(*banner) for banner in banners)]
    return b"".join([*parts, *(_PRINCIPAL.pack(principal) for principal in principals)])


def unpacked(data: bytes) -> Told:
    """Undo `packed`; nothing told where the bytes are of another make."""
    if len(data) < 2:
        return Told()
    end = 2 + data[0] * _BANNER.size
    try:
        banners = tuple(Banner._make(fields) for fields in _BANNER.iter_unpack(data[2:end]))
        principals = tuple(number for (number,) in _PRINCIPAL.iter_unpack(data[end:]))
    except error:
        return Told()
    if len(banners) != data[0] or not all(1 <= banner.act <= Act.CLICKED for banner in banners):
        return Told()
    return Told(banners, principals, data[1])


def beside(nonce: int) -> int:
    """The nonce of a page's promotion line, made of its hit's: each of the two lines of a ticket counts once."""
    return nonce ^ 0x5A5A_5A5A_5A5A_5A5A or 1

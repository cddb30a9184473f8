"""The closed lists: every coarse class a hit may carry, as small numbers that never change their meaning.

Numbers are what cookies, tickets, journal and counters hold; names are what people read. A number is never reused.
"""

from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

KEY_LENGTH = 64
"""Longest page key (a product or category code), in ASCII characters."""

TERM_LENGTH = 40
"""Longest search term that is counted, in characters."""

_KEY_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._+")
_KEY_BITS = 55


class Device(IntEnum):
    OTHER = 0
    DESKTOP = 1
    PHONE = 2
    TABLET = 3


class Browser(IntEnum):
    """Family of the browser; an application that shows pages itself counts as one."""

    OTHER = 0
    CHROME = 1
    SAFARI = 2
    EDGE = 3
    FIREFOX = 4
    OPERA = 5
    YANDEX = 6
    INTERNET_EXPLORER = 7
    SAMSUNG = 8
    HUAWEI = 9
    XIAOMI = 10
    OPPO = 11
    VIVO = 12
    QQ = 13
    UC = 14
    QUARK = 15
    BAIDU = 16
    SOGOU = 17
    QIHOO_360 = 18
    WECHAT = 19
    QQ_APP = 20
    WEIBO = 21
    DOUYIN = 22
    ALIPAY = 23
    DINGTALK = 24
    FACEBOOK = 25
    INSTAGRAM = 26
    LINE = 27
    ANDROID = 28
    DUCKDUCKGO = 29
    HONOR = 30


class System(IntEnum):
    """Family of the operating system."""

    OTHER = 0
    WINDOWS = 1
    MACOS = 2
    IOS = 3
    ANDROID = 4
    HARMONYOS = 5
    LINUX = 6
    CHROMEOS = 7


class Traffic(IntEnum):
    """Who asks, as far as the request says: only PERSON is counted among views and visitors."""

    PERSON = 0
    ROBOT = 1
    AI_TRAINING = 2
    AI_SEARCH = 3
    AI_FETCH = 4
    """An assistant that opens a page because somebody asked it to."""


class Width(IntEnum):
    """Width class of the window, told by which image source the browser chose."""

    UNKNOWN = 0
    S = 1
    M = 2
    L = 3
    X = 4


class Channel(IntEnum):
    """How a visitor arrived."""

    DIRECT = 0
    INTERNAL = 1
    SEARCH = 2
    SOCIAL = 3
    AI = 4
    MAIL = 5
    PARTNER = 6
    CAMPAIGN = 7
    OTHER = 8


_CHANNELS = frozenset(Channel)


class Step(IntEnum):
    """The funnel; a page of none of these steps carries NONE."""

    NONE = 0
    VIEW = 1
    CART = 2
    CHECKOUT = 3
    PLACED = 4


class LeftOut(IntEnum):
    """Why a request was not counted, or not in full."""

    FORGED = 1
    EXPIRED = 2
    REPLAYED = 3
    OVERSIZED = 4
    ROBOT = 5
    PREFETCHED = 6
    NO_COOKIES = 7
    RACED = 8
    DAMAGED = 9
    AI_TRAINING = 10
    AI_SEARCH = 11
    AI_FETCH = 12
    CONTRADICTORY = 13
    """A request whose headers do not go together with the browser that it names."""


class ShopMeasure(IntEnum):
    """Orders as the host counts them itself, by day."""

    PLACED = 1
    PAID = 2
    CANCELLED = 3
    REFUNDED = 4


class Mark(IntEnum):
    """What else a page tells of the catalogue key that it bears."""

    NONE = 0
    OUT_OF_STOCK = 1
    IN_CART = 2
    """The cart, right after something was put into it; the key is that of the thing, not of the page."""
    NOT_FOUND = 3
    """An address that leads nowhere; the key names the group of addresses in which it lay."""


class ProductMeasure(IntEnum):
    """What the host itself counts of a product on a day; numbers above those of Mark."""

    PLACED = 101
    PRICE_CHANGED = 102


class Matter(IntEnum):
    """What a line about the site's own work tells."""

    ANSWER = 1
    FAULT = 2


class Way(IntEnum):
    """How a link led out of the site's pages."""

    LINK = 1
    """To another host; the target is a source code."""
    DOWNLOAD = 2
    """To a file; the target is an Ending."""


class Ending(IntEnum):
    """What a downloaded file is called at its end."""

    OTHER = 0
    PDF = 1
    CSV = 2
    ZIP = 3
    JSON = 4
    XLS = 5
    XLSX = 6
    DOC = 7
    DOCX = 8


class Cut(IntEnum):
    """What the value `a` of a counter cell means; 0 is the whole site. Pairs of cuts have numbers from 100 (pair)."""

    ALL = 0
    DEVICE = 1
    WIDTH = 2
    LANGUAGE = 3
    CHANNEL = 4
    SOURCE = 5
    MEMBER = 6
    ENTRY_KIND = 7
    BROWSER = 8
    SYSTEM = 9
    PLACE = 10
    CAMPAIGN = 11
    RETURNING = 12


SINGLE_CUTS = tuple(cut for cut in Cut if cut)
FILTERS = (Cut.DEVICE, Cut.LANGUAGE, Cut.CHANNEL, Cut.MEMBER, Cut.ENTRY_KIND, Cut.PLACE)
"""The cuts by which every report can be filtered: each other cut is counted in a pair with each of them."""


def pair(x: Cut, y: Cut) -> tuple[Cut, Cut]:
    """Two cuts in the order in which their pair is counted: a filter first, of two filters the smaller number."""
    if x in FILTERS and (y not in FILTERS or x < y):
        return x, y
    return y, x


def cut_of_pair(x: Cut, y: Cut) -> int:
    """The number under which a pair is counted. `a` is a value of the first of `pair(x, y)`, `b` one of the second."""
    first, second = pair(x, y)
    return 100 + 16 * first + second


PAIRS = tuple(
    dict.fromkeys(pair(x, y) for x in FILTERS for y in SINGLE_CUTS if x != y and {x, y} != {Cut.CHANNEL, Cut.SOURCE})
)
"""Every pair that is counted. A source bears its channel in itself."""

ALL_CUTS = (Cut.ALL, *SINGLE_CUTS, *(cut_of_pair(x, y) for x, y in PAIRS))


@lru_cache(maxsize=4096)
def page_code(kind: int, key: str = "") -> int:
    """One positive 63-bit number for a page: its kind in the highest byte, a digest of its key below, 0 for no key."""
    if not key:
        return kind << _KEY_BITS
    digest = int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> (64 - _KEY_BITS)
    return kind << _KEY_BITS | (digest or 1)


def kind_of_page(page: int) -> int:
    return page >> _KEY_BITS


def is_page_key(key: str) -> bool:
    """True for what may stand as a page key: a short lower-case code, never a path, a query or free text."""
    return len(key) <= KEY_LENGTH and _KEY_LETTERS.issuperset(key)


def language_code(language: str) -> int:
    """A number for a two-letter language; 0 for anything else."""
    if len(language) == 2 and language.isascii() and language.islower():
        return 1 + (ord(language[0]) - 97) * 26 + ord(language[1]) - 97
    return 0


def language_name(code: int) -> str:
    """The language of such a number, "" for 0."""
    return chr(97 + (code - 1) // 26) + chr(97 + (code - 1) % 26) if 0 < code <= 676 else ""


def source_code(channel: Channel, host: str = "") -> int:
    """One 40-bit number for a channel and a listed host ("" for none)."""
    return channel << 32 | (int.from_bytes(blake2b(host.encode(), digest_size=4).digest()) if host else 0)


def channel_of(source: int) -> Channel:
    """The channel of a source; OTHER for a number that this version does not know."""
    number = source >> 32
    return Channel(number) if number in _CHANNELS else Channel.OTHER
